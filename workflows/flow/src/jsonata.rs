//! Expressions as JSONata, with the fewest brackets that are right.

use expr::{Absent, Node, Source};
use serde_json::Value;

use crate::graph::INPUT;

/// How tightly an expression holds together. Source: the binding powers of <https://docs.jsonata.org/>, its parser's table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Conditional,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Atom,
}

/// Prints expressions.
///
/// What a workflow, a branch or an iteration is given stands in `$states.input` in its first state and in variables after
/// it: `given` says where, by the variable's name.
#[derive(Clone, Copy)]
pub(crate) struct Printer<'a> {
    pub(crate) given: &'a [(String, String)],
}

impl Printer<'_> {
    /// A value of a payload template: JSON with expressions inside.
    pub(crate) fn template(self, node: &Node) -> Value {
        match node {
            Node::Literal(value) => literal(value),
            Node::Record(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.template(value)))
                    .collect(),
            ),
            Node::List(items) => Value::Array(items.iter().map(|item| self.template(item)).collect()),
            Node::OrNull { of, present } if !needs_guard(of, present) => self.template(of),
            Node::ListOf(of) if is_list(of) => self.template(of),
            Node::Tuple(of) | Node::Json(of) => self.template(of),
            _ => Value::String(self.expression(node)),
        }
    }

    /// An expression with its marks.
    pub(crate) fn expression(self, node: &Node) -> String {
        format!("{{% {} %}}", self.print(node).0)
    }

    fn print(self, node: &Node) -> (String, Binding) {
        match node {
            Node::Literal(value) => (constant(value), Binding::Atom),
            Node::Source(source) => (self.source(source), Binding::Atom),
            Node::Field {
                absent: Absent::Default(default),
                ..
            } => {
                let path = self.path(node);
                (format!("$exists({path}) ? {path} : {default}"), Binding::Conditional)
            }
            Node::Field { .. } => (self.path(node), Binding::Atom),
            Node::Element { of, at } => (format!("{}[{at}]", self.held(of, Binding::Atom)), Binding::Atom),
            Node::Item { of, at, .. } => (self.picked(of, at), Binding::Atom),
            Node::Record(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!("{}: {}", Value::String(name.clone()), self.print(value).0));
                (format!("{{{}}}", fields.collect::<Vec<_>>().join(", ")), Binding::Atom)
            }
            Node::List(items) => (self.list(items), Binding::Atom),
            Node::ListOf(of) => (self.list_of(of), Binding::Atom),
            Node::Tuple(of) | Node::Json(of) => self.print(of),
            Node::OrNull { of, present } => self.or_null(of, present),
            Node::Present(of) => self.present(of),
            Node::Binary { operator, left, right } => self.binary(*operator, left, right),
            Node::Conditional { test, then, otherwise } => {
                let (test, then) = (self.held(test, Binding::Or), self.held(then, Binding::Or));
                (
                    format!("{test} ? {then} : {}", self.print(otherwise).0),
                    Binding::Conditional,
                )
            }
            Node::Each { of, becomes } => (self.each(of, becomes), Binding::Atom),
            Node::Function { name, arguments } => {
                let arguments = arguments
                    .iter()
                    .map(|argument| self.print(argument).0)
                    .collect::<Vec<_>>();
                (format!("${name}({})", arguments.join(", ")), Binding::Atom)
            }
            Node::Jsonata { source, with } => (self.hand_written(source, with), Binding::Atom),
        }
    }

    /// The expression in brackets unless it holds together at least as tightly as `least`.
    fn held(self, node: &Node, least: Binding) -> String {
        let (text, binding) = self.print(node);
        if binding < least { format!("({text})") } else { text }
    }

    fn source(self, source: &Source) -> String {
        match source {
            Source::Input => self.variable(INPUT),
            Source::Variable { name, .. } => self.variable(name),
            Source::Result(path) => dotted("$states.result", path),
            // Lambda's answer to a failed invocation is the JSON text `Cause`; the activity's runtime writes the error's
            // fields as JSON into its `errorMessage`.
            Source::Error => "$parse($parse($states.errorOutput.Cause).errorMessage)".to_owned(),
            Source::Cause => "$states.errorOutput.Cause".to_owned(),
            // A stored item stands in DynamoDB's own expressions alone, where its fields are named.
            Source::Stored => "$stored".to_owned(),
            Source::Element => "$element".to_owned(),
            Source::ErrorName => "$states.errorOutput.Error".to_owned(),
            Source::Context(path) => dotted("$states.context", path),
        }
    }

    fn variable(self, name: &str) -> String {
        let given = self.given.iter().find(|(given, _)| given == name);
        given.map_or_else(|| format!("${name}"), |(_, path)| path.clone())
    }

    /// A field, without the default that stands in for it; what it is a field of may have one of its own.
    fn path(self, node: &Node) -> String {
        match node {
            Node::Field { of, name, .. } => {
                let of = self.held(of, Binding::Atom);
                if is_plain(name) {
                    format!("{of}.{name}")
                } else {
                    format!("{of}.`{name}`")
                }
            }
            _ => self.held(node, Binding::Atom),
        }
    }

    fn present(self, of: &Node) -> (String, Binding) {
        let open = without_guard(of);
        // Whether the list is so long: `null` is an item as well. An item that is known to be there is an optional value
        // of its own.
        if let Node::Item { is_there: false, .. } = open {
            return (format!("$exists({})", self.print(&open).0), Binding::Atom);
        }
        let path = self.held(&open, Binding::Sum);
        if of.may_be_undefined() {
            (format!("$exists({path}) and {path} != null"), Binding::And)
        } else {
            (format!("{path} != null"), Binding::Comparison)
        }
    }

    fn or_null(self, of: &Node, present: &Node) -> (String, Binding) {
        if !needs_guard(of, present) {
            return self.print(of);
        }
        let test = match present {
            Node::ListOf(_) => self.present(of).0,
            _ => format!("$exists({})", self.path(of)),
        };
        (
            format!("{test} ? {} : null", self.held(present, Binding::Or)),
            Binding::Conditional,
        )
    }
}

/// A constant in a template. Text in the marks of an expression would be taken for one: it is written as one that gives it.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("{%") => Value::String(format!("{{% {value} %}}")),
        Value::Array(items) => items.iter().map(literal).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), literal(value)))
            .collect(),
        _ => value.clone(),
    }
}

/// JSON is JSONata. Whole numbers are written without a fraction.
fn constant(value: &Value) -> String {
    let text = value.to_string();
    match value {
        Value::Number(_) => text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned),
        _ => text,
    }
}

/// Whether an optional value that stands alone has to be turned into `null`: it may be undefined, or it is a list, which
/// stays one only in brackets.
fn needs_guard(of: &Node, present: &Node) -> bool {
    of.may_be_undefined()
        || (matches!(present, Node::ListOf(_)) && !matches!(of, Node::ListOf(_) | Node::OrNull { .. }))
}

/// An optional value that has been made to stand alone, as it was before.
fn without_guard(node: &Node) -> Node {
    match node {
        Node::OrNull { of, .. } => without_guard(of),
        _ => node.clone(),
    }
}

/// Whether a field is a list that has no items where it is absent: nothing gives nothing as well.
fn is_empty_by_default(node: &Node) -> bool {
    matches!(node, Node::Field { absent: Absent::Default(Value::Array(default)), .. } if default.is_empty())
}

/// Whether an expression is written as a list, which brackets would put into another one.
fn is_list(node: &Node) -> bool {
    matches!(
        node,
        Node::List(_) | Node::ListOf(_) | Node::Each { .. } | Node::Literal(Value::Array(_))
    )
}

fn dotted(root: &str, path: &[&str]) -> String {
    path.iter()
        .fold(root.to_owned(), |so_far, step| format!("{so_far}.{step}"))
}

/// Whether a field can be named without quotes.
fn is_plain(name: &str) -> bool {
    let word = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    word && !matches!(name, "and" | "or" | "in" | "true" | "false" | "null" | "function")
}

mod lists;
#[cfg(test)]
mod meanings;
mod names;
mod operators;
#[cfg(test)]
mod tests;
