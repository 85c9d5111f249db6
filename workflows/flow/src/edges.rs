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

/// The same for one edge.
pub(crate) fn resolve_edge(edge: &mut Edge, place: Place, findings: &mut Vec<Finding>) {
    let mut known: HashMap<String, Rc<Node>> = HashMap::new();
    let mut resolved: Vec<(String, Rc<Node>)> = Vec::new();
    let mut check = |value: &Node, known: &HashMap<String, Rc<Node>>| {
        if let Some(name) = reads_volatile(value, known) {
            let message = format!("`{name}` would be evaluated twice with different values: keep it before a state");
            findings.push(Finding::new(place, message));
        }
    };
    for (name, value) in std::mem::take(&mut edge.assigns) {
        check(&value, &known);
        let value = substitute(&value, &known);
        resolved.retain(|(earlier, _)| *earlier != name);
        resolved.push((name.clone(), Rc::clone(&value)));
        known.insert(name, value);
    }
    edge.assigns = resolved;
    if let To::End(output) = &edge.to {
        check(output, &known);
        edge.to = To::End(substitute(output, &known));
    }
}

/// Whether evaluating the edge's values once more gives the same.
pub(crate) fn is_stable(edge: &Edge) -> bool {
    !edge.assigns.iter().any(|(_, value)| is_volatile(value))
}

/// An expression of the state that the edge leads to, as it reads before the edge, which is resolved.
pub(crate) fn seen_after(node: &Rc<Node>, edge: &Edge) -> Rc<Node> {
    substitute(node, &edge.assigns.iter().cloned().collect())
}

/// Replaces the variables that are known by their values.
fn substitute(node: &Rc<Node>, known: &HashMap<String, Rc<Node>>) -> Rc<Node> {
    match &**node {
        Node::Source(Source::Variable { name, .. }) => known.get(name).map_or_else(|| Rc::clone(node), Rc::clone),
        _ => element(&node.map_children(|child| substitute(child, known))),
    }
}

/// A field of a record that is written out is the field's value, and an element of a list the item itself. `[[1, [2]][1]]`
/// would not be a list of numbers: JSONata takes a constructor for one, also where an element of it is picked.
fn element(node: &Node) -> Rc<Node> {
    let part = match node {
        Node::Field { of, name, .. } => match &**of {
            Node::Record(fields) => fields
                .iter()
                .find_map(|(field, value)| (field == name).then(|| Rc::clone(value))),
            _ => None,
        },
        Node::Element { of, at } => match written_out(of) {
            Node::List(items) => items.get(*at).map(Rc::clone),
            Node::Literal(items) => items.get(at).map(|item| Rc::new(Node::Literal(item.clone()))),
            _ => None,
        },
        _ => None,
    };
    part.unwrap_or_else(|| Rc::new(node.clone()))
}

fn written_out(of: &Node) -> &Node {
    match of {
        Node::Tuple(of) => of,
        _ => of,
    }
}

/// Whether the expression reads one of these variables whose value may differ at each evaluation.
fn reads_volatile<'a>(node: &Node, known: &'a HashMap<String, Rc<Node>>) -> Option<&'a str> {
    match node {
        Node::Source(Source::Variable { name, .. }) => known
            .get_key_value(name)
            .filter(|(_, value)| is_volatile(value))
            .map(|(name, _)| name.as_str()),
        _ => node
            .children()
            .into_iter()
            .find_map(|child| reads_volatile(child, known)),
    }
}

/// Whether two evaluations may differ.
fn is_volatile(node: &Node) -> bool {
    matches!(
        node,
        Node::Function {
            name: "random" | "now" | "millis" | "uuid",
            ..
        } | Node::Jsonata { .. }
    ) || node.children().into_iter().any(|child| is_volatile(child))
}
