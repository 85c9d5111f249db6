//! What a state leads to, evaluates, reads and has inside.

use std::rc::Rc;

use expr::Node;

use crate::{
    graph::{Edge, Graph, Kind, State, variables},
    tree::WaitUntil,
};

impl State {
    /// The edges, the main line's first.
    pub(crate) fn edges(&self) -> Vec<&Edge> {
        match &self.kind {
            Kind::Task(task) => std::iter::once(&task.next)
                .chain(task.catch.iter().map(|caught| &caught.next))
                .collect(),
            Kind::Nest(nest) => std::iter::once(&nest.next)
                .chain(nest.catch.iter().map(|caught| &caught.next))
                .collect(),
            Kind::Wait { next, .. } | Kind::Pass { next } => vec![next],
            Kind::Choice { rules, default } => std::iter::once(default)
                .chain(rules.iter().map(|rule| &rule.next))
                .collect(),
            Kind::Succeed { .. } | Kind::Fail { .. } => Vec::new(),
        }
    }

    /// The edges, the main line's first.
    pub(crate) fn edges_mut(&mut self) -> Vec<&mut Edge> {
        match &mut self.kind {
            Kind::Task(task) => std::iter::once(&mut task.next)
                .chain(task.catch.iter_mut().map(|caught| &mut caught.next))
                .collect(),
            Kind::Nest(nest) => std::iter::once(&mut nest.next)
                .chain(nest.catch.iter_mut().map(|caught| &mut caught.next))
                .collect(),
            Kind::Wait { next, .. } | Kind::Pass { next } => vec![next],
            Kind::Choice { rules, default } => std::iter::once(default)
                .chain(rules.iter_mut().map(|rule| &mut rule.next))
                .collect(),
            Kind::Succeed { .. } | Kind::Fail { .. } => Vec::new(),
        }
    }

    /// The expressions that the state evaluates itself, apart from its edges.
    pub(crate) fn expressions(&self) -> Vec<&Rc<Node>> {
        match &self.kind {
            Kind::Task(task) => vec![&task.arguments, &task.timeout],
            Kind::Wait {
                until: WaitUntil::Seconds(node) | WaitUntil::Timestamp(node),
                ..
            } => vec![node],
            Kind::Choice { rules, .. } => rules.iter().map(|rule| &rule.test).collect(),
            Kind::Succeed { output } => vec![output],
            Kind::Fail { cause, .. } => cause.iter().collect(),
            Kind::Nest(nest) => nest.each.iter().map(|each| &each.items).collect(),
            Kind::Pass { .. } => Vec::new(),
        }
    }

    /// The graphs inside the state.
    pub(crate) fn bodies(&self) -> &[Graph] {
        match &self.kind {
            Kind::Nest(nest) => &nest.bodies,
            _ => &[],
        }
    }

    /// The graphs inside the state.
    pub(crate) fn bodies_mut(&mut self) -> &mut [Graph] {
        match &mut self.kind {
            Kind::Nest(nest) => &mut nest.bodies,
            _ => &mut [],
        }
    }

    /// The variables that the state reads, apart from its edges.
    pub(crate) fn reads(&self) -> Vec<String> {
        let mut names = Vec::new();
        for node in self.expressions() {
            variables(node, &mut names);
        }
        names.extend(self.bodies().iter().flat_map(|body| body.captured.iter().cloned()));
        names
    }
}
