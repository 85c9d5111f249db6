//! Values that only the next state reads go there as its input, not through a variable.

use crate::{
    graph::{Edge, Graph, WHOLE},
    liveness::{self, Names},
};

/// Hands over what can be handed over. Nothing may change the graph's edges after this.
pub(crate) fn chain(graph: &mut Graph) {
    let live = liveness::drop_unread(graph);
    let order = graph.order();
    for at in &order {
        if let Some(name) = handed_over(graph, *at, &order, &live) {
            hand_over(graph, *at, &order, &name);
        }
    }
}

/// The one variable that every way to this state writes and nothing after it reads.
fn handed_over(graph: &Graph, at: usize, order: &[usize], live: &[Names]) -> Option<String> {
    let state = &graph.states[at];
    if at == graph.start {
        return None;
    }
    let inside = state.bodies().iter().flat_map(|body| &body.captured);
    let inside = inside.collect::<Vec<_>>();
    let later = state.edges().into_iter().filter_map(|edge| Some(&live[edge.target()?]));
    let later = later.collect::<Vec<_>>();
    let mut names = live[at].iter().filter(|name| {
        let passes = later.iter().any(|live| live.contains(*name));
        !passes
            && !inside.contains(name)
            && arriving(graph, at, order).all(|edge| edge.assigns.iter().any(|(written, _)| written == *name))
    });
    let name = names.next()?;
    names.next().is_none().then(|| name.clone())
}

/// The edges that lead to a state.
fn arriving<'a>(graph: &'a Graph, at: usize, order: &'a [usize]) -> impl Iterator<Item = &'a Edge> {
    let edges = order.iter().flat_map(|from| graph.states[*from].edges());
    edges.filter(move |edge| edge.target() == Some(at))
}

fn hand_over(graph: &mut Graph, at: usize, order: &[usize], name: &str) {
    for from in order {
        for edge in graph.states[*from].edges_mut() {
            if edge.target() != Some(at) {
                continue;
            }
            if let Some(position) = edge.assigns.iter().position(|(assigned, _)| assigned == name) {
                edge.output = Some(edge.assigns.remove(position).1);
            }
        }
    }
    graph.states[at].given = vec![(name.to_owned(), WHOLE.to_owned())];
}
