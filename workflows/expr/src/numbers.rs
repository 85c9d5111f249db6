//! Numbers. In JSONata, as in JSON, there is one kind of them, and a subtraction knows nothing of types: what is taken from an
//! unsigned number is a signed one here, what is divided has a fraction, and the way back is explicit.

use std::{
    ops::{Add, Div, Mul, Sub},
    rc::Rc,
};

use serde_json::json;

use crate::{
    Expr, Is, Node, Operator, Shape, choose,
    is::literal,
    operators::{binary, function},
};

/// Whole numbers are exact up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Types whose values are numbers. Whole ones are exact up to 2^53.
pub trait Number: Shape {
    /// What is left when one is taken from another: `i64` for whole numbers.
    type Difference: Number;
}

/// Types whose values are whole numbers.
pub trait Whole: Number {
    /// The smallest, or -2^53.
    const LEAST: i64;
    /// The largest, or 2^53.
    const MOST: i64;
}

/// Types whose values are whole numbers from 0 on.
pub trait Unsigned: Whole {}

impl Number for f64 {
    type Difference = f64;
}

macro_rules! whole {
    ($($type:ty: $least:expr, $most:expr;)*) => {
        $(
            impl Number for $type {
                type Difference = i64;
            }
            impl Whole for $type {
                const LEAST: i64 = $least;
                const MOST: i64 = $most;
            }
        )*
    };
}
whole! {
    u8: 0, u8::MAX as i64;
    u16: 0, u16::MAX as i64;
    u32: 0, u32::MAX as i64;
    u64: 0, 1 << 53;
    i32: i32::MIN as i64, i32::MAX as i64;
    i64: -(1 << 53), 1 << 53;
}

macro_rules! unsigned {
    ($($type:ty),*) => { $(impl Unsigned for $type {})* };
}
unsigned!(u8, u16, u32, u64);

impl<'s, N: Number> Expr<'s, N> {
    /// The smaller of both.
    #[must_use]
    pub fn min<'x>(&self, other: impl Is<'x, N>) -> Expr<'x, N>
    where
        's: 'x,
    {
        let other = other.expr();
        folded(self, &other, f64::min).unwrap_or_else(|| self.of_both("min", &other))
    }

    /// The larger of both.
    #[must_use]
    pub fn max<'x>(&self, other: impl Is<'x, N>) -> Expr<'x, N>
    where
        's: 'x,
    {
        let other = other.expr();
        folded(self, &other, f64::max).unwrap_or_else(|| self.of_both("max", &other))
    }

    /// `self` to the power of a whole `exponent`.
    #[must_use]
    pub fn power<'x>(&self, exponent: impl Is<'x, u32>) -> Expr<'x, N>
    where
        's: 'x,
    {
        let exponent = exponent.expr();
        folded(self, &exponent, f64::powf).unwrap_or_else(|| {
            let arguments = vec![Rc::clone(self.node()), Rc::clone(exponent.node())];
            Expr::from_node(Node::function("power", arguments))
        })
    }

    /// The same number as one with a fraction, to calculate with.
    pub fn to_f64(&self) -> Expr<'s, f64> {
        Expr::from_node(Rc::clone(self.node()))
    }

    /// The number as text.
    pub fn to_text(&self) -> Expr<'s, String> {
        function("string", self)
    }

    fn of_both<'x>(&self, name: &'static str, other: &Expr<'x, N>) -> Expr<'x, N> {
        let both = Node::List(vec![Rc::clone(self.node()), Rc::clone(other.node())]);
        Expr::from_node(Node::function(name, vec![Rc::new(both)]))
    }
}

impl<'s, W: Whole> Expr<'s, W> {
    /// The same number as a signed one.
    pub fn to_i64(&self) -> Expr<'s, i64> {
        Expr::from_node(Rc::clone(self.node()))
    }

    /// The whole part of the quotient, rounded down. To divide by 0 fails the state; see
    /// [`checked_div`](Expr::checked_div).
    #[must_use]
    pub fn div_floor<'x>(&self, other: impl Is<'x, W>) -> Expr<'x, W>
    where
        's: 'x,
    {
        let other = other.expr();
        let floor = |a: f64, b: f64| (a / b).floor();
        folded(self, &other, floor).unwrap_or_else(|| {
            let quotient: Expr<'x, f64> = binary(Operator::Divide, self, &other);
            function("floor", &quotient)
        })
    }

    /// The number as one of another type, which is the nearest that this type has: a negative number becomes `0u32`.
    pub fn saturating_into<V: Whole>(&self) -> Expr<'s, V> {
        Expr::from_node(self.node().clamped(V::LEAST, V::MOST))
    }

    /// The number as one of another type; none if that type has no such number. The number is evaluated more than once.
    pub fn checked_into<V: Whole>(&self) -> Expr<'s, Option<V>> {
        let (least, most) = self.node().range();
        #[allow(clippy::cast_precision_loss, reason = "a bound of at most 2^53")]
        let fits = least >= V::LEAST as f64 && most <= V::MOST as f64;
        let number: Expr<'s, Option<V>> = Expr::from_node(Rc::clone(self.node()));
        if fits {
            return number;
        }
        let bound = |operator, bound: i64| {
            Expr::<bool>::from_node(Node::binary(
                operator,
                Rc::clone(self.node()),
                Rc::new(Node::Literal(json!(bound))),
            ))
        };
        let inside = bound(Operator::AtLeast, V::LEAST) & bound(Operator::AtMost, V::MOST);
        choose(inside, number, Expr::none())
    }
}

impl<'s, U: Unsigned> Expr<'s, U> {
    /// What is left when `other` is taken away; 0 if that is more than there is.
    #[must_use]
    pub fn saturating_sub<'x>(&self, other: impl Is<'x, U>) -> Expr<'x, U>
    where
        's: 'x,
    {
        let left: Expr<'x, U> = self.expr();
        let difference: Expr<'x, U::Difference> = left - other;
        Expr::from_node(difference.node().clamped(0, i64::MAX))
    }

    /// What is left when `other` is taken away; none if that is more than there is. Both are evaluated more than once.
    #[must_use]
    pub fn checked_sub<'x>(&self, other: impl Is<'x, U>) -> Expr<'x, Option<U>>
    where
        's: 'x,
    {
        let (left, other): (Expr<'x, U>, Expr<'x, U>) = (self.expr(), other.expr());
        let difference: Expr<'x, Option<U>> = Expr::from_node(Rc::clone((&left - &other).node()));
        choose(
            binary::<_, _, bool>(Operator::AtLeast, &left, &other),
            difference,
            Expr::none(),
        )
    }

    /// The whole part of the quotient, as [`div_floor`](Self::div_floor) gives it; none if `other` is 0. That is evaluated more
    /// than once.
    #[must_use]
    pub fn checked_div<'x>(&self, other: impl Is<'x, U>) -> Expr<'x, Option<U>>
    where
        's: 'x,
    {
        let other = other.expr();
        let zero: Expr<'x, U> = literal(json!(0));
        let quotient: Expr<'x, Option<U>> = Expr::from_node(Rc::clone(self.div_floor(&other).node()));
        choose(
            binary::<_, _, bool>(Operator::NotEqual, &other, &zero),
            quotient,
            Expr::none(),
        )
    }
}

impl<'s> Expr<'s, f64> {
    /// The next whole number that is not smaller. [`saturating_into`](Expr::saturating_into) makes it one of another type.
    pub fn ceil(&self) -> Expr<'s, i64> {
        function("ceil", self)
    }

    /// The next whole number that is not larger.
    pub fn floor(&self) -> Expr<'s, i64> {
        function("floor", self)
    }
}

/// A number between 0 (included) and 1 (excluded), drawn anew at each evaluation.
pub fn random<'x>() -> Expr<'x, f64> {
    Expr::from_node(Node::function("random", Vec::new()))
}

/// Sums and products are taken for numbers of their operands' type; that they fit into it is for the author to see.
macro_rules! arithmetic {
    ($($trait:ident :: $method:ident => $operator:ident, $output:ty, $fold:expr;)*) => {
        $(
            impl<'s, N: Number, R: Is<'s, N>> $trait<R> for Expr<'s, N> {
                type Output = Expr<'s, $output>;
                fn $method(self, right: R) -> Self::Output {
                    $trait::$method(&self, right)
                }
            }
            impl<'s, N: Number, R: Is<'s, N>> $trait<R> for &Expr<'s, N> {
                type Output = Expr<'s, $output>;
                fn $method(self, right: R) -> Self::Output {
                    let right = right.expr();
                    folded(self, &right, $fold).unwrap_or_else(|| binary(Operator::$operator, self, &right))
                }
            }
        )*
    };
}
arithmetic! {
    Add::add => Add, N, |a, b| a + b;
    Sub::sub => Subtract, N::Difference, |a, b| a - b;
    Mul::mul => Multiply, N, |a, b| a * b;
    Div::div => Divide, f64, |a, b| a / b;
}

/// The result, where both operands are known now.
fn folded<'x, A: Number, B: Number, R: Number>(
    left: &Expr<'_, A>,
    right: &Expr<'_, B>,
    fold: fn(f64, f64) -> f64,
) -> Option<Expr<'x, R>> {
    let number = |node: &Node| match node {
        Node::Literal(value) => value.as_f64(),
        _ => None,
    };
    let result = fold(number(left.node())?, number(right.node())?);
    // Numbers of JSONata are those of JSON: whole ones are exact up to 2^53.
    let exact = result.is_finite() && result.fract() == 0.0 && result.abs() <= EXACT;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "whole and within 2^53, as has just been tested"
    )]
    exact.then(|| literal(serde_json::json!(result as i64)))
}
