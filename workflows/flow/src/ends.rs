//! Where ways meet that cannot end by themselves.

use std::rc::Rc;

use expr::{Node, Source, Written};

use crate::{
    Place,
    graph::{Graph, INPUT, Kind, To},
    tree::Label,
};

/// Ways that reach the main line's end from a state that cannot end there itself (a Choice, a Catch) meet in one `Succeed`
/// state. Where they bring different outputs, they bring them in a variable.
pub(crate) fn add_ends(graph: &mut Graph, place: Place) {
    let mut ends: Vec<(usize, usize, Rc<Node>)> = Vec::new();
    for at in graph.order() {
        let cannot_end = matches!(graph.states[at].kind, Kind::Choice { .. });
        for (nth, edge) in graph.states[at].edges().into_iter().enumerate() {
            if let To::End(output) = &edge.to
                && (nth > 0 || cannot_end)
            {
                ends.push((at, nth, Rc::clone(output)));
            }
        }
    }
    let Some((.., first)) = ends.first().cloned() else {
        return;
    };
    let same = ends.iter().all(|(.., output)| *output == first) && reads_alike_later(graph, &ends);
    let carried = Node::Source(Source::Variable {
        name: OUTPUT.to_owned(),
        written: Written::Unknown,
    });
    let label = Label {
        name: format!("Succeed{}", graph.name),
        comment: None,
        place,
    };
    let output = if same { first } else { Rc::new(carried) };
    let end = graph.add(label, Kind::Succeed { output });
    for (at, nth, output) in ends {
        let mut edges = graph.states[at].edges_mut();
        edges[nth].to = To::State(end);
        if !same {
            edges[nth].assigns.push((OUTPUT.to_owned(), output));
        }
    }
}

/// Whether the output reads the same in the `Succeed` state, where neither the first state's input is at hand nor what a
/// state was answered with.
fn reads_alike_later(graph: &Graph, ends: &[(usize, usize, Rc<Node>)]) -> bool {
    ends.iter()
        .all(|(at, _, output)| !is_local(output, graph.given_at(*at)))
}

/// Whether an expression reads what is at hand in its state alone, where `given` is given.
fn is_local(node: &Node, given: &[(String, String)]) -> bool {
    let is_given = |name: &str| given.iter().any(|(given, _)| given == name);
    match node {
        Node::Source(Source::Variable { name, .. }) => is_given(name),
        Node::Source(Source::Input) => is_given(INPUT),
        Node::Source(Source::Context(path)) => path.first() == Some(&"State"),
        Node::Source(_) => true,
        _ => node.children().into_iter().any(|child| is_local(child, given)),
    }
}

/// The variable that carries different outputs to one end.
pub(crate) const OUTPUT: &str = "output";
