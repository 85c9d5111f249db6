//! Which variables somebody still reads.

use std::collections::BTreeSet;

use expr::{Node, Written};

use crate::{
    Finding, Place,
    graph::{Edge, Gets, Graph, INPUT, Kind, To, WHOLE, variables},
    scope::variable,
    tree::Label,
};

pub(crate) type Names = BTreeSet<String>;

/// Drops assignments that nobody reads, keeps what is given where somebody does, and finds variables that might be read
/// before they are written.
pub(crate) fn settle(graph: &mut Graph, place: Place, findings: &mut Vec<Finding>) {
    let live = drop_unread(graph);
    let start = graph.start;
    give(graph, &live[start]);
    let given = graph.given.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    for edge in graph.states[start].edges_mut() {
        let target = edge.target();
        let later = given
            .iter()
            .filter(|name| target.is_some_and(|target| live[target].contains(*name)));
        let kept = later.map(|name| (name.clone(), variable::<()>(name, Written::Unknown).node().clone()));
        edge.assigns.splice(..0, kept.collect::<Vec<_>>());
    }
    if graph.gets == Gets::Input {
        for name in &graph.captured {
            let message = format!("`${name}` may be read before it is written");
            findings.push(Finding::at_state(place, &graph.states[start].label.name, message));
        }
    }
}

/// Says where what is given stands, as far as it is read, and what else is read from outside.
fn give(graph: &mut Graph, read: &Names) {
    let path = |name: &str| (name.to_owned(), format!("{WHOLE}.{name}"));
    let whole = |name: &str| vec![(name.to_owned(), WHOLE.to_owned())];
    let outside = |own: &[&str]| -> Vec<_> {
        let others = read.iter().filter(|name| !own.contains(&name.as_str()));
        others.cloned().collect()
    };
    (graph.given, graph.captured) = match &graph.gets {
        Gets::Input => (whole(INPUT), outside(&[INPUT])),
        Gets::Nothing => (Vec::new(), outside(&[])),
        Gets::Item { item, index, in_child } => {
            let captured = outside(&[item, index]);
            let beside = read.contains(index) || (*in_child && !captured.is_empty());
            let given = if beside {
                let own = [item, index].into_iter().filter(|name| read.contains(*name));
                let taken_along = captured.iter().filter(|_| *in_child);
                own.chain(taken_along).map(|name| path(name)).collect()
            } else {
                whole(item)
            };
            (given, captured)
        }
    };
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
            ..
        } if assigns.is_empty() && !looped(target) && !takes_inside(graph, target) => graph.start = target,
        next => {
            let label = Label {
                name: format!("Start{}", graph.name),
                comment: None,
                place,
            };
            graph.start = graph.add(label, Kind::Pass { next });
        }
    }
}

/// Whether states inside this one read what the graph is given: it has to be in a variable before they begin.
fn takes_inside(graph: &Graph, target: usize) -> bool {
    let mut captured = graph.states[target].bodies().iter().flat_map(|body| &body.captured);
    captured.any(|name| match &graph.gets {
        Gets::Input => name == INPUT,
        Gets::Nothing => false,
        Gets::Item { item, index, in_child } => *in_child || name == item || name == index,
    })
}

/// The variables that may be read from each state on before they are written again.
fn live(graph: &Graph) -> Vec<Names> {
    let mut live = vec![Names::new(); graph.states.len()];
    loop {
        let mut changed = false;
        for at in (0..graph.states.len()).rev() {
            let state = &graph.states[at];
            let mut names = Names::new();
            names.extend(state.reads());
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
