//! A definition, resolved once.

use std::sync::Arc;

use crate::catch::Catcher;
use crate::choice::Choice;
use crate::data_flow::Query;
use crate::fail::Fail;
use crate::jsonpath::{Path, ResultPath};
use crate::map::Map;
use crate::parallel::Parallel;
use crate::retry::Retrier;
use crate::task::Task;
use crate::wait::Wait;

/// A compiled state machine. Immutable, and shared between all executions of one definition.
#[derive(Debug)]
pub struct Machine {
    pub(crate) states: Vec<State>,
    pub(crate) start: StateId,
    /// Seconds after which an execution ends in `TIMED_OUT`.
    pub(crate) timeout_seconds: Option<u64>,
}

/// A state's place in [`Machine::states`]: those of branches and processors stand in the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct StateId(pub(crate) u32);

/// One state, every name resolved and every expression parsed.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
    /// `InputPath`, where it selects something.
    pub(crate) input_path: Option<Select>,
    /// What is assigned and given on when the state succeeds.
    pub(crate) shape: Shape,
    /// Unused by `Choice`, `Succeed` and `Fail`.
    pub(crate) next: Next,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Catcher>,
}

/// `Assign` and `Output`.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) assign: Option<Query>,
    pub(crate) output: Output,
}

/// How a state's output comes about.
#[derive(Debug, Default)]
pub(crate) enum Output {
    /// It is the result, or the input of a state without one.
    #[default]
    Same,
    /// `Output` of JSONata.
    Query(Query),
    /// The fields of JSONPath.
    Paths(Box<Paths>),
}

/// `ResultSelector`, `ResultPath` and `OutputPath`.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) selector: Option<Query>,
    pub(crate) result_path: ResultPath,
    pub(crate) output_path: Option<Select>,
}

/// What `InputPath` or `OutputPath` selects.
#[derive(Debug)]
pub(crate) enum Select {
    /// An empty object: the path is `null`.
    Nothing,
    Path(Path),
}

/// Where a state leads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    State(StateId),
    End,
}

/// What a state does.
#[derive(Debug)]
pub(crate) enum Kind {
    Task(Box<Task>),
    /// `Result` or `Parameters` of JSONPath.
    Pass(Option<Query>),
    Choice(Choice),
    Wait(Wait),
    Succeed,
    Fail(Fail),
    Parallel(Parallel),
    Map(Box<Map>),
}

impl Machine {
    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }
}
