//! Operators of two operands.

use expr::{Node, Operator};

use super::{Binding, Printer};

impl Printer<'_> {
    pub(super) fn binary(self, operator: Operator, left: &Node, right: &Node) -> (String, Binding) {
        let (sign, binding) = sign(operator);
        let tighter = match binding {
            Binding::Or => Binding::And,
            Binding::And => Binding::Comparison,
            Binding::Comparison => Binding::Sum,
            Binding::Sum => Binding::Product,
            _ => Binding::Atom,
        };
        let associative = matches!(operator, Operator::Or | Operator::And | Operator::Concat);
        let chained =
            |node: &Node| associative && matches!(node, Node::Binary { operator: inner, .. } if *inner == operator);
        // `&` and `+` bind alike; a sum inside a text is bracketed for the reader.
        let mixed = |node: &Node| {
            matches!(node, Node::Binary { operator: inner, .. } if *inner != operator
                && (*inner == Operator::Concat || operator == Operator::Concat))
        };
        let left_least = if binding == Binding::Comparison || mixed(left) {
            tighter
        } else {
            binding
        };
        let right_least = if chained(right) { binding } else { tighter };
        (
            format!(
                "{} {sign} {}",
                self.held(left, left_least),
                self.held(right, right_least)
            ),
            binding,
        )
    }
}

fn sign(operator: Operator) -> (&'static str, Binding) {
    match operator {
        Operator::Or => ("or", Binding::Or),
        Operator::And => ("and", Binding::And),
        Operator::Equal => ("=", Binding::Comparison),
        Operator::NotEqual => ("!=", Binding::Comparison),
        Operator::Less => ("<", Binding::Comparison),
        Operator::AtMost => ("<=", Binding::Comparison),
        Operator::Greater => (">", Binding::Comparison),
        Operator::AtLeast => (">=", Binding::Comparison),
        Operator::Concat => ("&", Binding::Sum),
        Operator::Add => ("+", Binding::Sum),
        Operator::Subtract => ("-", Binding::Sum),
        Operator::Multiply => ("*", Binding::Product),
        Operator::Divide => ("/", Binding::Product),
    }
}
