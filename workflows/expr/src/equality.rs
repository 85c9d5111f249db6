//! What it means that two values are the same.

use std::rc::Rc;

use serde_json::Value;

use crate::{Expr, Is, Node, Operator, Shape, Source, TaskToken};

/// Types whose values can be compared as a whole: two are the same where Rust's `==` says so.
///
/// Two optional values are the same if neither is there, or both are and are the same. Whether the one that is not there
/// was left out or written as `null` makes no difference.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be compared as a whole",
    label = "not compared as a whole",
    note = "compare the fields of a record; `match_on` decides by the variants of an enum"
)]
pub trait Equatable: Shape {
    /// The form of a value that is the same JSON wherever the value is the same.
    fn comparable(node: &Rc<Node>) -> Rc<Node> {
        Self::settle(node)
    }

    /// Whether that form is the value itself.
    const IS_JSON: bool = true;
}

macro_rules! equatable {
    ($($type:ty),* $(,)?) => { $(impl Equatable for $type {})* };
}
equatable!(u8, u16, u32, u64, i32, i64, f64, String, bool, (), TaskToken, Value);

impl<T: Equatable> Equatable for Option<T> {
    const IS_JSON: bool = T::IS_JSON;

    fn comparable(node: &Rc<Node>) -> Rc<Node> {
        if T::IS_JSON {
            return Self::settle(node);
        }
        Rc::new(Node::Conditional {
            test: Rc::new(Node::Present(Rc::clone(node))),
            then: T::comparable(&Node::known_present(node)),
            otherwise: Rc::new(Node::Literal(Value::Null)),
        })
    }
}

impl<T: Equatable> Equatable for Vec<T> {
    const IS_JSON: bool = T::IS_JSON;

    fn comparable(node: &Rc<Node>) -> Rc<Node> {
        let list = Self::settle(node);
        if T::IS_JSON {
            return list;
        }
        Rc::new(Node::Each {
            of: list,
            becomes: T::comparable(&Rc::new(Node::Source(Source::Element))),
        })
    }
}

impl<'s, T: Shape> Expr<'s, T> {
    /// Whether both are the same, as [`Equatable`] says.
    pub fn equals<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
        T: Equatable,
    {
        compared(Operator::Equal, self, &other.expr())
    }

    /// Whether they differ.
    pub fn differs_from<'x>(&self, other: impl Is<'x, T>) -> Expr<'x, bool>
    where
        's: 'x,
        T: Equatable,
    {
        compared(Operator::NotEqual, self, &other.expr())
    }
}

/// JSONata calls nothing equal to what is absent, and nothing different from it either: both sides are made to be there.
/// Against a constant that is there `=` may stay as short as it is: what is absent is not equal to it.
fn compared<'x, T: Equatable>(operator: Operator, left: &Expr<'_, T>, right: &Expr<'_, T>) -> Expr<'x, bool> {
    let constant = |node: &Node| matches!(node, Node::Literal(value) if !value.is_null() && !value.is_array());
    let short = T::IS_JSON && operator == Operator::Equal && (constant(left.node()) || constant(right.node()));
    let side = |of: &Expr<'_, T>| {
        if short {
            Rc::clone(of.node())
        } else {
            T::comparable(of.node())
        }
    };
    Expr::from_node(Node::binary(operator, side(left), side(right)))
}
