//! Conditions on stored items of a DynamoDB table, and changes of them.
//!
//! A closure is given the item as it is stored; what is said of its fields becomes a condition or update expression, with
//! placeholders for names and values, so that no name can clash with a reserved word.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html>.

mod condition;
mod writer;

use std::{marker::PhantomData, ops::Deref, rc::Rc};

use expr::{Attribute, Expr, Is, Node, Number, Shape, Source};

pub use condition::{
    Condition, Sortable, at_least, at_most, differs_from, equals, exists, greater_than, is_absent, less_than,
};
pub(crate) use writer::Writer;

/// The item as it is stored, whose fields conditions and changes name. Their values are not known here.
#[derive(Debug)]
pub struct Stored<'x, 'outer: 'x, T: Shape> {
    item: Expr<'x, T>,
    scope: PhantomData<&'outer ()>,
}

impl<T: Shape> Stored<'_, '_, T> {
    pub(crate) fn new() -> Self {
        Self {
            item: Expr::from_node(Rc::new(Node::Source(Source::Stored))),
            scope: PhantomData,
        }
    }
}

impl<'x, T: Shape> Deref for Stored<'x, '_, T> {
    type Target = Expr<'x, T>;

    fn deref(&self) -> &Expr<'x, T> {
        &self.item
    }
}

/// A change of one field.
#[derive(Clone, Debug)]
#[must_use]
pub struct Change(Action);

#[derive(Clone, Debug)]
enum Action {
    Set(Rc<Node>, Rc<Node>),
    Add(Rc<Node>, Rc<Node>),
    Remove(Rc<Node>),
}

impl Action {
    fn field(&self) -> &Node {
        match self {
            Self::Set(field, _) | Self::Add(field, _) | Self::Remove(field) => field,
        }
    }
}

/// The field gets this value.
pub fn set<'x, T: Attribute>(field: &Expr<'x, T>, value: impl Is<'x, T>) -> Change {
    let value = T::to_attribute(&value.expr().settled());
    Change(Action::Set(Rc::clone(field.node()), value))
}

/// The number grows by this; from 0, where it is not there. A retry after a lost answer adds twice. DynamoDB adds to fields of
/// the item itself alone, not to those of records inside it.
pub fn add<'x, N: Number + Attribute>(field: &Expr<'x, N>, number: impl Is<'x, N>) -> Change {
    let number = N::to_attribute(&number.expr().settled());
    Change(Action::Add(Rc::clone(field.node()), number))
}

/// The field is no longer there.
pub fn remove<T: Attribute>(field: &Expr<'_, Option<T>>) -> Change {
    Change(Action::Remove(Rc::clone(field.node())))
}
