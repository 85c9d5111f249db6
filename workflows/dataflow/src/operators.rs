//! What JSONata's operators give, and what they take.

use jsonata_core::ast::{AstNode, BinaryOp, UnaryOp};

use crate::{
    Rule,
    expression::Evaluator,
    scope::Scope,
    shape::{Known, Shape, Text},
    words,
};

impl Evaluator<'_> {
    pub(crate) fn unary(&mut self, op: UnaryOp, operand: &AstNode, scope: &Scope) -> Shape {
        let shape = self.value(operand, scope);
        match op {
            UnaryOp::Negate => self.number(&shape, "-").join(absent(&[&shape])),
            UnaryOp::Not => Shape::boolean(),
        }
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, lhs: &AstNode, rhs: &AstNode, scope: &Scope) -> Shape {
        if op == BinaryOp::ColonEqual {
            return self.value(rhs, scope);
        }
        let left = self.value(lhs, scope);
        let right = self.right(op, lhs, rhs, scope);
        match op {
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
                self.number(&left, "arithmetic");
                self.number(&right, "arithmetic").join(absent(&[&left, &right]))
            }
            BinaryOp::LessThan | BinaryOp::LessThanOrEqual | BinaryOp::GreaterThan | BinaryOp::GreaterThanOrEqual => {
                self.ordered(&left);
                self.ordered(&right);
                Shape::boolean().join(absent(&[&left, &right]))
            }
            BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::And | BinaryOp::Or | BinaryOp::In => Shape::boolean(),
            BinaryOp::Concatenate => Shape::from(Text {
                longest: longest(&left, &right),
                ..Text::default()
            }),
            BinaryOp::Range => Shape::list(Shape::number()).join(absent(&[&left, &right])),
            BinaryOp::Coalesce => left.present().join(right),
            _ => Shape::Any,
        }
    }

    /// The right side of `and` is evaluated only where the left holds, that of `or` where it does not.
    fn right(&mut self, op: BinaryOp, lhs: &AstNode, rhs: &AstNode, scope: &Scope) -> Shape {
        let mut narrowed = scope.clone();
        let possible = match op {
            BinaryOp::And => narrowed.assume(lhs, true),
            BinaryOp::Or => narrowed.assume(lhs, false),
            _ => return self.value(rhs, scope),
        };
        if possible {
            self.value(rhs, &narrowed)
        } else {
            Shape::boolean()
        }
    }

    /// A number is wanted; nothing gives nothing.
    fn number(&mut self, shape: &Shape, what: &str) -> Shape {
        self.kind(
            shape,
            what,
            |known| Known {
                number: None,
                missing: false,
                ..known
            },
            |known| known.number.is_some(),
        );
        Shape::number()
    }

    fn ordered(&mut self, shape: &Shape) {
        let rest = |known| Known {
            number: None,
            text: None,
            missing: false,
            ..known
        };
        self.kind(shape, "a comparison of order", rest, |known| {
            known.number.is_some() || known.text.is_some()
        });
    }

    fn kind(&mut self, shape: &Shape, what: &str, rest: fn(Known) -> Known, fits: fn(&Known) -> bool) {
        let Shape::Known(known) = shape else { return };
        if known.missing && known.has_no_value() || rest(known.clone()).has_no_value() {
            return;
        }
        let rule = if fits(known) {
            Rule::MaybeWrongKind
        } else {
            Rule::WrongKind
        };
        let message = format!(
            "{what} does not take {}",
            words::kinds(&Shape::Known(rest(known.clone())))
        );
        self.report(rule, message, None);
    }
}

/// Nothing, if one of these may be.
pub(crate) fn absent(shapes: &[&Shape]) -> Shape {
    if shapes.iter().any(|shape| shape.may_be_missing()) {
        Shape::missing()
    } else {
        Shape::impossible()
    }
}

fn longest(left: &Shape, right: &Shape) -> Option<u64> {
    let of = |shape: &Shape| match shape {
        Shape::Known(known)
            if known.number.is_some() || known.boolean || known.list.is_some() || !known.objects.is_empty() =>
        {
            None
        }
        Shape::Known(known) => known.text.as_ref().map_or(Some(4), |text| text.longest),
        Shape::Any => None,
    };
    of(left).zip(of(right)).map(|(left, right)| left.saturating_add(right))
}
