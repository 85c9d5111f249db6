//! What the context object says: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.

use std::rc::Rc;

use jiff::Timestamp;

use crate::{Expr, Node, Shape, Source};

fn context<'x, T: Shape>(path: &'static [&'static str]) -> Expr<'x, T> {
    Expr::from_node(Rc::new(Node::Source(Source::Context(path))))
}

/// The ARN of the execution.
pub fn execution_arn<'x>() -> Expr<'x, String> {
    context(&["Execution", "Id"])
}

/// The name of the execution.
pub fn execution_name<'x>() -> Expr<'x, String> {
    context(&["Execution", "Name"])
}

/// When the execution started.
pub fn execution_start<'x>() -> Expr<'x, Timestamp> {
    context(&["Execution", "StartTime"])
}

/// The name of the state that evaluates the expression.
pub fn state_name<'x>() -> Expr<'x, String> {
    context(&["State", "Name"])
}

/// When the state was entered: the same at each of its attempts.
pub fn state_entered<'x>() -> Expr<'x, Timestamp> {
    context(&["State", "EnteredTime"])
}

/// How often the state has been retried: 0 at its first attempt.
pub fn retry_count<'x>() -> Expr<'x, u32> {
    context(&["State", "RetryCount"])
}

/// How often the execution has been redriven: 0 in its first run. A redrive begins the retries of a state anew. Emulators
/// that cannot redrive say nothing.
pub fn redrive_count<'x>() -> Expr<'x, Option<u32>> {
    context(&["Execution", "RedriveCount"])
}
