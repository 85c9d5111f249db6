//! Which variables somebody still reads.

use std::{collections::BTreeSet, rc::Rc};

use expr::{Node, Source};

use crate::{
    Finding, Place,
    graph::{Edge, Graph, INPUT, Kind, To, variables},
    tree::Label,
};

pub(crate) type Names = BTreeSet<String>;

/// Drops assignments that nobody reads, keeps the input where somebody does, and finds variables that might be read
/// before they are written.
pub(crate) fn settle(graph: &mut Graph, place: Place, findings: &mut Vec<Finding>) {
    let live = drop_unread(graph);
    let start = graph.start;
    for edge in graph.states[start].edges_mut() {
        if edge.target().is_some_and(|target| live[target].contains(INPUT)) {
            edge.assigns
                .insert(0, (INPUT.to_owned(), Rc::new(Node::Source(Source::Input))));
        }
    }
    for name in live[start].iter().filter(|name| *name != INPUT) {
        let message = format!("`${name}` may be read before it is written");
        findings.push(Finding::at_state(place, &graph.states[start].label.name, message));
    }
}

/// Drops assignments that nobody reads; what is read from each state on is the answer.
pub(crate) fn drop_unread(graph: &mut Graph) -> Vec<Names> {
    let live = live(graph);
    for state in &mut graph.states {
        for edge in state.edges_mut() {
            let wanted = edge.target().map(|target| live[target].clone()).unwrap_or_default();
            edge.assigns.retain(|(name, _)| wanted.contains(name));
        }
    }
    live
}

/// Makes the state that the entry leads to the first one. Where something has to be assigned before it, or a loop leads
/// back to it, a `Pass` state stands in front: there is no other state that could carry the assignment.
pub(crate) fn enter(graph: &mut Graph, entry: Edge, place: Place) {
    let looped = |target: usize| {
        graph
            .states
            .iter()
            .flat_map(|state| state.edges())
            .any(|edge| edge.target() == Some(target))
    };
    match entry {
        Edge {
            assigns,
            to: To::State(target),
        } if assigns.is_empty() && !looped(target) => graph.start = target,
        next => {
            let label = Label {
                name: "Start".to_owned(),
                comment: None,
                place,
            };
            graph.start = graph.add(label, Kind::Pass { next });
        }
    }
}

/// The variables that may be read from each state on before they are written again.
fn live(graph: &Graph) -> Vec<Names> {
    let mut live = vec![Names::new(); graph.states.len()];
    loop {
        let mut changed = false;
        for at in (0..graph.states.len()).rev() {
            let state = &graph.states[at];
            let mut names = Names::new();
            for node in state.expressions() {
                read(node, &mut names);
            }
            for edge in state.edges() {
                names.extend(before(edge, &live));
            }
            if names != live[at] {
                live[at] = names;
                changed = true;
            }
        }
        if !changed {
            return live;
        }
    }
}

/// What is read on an edge or after it.
fn before(edge: &Edge, live: &[Names]) -> Names {
    let mut names = edge.target().map(|target| live[target].clone()).unwrap_or_default();
    let wanted = names.clone();
    for (name, _) in &edge.assigns {
        names.remove(name);
    }
    for (_, value) in edge.assigns.iter().filter(|(name, _)| wanted.contains(name)) {
        read(value, &mut names);
    }
    if let To::End(output) = &edge.to {
        read(output, &mut names);
    }
    names
}

fn read(node: &Node, into: &mut Names) {
    let mut names = Vec::new();
    variables(node, &mut names);
    into.extend(names);
}
