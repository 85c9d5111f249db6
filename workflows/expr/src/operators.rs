//! Comparison, logic, numbers and text.

use std::{
    ops::{Add, BitAnd, BitOr, Div, Mul, Not, Sub},
    rc::Rc,
};

use crate::{Expr, Is, Node, Operator, Shape, is::literal};

/// Types whose values are numbers.
pub trait Number: Shape {}
macro_rules! numbers { ($($type:ty),*) => { $(impl Number for $type {})* } }
numbers!(u8, u16, u32, u64, i32, i64, f64);

/// Types whose values can be compared as they stand: numbers and text. Timestamps have methods of their own.
pub trait Ordered: Shape {}
impl<T: Number> Ordered for T {}
impl Ordered for String {}

/// A constant, where an expression is needed to call a method on.
pub fn constant<'x, T: Shape>(value: impl Is<'x, T>) -> Expr<'x, T> {
    value.expr()
}

/// `then` if `test` holds, else `otherwise`.
pub fn choose<'x, T: Shape>(test: impl Is<'x, bool>, then: impl Is<'x, T>, otherwise: impl Is<'x, T>) -> Expr<'x, T> {
    Expr::from_node(Rc::new(Node::Conditional {
        test: Rc::clone(test.expr().node()),
        then: then.expr().settled(),
        otherwise: otherwise.expr().settled(),
    }))
}

fn binary<'x, A: Shape, B: Shape, R: Shape>(
    operator: Operator,
    left: &Expr<'_, A>,
    right: &Expr<'_, B>,
) -> Expr<'x, R> {
    Expr::from_node(Node::binary(operator, Rc::clone(left.node()), Rc::clone(right.node())))
}

/// The result, where both operands are known now.
fn folded<'x, N: Number>(left: &Expr<'_, N>, right: &Expr<'_, N>, fold: fn(f64, f64) -> f64) -> Option<Expr<'x, N>> {
    let number = |node: &Node| match node {
        Node::Literal(value) => value.as_f64(),
        _ => None,
    };
    let result = fold(number(left.node())?, number(right.node())?);
    // Numbers of JSONata are those of JSON: whole ones are exact up to 2^53.
    let exact = result.is_finite() && result.fract() == 0.0 && result.abs() <= 9_007_199_254_740_992.0;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "whole and within 2^53, as has just been tested"
    )]
    exact.then(|| literal(serde_json::json!(result as i64)))
}

fn function<'s, A: Shape, R: Shape>(name: &'static str, of: &Expr<'s, A>) -> Expr<'s, R> {
    Expr::from_node(Node::function(name, vec![Rc::clone(of.node())]))
}

impl<'s, T: Ordered> Expr<'s, T> {
    /// `self < other`.
    pub fn less_than<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        binary(Operator::Less, self, &other.expr())
    }

    /// `self <= other`.
    pub fn at_most<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        binary(Operator::AtMost, self, &other.expr())
    }

    /// `self > other`.
    pub fn greater_than<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        binary(Operator::Greater, self, &other.expr())
    }

    /// `self >= other`.
    pub fn at_least<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        binary(Operator::AtLeast, self, &other.expr())
    }
}

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

    /// `self` to the power of `exponent`.
    #[must_use]
    pub fn power<'x>(&self, exponent: impl Is<'x, N>) -> Expr<'x, N>
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

impl<'s> Expr<'s, f64> {
    /// The next whole number that is not smaller.
    pub fn ceil(&self) -> Expr<'s, u32> {
        function("ceil", self)
    }

    /// The next whole number that is not larger.
    pub fn floor(&self) -> Expr<'s, u32> {
        function("floor", self)
    }
}

/// A number between 0 (included) and 1 (excluded), drawn anew at each evaluation.
pub fn random<'x>() -> Expr<'x, f64> {
    Expr::from_node(Node::function("random", Vec::new()))
}

macro_rules! arithmetic {
    ($($trait:ident :: $method:ident => $operator:ident, $fold:expr;)*) => {
        $(
            impl<'s, N: Number, R: Is<'s, N>> $trait<R> for Expr<'s, N> {
                type Output = Expr<'s, N>;
                fn $method(self, right: R) -> Expr<'s, N> {
                    $trait::$method(&self, right)
                }
            }
            impl<'s, N: Number, R: Is<'s, N>> $trait<R> for &Expr<'s, N> {
                type Output = Expr<'s, N>;
                fn $method(self, right: R) -> Expr<'s, N> {
                    let right = right.expr();
                    folded(self, &right, $fold).unwrap_or_else(|| binary(Operator::$operator, self, &right))
                }
            }
        )*
    };
}
arithmetic! {
    Add::add => Add, |a, b| a + b;
    Sub::sub => Subtract, |a, b| a - b;
    Mul::mul => Multiply, |a, b| a * b;
    Div::div => Divide, |a, b| a / b;
}

impl<'s, R: Is<'s, bool>> BitAnd<R> for Expr<'s, bool> {
    type Output = Expr<'s, bool>;
    fn bitand(self, right: R) -> Expr<'s, bool> {
        binary(Operator::And, &self, &right.expr())
    }
}

impl<'s, R: Is<'s, bool>> BitOr<R> for Expr<'s, bool> {
    type Output = Expr<'s, bool>;
    fn bitor(self, right: R) -> Expr<'s, bool> {
        binary(Operator::Or, &self, &right.expr())
    }
}

impl<'s> Not for Expr<'s, bool> {
    type Output = Expr<'s, bool>;
    fn not(self) -> Expr<'s, bool> {
        function("not", &self)
    }
}

impl<'s> Expr<'s, String> {
    /// Both texts, one after the other.
    #[must_use]
    pub fn concat<'x>(&self, other: impl Is<'x, String>) -> Expr<'x, String>
    where
        's: 'x,
    {
        binary(Operator::Concat, self, &other.expr())
    }
}

impl<'s, T: Shape> Expr<'s, Option<T>> {
    /// Whether there is a value.
    pub fn is_some(&self) -> Expr<'s, bool> {
        Expr::from_node(Rc::new(Node::Present(Rc::clone(self.node()))))
    }

    /// The value if there is one, else `default`.
    pub fn or<'x>(&self, default: impl Is<'x, T>) -> Expr<'x, T>
    where
        's: 'x,
    {
        let present = Expr::from_node(Node::known_present(self.node()));
        let is_some: Expr<'x, bool> = self.is_some().expr();
        choose(is_some, present, default.expr())
    }

    /// No value.
    pub fn none() -> Self {
        literal(serde_json::Value::Null)
    }
}

impl<'s, T: Shape> Expr<'s, Vec<T>> {
    /// How many elements it has.
    pub fn count(&self) -> Expr<'s, u32> {
        function("count", self)
    }

    /// The element at a place, counted from 0; none where the list is not so long. A place below 0, which a subtraction may
    /// give, is counted from the end, as JSONata does. One that is drawn at random is kept first: it would be drawn anew for each
    /// look at the list.
    ///
    /// ```
    /// # use expr::{Expr, Is, constant};
    /// # let topics: Expr<Vec<String>> = ["alarms", "reports"].expr();
    /// # let round: Expr<u32> = constant(1);
    /// let topic: Expr<String> = topics.get(&round).or("rez");
    /// # let _ = topic;
    /// ```
    pub fn get<'x>(&self, at: impl Is<'x, u32>) -> Expr<'x, Option<T>>
    where
        's: 'x,
    {
        Expr::from_node(Rc::new(Node::Item {
            of: Rc::clone(self.node()),
            at: Rc::clone(at.expr().node()),
            is_there: false,
        }))
    }
}

impl<'s, N: Number> Expr<'s, Vec<N>> {
    /// All elements added up; 0 if there is none.
    pub fn sum(&self) -> Expr<'s, N> {
        function("sum", self)
    }
}
