//! What happens on an edge happens at once: assignments that read one another are resolved.

use std::{collections::HashMap, rc::Rc};

use expr::{Node, Source};

use crate::{
    Finding, Place,
    graph::{Edge, Graph, To},
};

/// `Assign` evaluates everything with the values from before it, while the author wrote one thing after the other. Reading
/// a variable that the same edge has assigned is replaced by its expression.
pub(crate) fn resolve(graph: &mut Graph, findings: &mut Vec<Finding>) {
    for state in &mut graph.states {
        let place = state.label.place;
        for edge in state.edges_mut() {
            resolve_edge(edge, place, findings);
        }
    }
}

pub(crate) fn resolve_edge(edge: &mut Edge, place: Place, findings: &mut Vec<Finding>) {
    let mut known: HashMap<String, Rc<Node>> = HashMap::new();
    let mut resolved: Vec<(String, Rc<Node>)> = Vec::new();
    for (name, value) in std::mem::take(&mut edge.assigns) {
        let value = substitute(&value, &known, place, findings);
        resolved.retain(|(earlier, _)| *earlier != name);
        resolved.push((name.clone(), Rc::clone(&value)));
        known.insert(name, value);
    }
    edge.assigns = resolved;
    if let To::End(output) = &edge.to {
        edge.to = To::End(substitute(output, &known, place, findings));
    }
}

fn substitute(
    node: &Rc<Node>,
    known: &HashMap<String, Rc<Node>>,
    place: Place,
    findings: &mut Vec<Finding>,
) -> Rc<Node> {
    if let Node::Source(Source::Variable { name, .. }) = &**node {
        let Some(value) = known.get(name) else { return Rc::clone(node) };
        if is_volatile(value) {
            let message = format!("`{name}` would be evaluated twice with different values: keep it before a state");
            findings.push(Finding::new(place, message));
        }
        return Rc::clone(value);
    }
    Rc::new(node.map_children(|child| substitute(child, known, place, findings)))
}

/// Whether two evaluations may differ.
fn is_volatile(node: &Node) -> bool {
    matches!(node, Node::Function { name: "random" | "now" | "millis" | "uuid", .. } | Node::Jsonata(_))
        || node.children().into_iter().any(|child| is_volatile(child))
}
