//! JSON whose form nobody checks.

use std::rc::Rc;

use serde_json::Value;

use crate::{Expr, Node};

/// A record that no type describes, its fields in order: for what has no contract. Each value is typed, their names and
/// that they belong together are not.
///
/// ```
/// # use expr::{Expr, Is, constant, untyped};
/// # let title: Expr<String> = constant("Report");
/// let arguments = untyped(&[
///     ("Bucket", constant::<String>("reports").settled()),
///     ("Key", title.concat(".json").settled()),
/// ]);
/// # let _ = arguments;
/// ```
pub fn untyped<'x>(fields: &[(&str, Rc<Node>)]) -> Expr<'x, Value> {
    let fields = fields.iter().map(|(name, node)| ((*name).to_owned(), Rc::clone(node)));
    Expr::from_node(Rc::new(Node::Record(fields.collect())))
}
