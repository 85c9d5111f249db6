//! What may stand where a value is wanted.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Expr, Node, Shape};

/// What may stand where a `T` is wanted in scope `'x`: an expression of this scope or an outer one, a literal, or a record
/// literal such as `DeliveryExpr { … }`. A `T` may stand for an `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` is wanted here, this is `{Self}`",
    label = "not a `{T}`",
    note = "an `Option` is opened by `if_some`, or given a default by `.or(…)`",
    note = "a difference is an `i64`, a quotient an `f64`: `saturating_sub`, `div_floor` and `saturating_into` give unsigned numbers"
)]
pub trait Is<'x, T: Shape> {
    /// The value as an expression of scope `'x`.
    fn expr(self) -> Expr<'x, T>;
}

impl<'x, 's: 'x, T: Shape> Is<'x, T> for Expr<'s, T> {
    fn expr(self) -> Expr<'x, T> {
        Expr::from_node(Rc::clone(self.node()))
    }
}

impl<'x, 's: 'x, T: Shape> Is<'x, T> for &Expr<'s, T> {
    fn expr(self) -> Expr<'x, T> {
        Expr::from_node(Rc::clone(self.node()))
    }
}

impl<'x, 's: 'x, T: Shape> Is<'x, Option<T>> for Expr<'s, T> {
    fn expr(self) -> Expr<'x, Option<T>> {
        Expr::from_node(self.settled())
    }
}

impl<'x, 's: 'x, T: Shape> Is<'x, Option<T>> for &Expr<'s, T> {
    fn expr(self) -> Expr<'x, Option<T>> {
        Expr::from_node(self.settled())
    }
}

/// A constant as an expression. For the derives.
pub fn literal<'x, T: Shape>(value: Value) -> Expr<'x, T> {
    Expr::from_node(Rc::new(Node::Literal(value)))
}

macro_rules! literals {
    ($($type:ty => $shape:ty),* $(,)?) => {
        $(
            impl<'x> Is<'x, $shape> for $type {
                fn expr(self) -> Expr<'x, $shape> {
                    literal(json!(self))
                }
            }
            impl<'x> Is<'x, Option<$shape>> for $type {
                fn expr(self) -> Expr<'x, Option<$shape>> {
                    literal(json!(self))
                }
            }
        )*
    };
}
literals! {
    &str => String, String => String, bool => bool, u8 => u8, u16 => u16, u32 => u32, u64 => u64, i32 => i32, i64 => i64,
    f64 => f64, Timestamp => Timestamp,
}

impl<'x> Is<'x, Value> for Value {
    fn expr(self) -> Expr<'x, Value> {
        literal(self)
    }
}

impl<'x> Is<'x, ()> for () {
    fn expr(self) -> Expr<'x, ()> {
        literal(Value::Null)
    }
}

impl<'x, T: Shape, I: Is<'x, T>, const N: usize> Is<'x, Vec<T>> for [I; N] {
    fn expr(self) -> Expr<'x, Vec<T>> {
        let items = self.into_iter().map(|item| item.expr().settled()).collect();
        Expr::from_node(Rc::new(Node::List(items)))
    }
}

impl<'x, T: Shape, I: Is<'x, T>, const N: usize> Is<'x, Option<Vec<T>>> for [I; N] {
    fn expr(self) -> Expr<'x, Option<Vec<T>>> {
        let list: Expr<'x, Vec<T>> = self.expr();
        list.expr()
    }
}

/// No value, where an optional one is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<'x, T: Shape> Is<'x, Option<T>> for Nothing {
    fn expr(self) -> Expr<'x, Option<T>> {
        literal(Value::Null)
    }
}
