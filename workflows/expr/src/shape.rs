//! Types that can flow through a workflow.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::Value;

use crate::Node;

/// A type whose values can flow through a workflow. Derive it; the plain types have it already.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot flow through a workflow",
    note = "derive `expr::Shape` for it"
)]
pub trait Shape: 'static {
    /// What field access on an expression of this type gives: a struct of the fields' expressions, or `()`.
    type Fields<'s>;

    /// The expressions of the fields of the record `of`.
    fn fields<'s>(of: &Rc<Node>) -> Self::Fields<'s>;

    /// The form of `node` that comes out right wherever a value of this type stands alone.
    fn settle(node: &Rc<Node>) -> Rc<Node> {
        Rc::clone(node)
    }

    /// The value where it is what this type says, as far as JSON tells; else nothing, which fails the state in a template.
    fn checked(node: &Rc<Node>) -> Rc<Node> {
        Self::settle(node)
    }
}

/// The value if its JSON is of this kind, as `$type` names it.
pub(crate) fn of_kind(kind: &str, value: &Rc<Node>) -> Rc<Node> {
    Rc::new(Node::Jsonata {
        source: format!("$type($value) = \"{kind}\" ? $value : $error(\"no {kind}\")"),
        with: vec![("value".to_owned(), Rc::clone(value))],
    })
}

/// A type without values: what follows never happens.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

/// Types whose values have no fields.
macro_rules! plain {
    ($($kind:literal: $($type:ty),*;)*) => {
        $($(impl $crate::Shape for $type {
            type Fields<'s> = ();
            fn fields<'s>(_: &::std::rc::Rc<$crate::Node>) -> Self::Fields<'s> {}
            fn checked(node: &::std::rc::Rc<$crate::Node>) -> ::std::rc::Rc<$crate::Node> {
                $crate::shape::of_kind($kind, node)
            }
        })*)*
    };
}
pub(crate) use plain;

plain! {
    "string": String;
    "boolean": bool;
    "number": u8, u16, u32, u64, i32, i64, f64;
    "null": ();
}

impl Shape for Never {
    type Fields<'s> = ();

    fn fields<'s>(_: &Rc<Node>) -> Self::Fields<'s> {}
}

impl Shape for Timestamp {
    type Fields<'s> = ();

    fn fields<'s>(_: &Rc<Node>) -> Self::Fields<'s> {}

    fn checked(node: &Rc<Node>) -> Rc<Node> {
        Rc::new(Node::Jsonata {
            source: "$exists($toMillis($time)) ? $time : $error(\"no time\")".to_owned(),
            with: vec![("time".to_owned(), Rc::clone(node))],
        })
    }
}

impl Shape for Value {
    type Fields<'s> = ();

    fn fields<'s>(_: &Rc<Node>) -> Self::Fields<'s> {}

    fn settle(node: &Rc<Node>) -> Rc<Node> {
        match &**node {
            Node::Literal(_) | Node::Record(_) | Node::Json(_) => Rc::clone(node),
            _ => Rc::new(Node::Json(Rc::clone(node))),
        }
    }
}

impl<T: Shape> Shape for Option<T> {
    type Fields<'s> = ();

    fn fields<'s>(_: &Rc<Node>) -> Self::Fields<'s> {}

    fn settle(node: &Rc<Node>) -> Rc<Node> {
        let present = T::settle(&Node::known_present(node));
        Rc::new(Node::OrNull {
            of: Rc::clone(node),
            present,
        })
    }

    fn checked(node: &Rc<Node>) -> Rc<Node> {
        Rc::new(Node::Conditional {
            test: Rc::new(Node::Present(Rc::clone(node))),
            then: T::checked(&Node::known_present(node)),
            otherwise: Rc::new(Node::Literal(Value::Null)),
        })
    }
}

impl<T: Shape> Shape for Vec<T> {
    type Fields<'s> = ();

    fn fields<'s>(_: &Rc<Node>) -> Self::Fields<'s> {}

    fn settle(node: &Rc<Node>) -> Rc<Node> {
        match &**node {
            Node::Literal(_) | Node::List(_) | Node::ListOf(_) => Rc::clone(node),
            _ => Rc::new(Node::ListOf(Rc::clone(node))),
        }
    }

    fn checked(node: &Rc<Node>) -> Rc<Node> {
        of_kind("array", node)
    }
}
