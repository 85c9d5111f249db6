//! Timestamps: RFC 3339 on the wire, compared as milliseconds.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::json;

use crate::{Equatable, Expr, Is, Node, Operator};

/// The time at which the expression is evaluated.
pub fn now<'x>() -> Expr<'x, Timestamp> {
    Expr::from_node(Node::function("now", Vec::new()))
}

impl<'s> Expr<'s, Timestamp> {
    /// The time so many seconds later.
    #[must_use]
    pub fn plus_seconds<'x>(&self, seconds: impl Is<'x, u32>) -> Expr<'x, Timestamp>
    where
        's: 'x,
    {
        let thousand = Rc::new(Node::Literal(json!(1000)));
        let later = Node::binary(Operator::Multiply, thousand, Rc::clone(seconds.expr().node()));
        let sum = Node::binary(Operator::Add, self.millis(), later);
        Expr::from_node(Node::function("fromMillis", vec![sum]))
    }

    /// Whether it lies before `other`.
    pub fn is_before<'x>(&self, other: impl Is<'x, Timestamp>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        self.compare(Operator::Less, &other.expr())
    }

    /// Whether it lies after `other`.
    pub fn is_after<'x>(&self, other: impl Is<'x, Timestamp>) -> Expr<'x, bool>
    where
        's: 'x,
    {
        self.compare(Operator::Greater, &other.expr())
    }

    fn compare<'x>(&self, operator: Operator, other: &Expr<'x, Timestamp>) -> Expr<'x, bool> {
        Expr::from_node(Node::binary(operator, self.millis(), other.millis()))
    }

    fn millis(&self) -> Rc<Node> {
        millis(self.node())
    }
}

/// Two are the same if they are the same millisecond, however each is written: `…00Z` is `…00.000+00:00`.
///
/// On the wire a time is written as `2026-01-01T00:00:00Z`: a date, a capital `T`, hours, minutes and seconds up to 59, a
/// fraction if need be, and a capital `Z` or an offset of hours and minutes with a colon, as in `+01:00`. What jiff prints is of this form, and so
/// is what `$now()` and `$fromMillis(…)` give. jiff reads other forms too, which `$toMillis` does not: a small `t` or `z`, a blank
/// instead of the `T`, a sixtieth second, an offset of hours alone. Such a text fails the state that compares it with
/// `States.QueryEvaluationError`: whoever starts a workflow with the text of somebody else parses and prints it first.
impl Equatable for Timestamp {
    const IS_JSON: bool = false;

    fn comparable(node: &Rc<Node>) -> Rc<Node> {
        millis(node)
    }
}

/// Milliseconds since the epoch, without a detour through text where the time was made from them.
fn millis(time: &Rc<Node>) -> Rc<Node> {
    match &**time {
        Node::Function { name: "now", .. } => Node::function("millis", Vec::new()),
        Node::Function {
            name: "fromMillis",
            arguments,
        } => Rc::clone(&arguments[0]),
        _ => Node::function("toMillis", vec![Rc::clone(time)]),
    }
}
