//! Conditions on stored items of a DynamoDB table, and changes of them.
//!
//! A closure is given the item as it is stored; what is said of its fields becomes a condition or update expression, with
//! placeholders for names and values, so that no name can clash with a reserved word.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html>.

mod writer;

use std::{marker::PhantomData, ops::Deref, rc::Rc};

use expr::{Attribute, Expr, Is, Node, Number, Shape, Source};

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

/// What must hold of the stored item, or nothing is written.
#[derive(Clone, Debug)]
#[must_use]
pub struct Condition(Test);

#[derive(Clone, Debug)]
enum Test {
    Compare(Rc<Node>, &'static str, Rc<Node>),
    Function(&'static str, Rc<Node>),
    Both(Box<Test>, &'static str, Box<Test>),
    Not(Box<Test>),
}

impl Condition {
    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(Test::Both(Box::new(self.0), "AND", Box::new(other.0)))
    }

    /// At least one holds.
    pub fn or(self, other: Self) -> Self {
        Self(Test::Both(Box::new(self.0), "OR", Box::new(other.0)))
    }

    /// It does not hold.
    #[allow(clippy::should_implement_trait, reason = "reads like `and` and `or`")]
    pub fn not(self) -> Self {
        Self(Test::Not(Box::new(self.0)))
    }
}

/// The field is there, be it `null`.
pub fn exists<T: Attribute>(field: &Expr<'_, T>) -> Condition {
    Condition(Test::Function("attribute_exists", Rc::clone(field.node())))
}

/// The field is not there; of a key field: there is no such item yet.
pub fn is_absent<T: Attribute>(field: &Expr<'_, T>) -> Condition {
    Condition(Test::Function("attribute_not_exists", Rc::clone(field.node())))
}

/// A field that DynamoDB can put in order: a number or a text, which it compares byte by byte. It refuses to compare others by
/// order, and takes times for the texts that they are, of which `…00.5Z` comes before `…00Z`.
///
/// Source: `<` in
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.
#[diagnostic::on_unimplemented(
    message = "DynamoDB does not compare fields of type `{Self}` by order",
    label = "no number and no text",
    note = "numbers and texts have an order there; a time is kept as its seconds where conditions compare it"
)]
pub trait Sortable: Attribute {
    /// What the field is compared with, which is always there.
    type With: Attribute;
}

macro_rules! sortable {
    ($($type:ty),*) => { $(impl Sortable for $type { type With = $type; })* };
}
sortable!(String, u8, u16, u32, u64, i32, i64, f64);

impl<T: Sortable> Sortable for Option<T> {
    type With = T::With;
}

fn compare<T: Attribute>(field: &Node, sign: &'static str, value: &Expr<'_, T>) -> Condition {
    let value = T::to_attribute(&value.settled());
    Condition(Test::Compare(Rc::new(field.clone()), sign, value))
}

/// The field has this value, as it was written: a time that is written otherwise is another one, and a field that is not there
/// is not `null`.
pub fn equals<'x, T: Attribute>(field: &Expr<'x, T>, value: impl Is<'x, T>) -> Condition {
    compare(field.node(), "=", &value.expr())
}

/// The field has another value; also where it is not there.
pub fn differs_from<'x, T: Attribute>(field: &Expr<'x, T>, value: impl Is<'x, T>) -> Condition {
    compare(field.node(), "<>", &value.expr())
}

macro_rules! orders {
    ($($(#[$doc:meta])* $name:ident $sign:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<'x, T: Sortable>(field: &Expr<'x, T>, value: impl Is<'x, T::With>) -> Condition {
                compare(field.node(), $sign, &value.expr())
            }
        )*
    };
}
orders! {
    /// The field is there and smaller.
    less_than "<";
    /// The field is there, and smaller or the same.
    at_most "<=";
    /// The field is there and larger.
    greater_than ">";
    /// The field is there, and larger or the same.
    at_least ">=";
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
