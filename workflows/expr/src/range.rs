//! Between which bounds a number lies, as far as its expression tells.

use std::rc::Rc;

use serde_json::json;

use crate::{Node, Operator};

/// The smallest and the largest that a number can be.
type Range = (f64, f64);

const ANY: Range = (f64::NEG_INFINITY, f64::INFINITY);

impl Node {
    /// The smallest and the largest that this number can be, whatever the data are; infinite where the expression does not
    /// tell.
    pub fn range(&self) -> (f64, f64) {
        let (least, most) = match self {
            Self::Literal(value) => value.as_f64().map_or(ANY, |number| (number, number)),
            Self::Conditional { then, otherwise, .. } => {
                let (a, b) = (then.range(), otherwise.range());
                (a.0.min(b.0), a.1.max(b.1))
            }
            Self::Binary { operator, left, right } => calculated(*operator, left.range(), right.range()),
            Self::Function { name, arguments } => called(name, arguments),
            _ => ANY,
        };
        if least.is_nan() || most.is_nan() {
            ANY
        } else {
            (least, most)
        }
    }

    /// The number, or the bound that it lies beyond. A bound that it cannot lie beyond is not written.
    pub fn clamped(self: &Rc<Self>, least: i64, most: i64) -> Rc<Self> {
        let mut number = Rc::clone(self);
        for (name, bound) in [("max", least), ("min", most)] {
            #[allow(
                clippy::cast_precision_loss,
                reason = "what lies so far out is no bound of what is exact"
            )]
            let edge = bound as f64;
            let (from, to) = number.range();
            let bound = Rc::new(Self::Literal(json!(bound)));
            number = match name {
                "max" if from >= edge || least == i64::MIN => number,
                "min" if to <= edge || most == i64::MAX => number,
                _ if to < edge && name == "max" => bound,
                _ if from > edge && name == "min" => bound,
                _ => Self::function(name, vec![Rc::new(Self::List(vec![number, bound]))]),
            };
        }
        number
    }
}

fn calculated(operator: Operator, (a, b): Range, (c, d): Range) -> Range {
    match operator {
        Operator::Add => (a + c, b + d),
        Operator::Subtract => (a - d, b - c),
        Operator::Multiply => {
            let products = [a * c, a * d, b * c, b * d];
            if products.iter().any(|product| product.is_nan()) {
                return if a >= 0.0 && c >= 0.0 {
                    (0.0, f64::INFINITY)
                } else {
                    ANY
                };
            }
            let least = products.iter().copied().fold(f64::INFINITY, f64::min);
            (least, products.into_iter().fold(f64::NEG_INFINITY, f64::max))
        }
        Operator::Divide if c > 0.0 && c.is_finite() && d.is_finite() => {
            calculated(Operator::Multiply, (a, b), (1.0 / d, 1.0 / c))
        }
        _ => ANY,
    }
}

fn called(name: &str, arguments: &[Rc<Node>]) -> Range {
    match (name, arguments) {
        ("random", []) => (0.0, 1.0),
        ("count", _) => (0.0, f64::INFINITY),
        ("floor", [of]) => (of.range().0.floor(), of.range().1.floor()),
        ("ceil", [of]) => (of.range().0.ceil(), of.range().1.ceil()),
        ("min" | "max", [of]) => match &**of {
            Node::List(items) if !items.is_empty() => {
                let choose = if name == "min" { f64::min } else { f64::max };
                let ranges = items.iter().map(|item| item.range());
                let both = ranges.reduce(|(a, b), (c, d)| (choose(a, c), choose(b, d)));
                both.unwrap_or(ANY)
            }
            _ => ANY,
        },
        ("power", [of, exponent]) => power(of.range(), exponent.range()),
        _ => ANY,
    }
}

/// The exponent is a whole number from 0 on, as the type of `power` says.
fn power((a, b): Range, (least, most): Range) -> Range {
    let even = most.is_finite() && (most - least).abs() < 1.0 && most % 2.0 == 0.0;
    if even {
        (0.0, a.abs().max(b.abs()).powf(most))
    } else if a >= 1.0 {
        (1.0, b.powf(most))
    } else if a >= 0.0 {
        (0.0, b.max(1.0).powf(most))
    } else {
        ANY
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ANY;
    use crate::{Expr, Node, Source, constant, random};

    fn input<'x>() -> Expr<'x, f64> {
        Expr::from_node(Node::Source(Source::Input).into())
    }

    #[test]
    fn bounds_are_told_where_the_expression_tells_them() {
        let cases = [
            (input(), ANY),
            (input().min(900.0), (f64::NEG_INFINITY, 900.0)),
            (input().max(3.0).min(900.0), (3.0, 900.0)),
            (random() / 2.0 + 1.0, (1.0, 1.5)),
            (constant::<f64>(2.0).power(3) * 30.0, (240.0, 240.0)),
            (input().max(0.0) * input().max(0.0), (0.0, f64::INFINITY)),
            (input().min(2.0) * input().min(2.0), ANY),
            (input().power(2) / 64.0, (0.0, f64::INFINITY)),
            (input().power(3), ANY),
            (constant::<f64>(5.0) - random(), (4.0, 5.0)),
            (constant::<f64>(1.0) / random(), ANY),
        ];
        for (number, range) in cases {
            assert_eq!(number.node().range(), range, "{number:?}");
        }
    }

    #[test]
    fn a_bound_that_holds_anyway_is_not_written() {
        let known = input().max(3.0).min(900.0);
        assert_eq!(known.node().clamped(0, 1000), *known.node());
        assert_eq!(*constant::<u32>(7).node().clamped(0, 5), Node::Literal(json!(5)));
        assert_eq!(*constant::<i64>(-7).node().clamped(0, 5), Node::Literal(json!(0)));
    }
}
