//! Names for states and variables.

use expr::Node;

/// `DeliverMessage` → `deliverMessage`.
pub(crate) fn camel_case(pascal: &str) -> String {
    let mut letters = pascal.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// `deliver_at`, `deliver-at`, `Delivery.At` → `DeliverAt`.
pub(crate) fn pascal_case(words: &str) -> String {
    words
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect()
}

/// Whether a name is `PascalCase`: it stands in the names of states.
pub(crate) fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// The name of the field that an expression is about, if it is about one.
pub(crate) fn subject(node: &Node) -> Option<String> {
    match node {
        Node::Field { name, .. } => Some(pascal_case(name)),
        Node::Item { of, .. } => subject(of).map(|list| list + "Item"),
        _ => node.children().into_iter().find_map(|child| subject(child)),
    }
}
