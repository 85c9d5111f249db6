//! Names that are the workflow's alone: a state of a branch or an iteration whose name is taken elsewhere, and a variable
//! that the states around it write too, are called after the branch or the iteration.
//!
//! Step Functions wants names of states to be unique over the whole machine. What an inner scope writes is its own, and has
//! a name of its own, so that no reader has to know which of two variables is meant.

use std::{collections::HashSet, rc::Rc};

use expr::{Node, Source};

use crate::{
    graph::{Edge, Gets, Graph, Kind, To, WHOLE},
    tree::WaitUntil,
};

/// Gives every inner state and variable a name of its own where it needs one.
pub(crate) fn qualify(graph: &mut Graph) {
    let mut taken = own_names(graph);
    states(graph, &mut taken);
    let outer = written(graph);
    variables(graph, &outer);
}

fn own_names(graph: &Graph) -> HashSet<String> {
    let names = graph.order().into_iter().map(|at| graph.states[at].label.name.clone());
    names.collect()
}

fn states(graph: &mut Graph, taken: &mut HashSet<String>) {
    for at in graph.order() {
        for body in graph.states[at].bodies_mut() {
            let mut fresh = HashSet::new();
            for inner in body.order() {
                let name = &mut body.states[inner].label.name;
                if taken.contains(name) {
                    *name = format!("{name}In{}", body.name);
                }
                fresh.insert(name.clone());
            }
            taken.extend(fresh);
            states(body, taken);
        }
    }
}

/// The variables that a graph's states write, apart from those inside them.
fn written(graph: &Graph) -> HashSet<String> {
    let order = graph.order().into_iter();
    let edges = order.flat_map(|at| graph.states[at].edges());
    let names = edges.flat_map(|edge| edge.assigns.iter().map(|(name, _)| name.clone()));
    names.collect()
}

fn variables(graph: &mut Graph, outer: &HashSet<String>) {
    for state in &mut graph.states {
        for body in state.bodies_mut() {
            let in_child = matches!(body.gets, Gets::Item { in_child: true, .. });
            let mut outer = if in_child { HashSet::new() } else { outer.clone() };
            for name in written(body) {
                if outer.contains(&name) {
                    let own = format!("{name}In{}", body.name);
                    rename(body, &name, &own);
                }
            }
            outer.extend(written(body));
            variables(body, &outer);
        }
    }
}

fn rename(graph: &mut Graph, from: &str, to: &str) {
    let renamed = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    for (name, path) in &mut graph.given {
        if name == from {
            to.clone_into(name);
            *path = if path == WHOLE {
                WHOLE.to_owned()
            } else {
                format!("{WHOLE}.{to}")
            };
        }
    }
    let gets = match &mut graph.gets {
        Gets::Item { item, index, .. } => vec![item, index],
        Gets::Input | Gets::Nothing => Vec::new(),
    };
    gets.into_iter().chain(&mut graph.captured).for_each(renamed);
    for state in &mut graph.states {
        state.given.iter_mut().for_each(|(name, _)| renamed(name));
        for edge in state.edges_mut() {
            rename_edge(edge, from, to);
        }
        for node in expressions(&mut state.kind) {
            *node = substitute(node, from, to);
        }
        for body in state.bodies_mut() {
            if !written(body).contains(from) {
                rename(body, from, to);
            }
        }
    }
}

fn rename_edge(edge: &mut Edge, from: &str, to: &str) {
    for (name, value) in &mut edge.assigns {
        if name == from {
            to.clone_into(name);
        }
        *value = substitute(value, from, to);
    }
    if let To::End(output) = &mut edge.to {
        *output = substitute(output, from, to);
    }
    if let Some(output) = &mut edge.output {
        *output = substitute(output, from, to);
    }
}

fn expressions(kind: &mut Kind) -> Vec<&mut Rc<Node>> {
    match kind {
        Kind::Task(task) => vec![&mut task.arguments, &mut task.timeout],
        Kind::Wait {
            until: WaitUntil::Seconds(node) | WaitUntil::Timestamp(node),
            ..
        } => vec![node],
        Kind::Choice { rules, .. } => rules.iter_mut().map(|rule| &mut rule.test).collect(),
        Kind::Succeed { output } => vec![output],
        Kind::Fail { cause, .. } => cause.iter_mut().collect(),
        Kind::Nest(nest) => nest.each.iter_mut().map(|each| &mut each.items).collect(),
        Kind::Pass { .. } => Vec::new(),
    }
}

fn substitute(node: &Rc<Node>, from: &str, to: &str) -> Rc<Node> {
    match &**node {
        Node::Source(Source::Variable { name, written }) if name == from => Rc::new(Node::Source(Source::Variable {
            name: to.to_owned(),
            written: *written,
        })),
        _ => Rc::new(node.map_children(|child| substitute(child, from, to))),
    }
}
