//! The ways through a workflow that people ask for: the cheapest and the usual.

use serde_json::{Value, json};

use picture::{Graph, Reason};

pub(crate) fn path(graph: &Graph, states: &[usize]) -> Value {
    let names: Vec<_> = states.iter().map(|state| graph.names[*state]).collect();
    json!({ "count": names.len(), "states": names })
}

/// The path without errors on which every choice takes its default: what the author wrote as the main line.
pub(crate) fn usual(graph: &Graph) -> Option<Vec<usize>> {
    let mut path = vec![graph.start];
    while path.len() <= graph.states.len() {
        let last = *path.last()?;
        if graph.ends_well(last) {
            return Some(path);
        }
        let mut leaving = graph
            .leaving(last)
            .filter(|e| matches!(e.reason, Reason::Next | Reason::Default));
        path.push(leaving.next()?.to);
    }
    None
}

/// The shortest path without errors to a good end, by breadth first.
pub(crate) fn cheapest(graph: &Graph) -> Option<Vec<usize>> {
    let mut paths = vec![vec![graph.start]];
    for _ in 0..graph.states.len() {
        if let Some(path) = paths
            .iter()
            .find(|path| path.last().is_some_and(|last| graph.ends_well(*last)))
        {
            return Some(path.clone());
        }
        let mut longer = Vec::new();
        let mut reached = Vec::new();
        for path in &paths {
            let last = *path.last()?;
            for edge in graph
                .leaving(last)
                .filter(|edge| !matches!(edge.reason, Reason::Caught(_)))
            {
                if !path.contains(&edge.to) && !reached.contains(&edge.to) {
                    reached.push(edge.to);
                    longer.push(path.iter().copied().chain([edge.to]).collect());
                }
            }
        }
        paths = longer;
    }
    None
}
