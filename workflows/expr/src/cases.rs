//! Enums whose variants can be told apart while a workflow runs.

use std::rc::Rc;

use crate::Node;

/// An enum whose variants can be told apart while the workflow runs. The builder asks once for each variant, and a plain
/// `match` answers: rustc proves that none is forgotten. Derived by `Cases` for data and by `ActivityError` for errors.
#[diagnostic::on_unimplemented(
    message = "the variants of `{Self}` cannot be told apart in a workflow",
    note = "derive `expr::Cases`, or `expr::ActivityError` for the errors of an activity"
)]
pub trait Cases: 'static {
    /// The enum with the expressions of each variant's fields.
    type Case<'s>;

    /// Every variant of the value `of`, in order.
    fn cases<'s>(of: &Rc<Node>) -> Vec<Variant<Self::Case<'s>>>;
}

/// One variant.
#[derive(Clone, Debug)]
pub struct Variant<C> {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether a value is this variant; without meaning for errors, which are told apart by name.
    pub test: Rc<Node>,
    /// The variant with its fields.
    pub case: C,
    /// The record of its fields where somebody else wrote them, as a template: a field that is not what its type says has
    /// no value. None if the variant has no fields with names.
    pub checked: Option<Rc<Node>>,
}
