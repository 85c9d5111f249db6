//! What all states have in common, and the eight kinds.

use serde_json::Value;

use crate::{Choice, Fail, Map, Parallel, Pass, PathOrNull, QueryLanguage, Task, Wait};

/// One state. Fields that several kinds share stand here, the others in [`StateKind`].
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// A comment for people.
    pub comment: Option<String>,
    /// The query language of this state; the state machine's when absent.
    pub query_language: Option<QueryLanguage>,
    /// `InputPath` (JSONPath only).
    pub input_path: Option<PathOrNull>,
    /// `OutputPath` (JSONPath only).
    pub output_path: Option<PathOrNull>,
    /// `Assign`: variables written when the state succeeds. A JSON object.
    pub assign: Option<Value>,
    /// `Output` (JSONata only): any JSON with expressions inside.
    pub output: Option<Value>,
    /// Where the execution goes next. `None` for `Choice`, `Succeed` and `Fail`.
    pub transition: Option<Transition>,
    /// What the state does.
    pub kind: StateKind,
}

/// `Next` or `End`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// `"Next": name`.
    Next(String),
    /// `"End": true`.
    End,
}

/// The eight kinds of state.
#[derive(Clone, Debug, PartialEq)]
pub enum StateKind {
    /// Does work.
    Task(Box<Task>),
    /// Passes or shapes its input.
    Pass(Pass),
    /// Branches.
    Choice(Choice),
    /// Waits for a time.
    Wait(Wait),
    /// Ends the execution, branch or iteration well.
    Succeed,
    /// Ends the execution, branch or iteration with an error.
    Fail(Fail),
    /// Runs branches at the same time.
    Parallel(Box<Parallel>),
    /// Runs a processor for each item.
    Map(Box<Map>),
}

impl State {
    /// A state of this kind with everything else absent.
    pub fn new(kind: StateKind) -> Self {
        Self {
            comment: None,
            query_language: None,
            input_path: None,
            output_path: None,
            assign: None,
            output: None,
            transition: None,
            kind,
        }
    }
}
