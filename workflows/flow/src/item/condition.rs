//! What must hold of a stored item.

use std::rc::Rc;

use expr::{Attribute, Expr, Is, Node};

/// What must hold of the stored item, or nothing is written.
#[derive(Clone, Debug)]
#[must_use]
pub struct Condition(pub(super) Test);

#[derive(Clone, Debug)]
pub(super) enum Test {
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
