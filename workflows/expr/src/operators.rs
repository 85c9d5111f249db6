//! Comparison, logic and text.

use std::{
    ops::{BitAnd, BitOr, Not},
    rc::Rc,
};

use crate::{Expr, Is, Node, Number, Operator, Shape};

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

pub(crate) fn binary<'x, A: Shape, B: Shape, R: Shape>(
    operator: Operator,
    left: &Expr<'_, A>,
    right: &Expr<'_, B>,
) -> Expr<'x, R> {
    Expr::from_node(Node::binary(operator, Rc::clone(left.node()), Rc::clone(right.node())))
}

pub(crate) fn function<'s, A: Shape, R: Shape>(name: &'static str, of: &Expr<'s, A>) -> Expr<'s, R> {
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
