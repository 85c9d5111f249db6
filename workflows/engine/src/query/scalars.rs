//! Arithmetic and comparisons of numbers, texts and booleans, which most conditions and counters are, answered without an
//! evaluator.
//!
//! What is not of one of these types, or does not fit its operator, is left to the evaluator: so nothing here decides what
//! a missing value means, and nothing here fails. The rules for what is decided are those of JSONata 2.0.6, "Numeric
//! operators", "Comparison operators" and "Boolean operators"; a law compares them with the evaluator's.

use jsonata_core::ast::{AstNode, BinaryOp};
use serde_json::Value;

use super::Scope;
use super::convert::number;
use super::path::Path;

/// How deep an expression may nest. The evaluator has a limit of its own, far from this one.
const DEPTH: usize = 16;

/// An operator with two operands, each a plain path, a literal or of the same kind.
#[derive(Debug)]
pub(super) struct Operation {
    op: BinaryOp,
    left: Operand,
    right: Operand,
}

#[derive(Debug)]
enum Operand {
    Path(Path),
    Number(f64),
    Text(String),
    Bool(bool),
    Operation(Box<Operation>),
}

/// What an operand is.
#[derive(Clone, Copy)]
enum Scalar<'a> {
    Number(f64),
    Text(&'a str),
    Bool(bool),
}

impl Operation {
    /// The expression as an operation, if it is one.
    pub(super) fn of(ast: &AstNode) -> Option<Self> {
        Self::within(ast, DEPTH)
    }

    fn within(ast: &AstNode, depth: usize) -> Option<Self> {
        let AstNode::Binary { op, lhs, rhs } = ast else {
            return None;
        };
        Some(Self {
            op: *op,
            left: Operand::of(lhs, depth)?,
            right: Operand::of(rhs, depth)?,
        })
    }

    /// The value; `None` if the evaluator has to say it.
    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Option<Value> {
        match self.scalar(scope)? {
            Scalar::Number(value) => Some(number(value)),
            Scalar::Bool(value) => Some(value.into()),
            Scalar::Text(value) => Some(value.into()),
        }
    }

    fn scalar<'a>(&'a self, scope: &Scope<'a>) -> Option<Scalar<'a>> {
        use BinaryOp as Op;
        use Scalar::{Bool, Number, Text};
        let left = self.left.scalar(scope)?;
        // The right side of these counts only, and is looked at only, if the left one does not decide.
        if let (Op::And, Bool(false)) | (Op::Or, Bool(true)) = (self.op, left) {
            return Some(left);
        }
        Some(match (self.op, left, self.right.scalar(scope)?) {
            (Op::And | Op::Or, Bool(_), Bool(right)) => Bool(right),
            (Op::Equal, left, right) => Bool(equal(left, right)?),
            (Op::NotEqual, left, right) => Bool(!equal(left, right)?),
            (Op::LessThan, Number(left), Number(right)) => Bool(left < right),
            (Op::LessThanOrEqual, Number(left), Number(right)) => Bool(left <= right),
            (Op::GreaterThan, Number(left), Number(right)) => Bool(left > right),
            (Op::GreaterThanOrEqual, Number(left), Number(right)) => Bool(left >= right),
            (op, Number(left), Number(right)) if left.is_finite() && right.is_finite() => Number(match op {
                Op::Add => left + right,
                Op::Subtract => left - right,
                Op::Multiply => left * right,
                Op::Divide => left / right,
                Op::Modulo => left % right,
                _ => return None,
            }),
            (_, Number(_) | Text(_) | Bool(_), _) => return None,
        })
    }
}

/// Whether two of the same type are equal.
#[expect(clippy::float_cmp, reason = "JSONata compares numbers exactly")]
fn equal(left: Scalar<'_>, right: Scalar<'_>) -> Option<bool> {
    match (left, right) {
        (Scalar::Number(left), Scalar::Number(right)) => Some(left == right),
        (Scalar::Text(left), Scalar::Text(right)) => Some(left == right),
        (Scalar::Bool(left), Scalar::Bool(right)) => Some(left == right),
        _ => None,
    }
}

impl Operand {
    fn of(ast: &AstNode, depth: usize) -> Option<Self> {
        match ast {
            AstNode::Number(value) => Some(Self::Number(*value)),
            AstNode::String(value) => Some(Self::Text(value.clone())),
            AstNode::Boolean(value) => Some(Self::Bool(*value)),
            AstNode::Binary { .. } => Some(Self::Operation(Box::new(Operation::within(
                ast,
                depth.checked_sub(1)?,
            )?))),
            other => Path::of(other).map(Self::Path),
        }
    }

    fn scalar<'a>(&'a self, scope: &Scope<'a>) -> Option<Scalar<'a>> {
        match self {
            Self::Number(value) => Some(Scalar::Number(*value)),
            Self::Text(value) => Some(Scalar::Text(value)),
            Self::Bool(value) => Some(Scalar::Bool(*value)),
            Self::Operation(operation) => operation.scalar(scope),
            Self::Path(path) => match path.find(scope).value()? {
                Value::Number(value) => value.as_f64().map(Scalar::Number),
                Value::String(value) => Some(Scalar::Text(value)),
                Value::Bool(value) => Some(Scalar::Bool(*value)),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jsonata_core::parser;
    use serde_json::{Map, Value, json};

    use super::Operation;
    use crate::query::{Random, Scope};

    fn operation(source: &str) -> Option<Operation> {
        Operation::of(&parser::parse(source).unwrap())
    }

    fn answer(source: &str) -> Option<Value> {
        let input = json!({ "n": 2, "word": "x", "yes": true, "none": null, "many": [1], "large": 1e308 });
        let (variables, random) = (Map::from_iter([("v".to_owned(), json!(3))]), Random::new(1));
        let scope = Scope {
            variables: &variables,
            ..Scope::new(&input, &Value::Null, Timestamp::UNIX_EPOCH, &random)
        };
        operation(source)?.evaluate(&scope)
    }

    #[test]
    fn what_fits_is_answered() {
        for (source, expected) in [
            ("$states.input.n + 1", json!(3)),
            ("$v * 2 - $states.input.n / 4", json!(5.5)),
            ("7 % $v", json!(1)),
            ("$v < 20 and $states.input.word = 'x'", json!(true)),
            ("$states.input.yes or $states.input.nothing", json!(true)),
            ("$states.input.word != 'x'", json!(false)),
            ("$states.input.large * 10", json!("Infinity")),
            ("'x' = 'x'", json!(true)),
        ] {
            assert_eq!(answer(source), Some(expected), "{source}");
        }
    }

    #[test]
    fn the_rest_is_left_to_the_evaluator() {
        for source in [
            "$states.input.nothing + 1",
            "$states.input.many + 1",
            "$states.input.none = 1",
            "$states.input.word < 'y'",
            "$states.input.n = 'x'",
            "$states.input.word & 'y'",
            "$states.input.large * 10 + 1",
            "1 and true",
        ] {
            assert_eq!(answer(source), None, "{source}");
        }
        assert!(operation(&["1"; 40].join(" + ")).is_none(), "too deep");
        assert!(operation("$v").is_none());
    }
}
