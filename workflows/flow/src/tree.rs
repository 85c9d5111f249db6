//! The tree of steps that the author's closures leave behind.

use std::rc::Rc;

use asl::ExecutionType;
use expr::Node;

use crate::{Place, Retry};

/// Steps one after the other, and how they end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// How a block ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// The value joins the main line.
    Value(Rc<Node>),
    /// The execution fails.
    Fail {
        label: Label,
        error: String,
        cause: Option<Rc<Node>>,
    },
    /// The execution succeeds early.
    Succeed { label: Label, output: Rc<Node> },
    /// The loop goes round again with this value.
    Again {
        of: LoopId,
        carried: Rc<Node>,
        place: Place,
    },
}

/// Names a loop within its workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopId(pub(crate) usize);

/// What a state is called, what is said about it and where it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) comment: Option<String>,
    pub(crate) place: Place,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// A value is kept in a variable.
    Keep {
        variable: String,
        value: Rc<Node>,
        place: Place,
    },
    /// The execution waits.
    Wait { label: Label, until: WaitUntil },
    /// Something outside is called.
    Call(Box<Call>),
    /// The first test that holds decides.
    Choice {
        label: Label,
        arms: Vec<(Rc<Node>, Block)>,
        otherwise: Block,
        joined: Option<String>,
    },
    /// The body is repeated until it ends otherwise than by `again`.
    Loop(Box<Loop>),
    /// Others run at the same time, or for each item.
    Nest(Box<Nest>),
}

/// How long a wait lasts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WaitUntil {
    Seconds(Rc<Node>),
    Timestamp(Rc<Node>),
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) label: Label,
    /// The resource's ARN.
    pub(crate) resource: String,
    /// Whether an activity of ours is invoked, which has errors of its own beside those that it declares.
    pub(crate) is_ours: bool,
    pub(crate) arguments: Rc<Node>,
    /// For how many seconds it may last.
    pub(crate) timeout: Rc<Node>,
    pub(crate) heartbeat_seconds: Option<u32>,
    /// The variable of the result.
    pub(crate) variable: String,
    /// The result as it stands in the state that called.
    pub(crate) result: Rc<Node>,
    /// What a success leads to; the result itself joins the main line when absent.
    pub(crate) success: Option<Block>,
    /// What each declared error leads to.
    pub(crate) errors: Vec<ErrorArm>,
    /// What every other error leads to.
    pub(crate) unexpected: Unexpected,
}

/// What one declared error leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ErrorArm {
    pub(crate) name: &'static str,
    pub(crate) retry: Option<Retry>,
    pub(crate) block: Block,
    /// The error's fields, if it has any.
    pub(crate) payload: Option<Payload>,
}

/// The fields of a declared error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Payload {
    /// The variable that they are kept in.
    pub(crate) variable: String,
    /// Where they stand when the error is caught.
    pub(crate) source: Rc<Node>,
    /// The same for a reader who trusts nobody: see [`causes`](crate::causes).
    pub(crate) checked: Option<Rc<Node>>,
}

/// What the errors that nobody declared lead to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unexpected {
    /// The names that are retried.
    pub(crate) retried: &'static [&'static str],
    pub(crate) retry: Option<Retry>,
    /// What follows; nothing when they fail the branch or the iteration around the call.
    pub(crate) block: Option<Rc<Block>>,
}

/// Branches beside each other, or one body for each item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Nest {
    pub(crate) label: Label,
    pub(crate) bodies: Vec<Body>,
    /// What a Map goes over; a Parallel when absent.
    pub(crate) each: Option<Each>,
    /// The variable of the result.
    pub(crate) variable: String,
    /// What a success leads to, after the result has been kept in a variable of its own; the result itself joins the main
    /// line when absent.
    pub(crate) success: Option<(String, Block)>,
    pub(crate) failed: Unexpected,
}

/// A branch, or what happens to each item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) block: Block,
}

/// What a Map goes over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Each {
    pub(crate) items: Rc<Node>,
    /// The variables of an item and of its index.
    pub(crate) item: String,
    pub(crate) index: String,
    pub(crate) max_concurrency: Option<u32>,
    /// Child executions, if each item gets one.
    pub(crate) children: Option<Children>,
}

/// How the child executions of a distributed Map run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Children {
    pub(crate) kind: ExecutionType,
    pub(crate) tolerated_percentage: Option<u32>,
}

/// A bounded loop.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Loop {
    pub(crate) id: LoopId,
    pub(crate) label: Label,
    /// The variable that counts rounds from 1.
    pub(crate) counter: String,
    pub(crate) rounds: u32,
    /// The variable that carries a value from round to round, and its first value.
    pub(crate) carried: String,
    pub(crate) first: Rc<Node>,
    pub(crate) body: Block,
    pub(crate) spent: Block,
    pub(crate) joined: String,
}
