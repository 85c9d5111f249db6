//! Executions.

mod read;
mod write;

use engine::{ExecutionStatus, TaskId};
use jiff::Timestamp;

use crate::StateMachineId;
pub(crate) use write::{finish, insert, keep_state};

/// Names an execution within the journal. Later executions have greater ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ExecutionId(pub i64);

/// An execution that is to be created.
#[derive(Clone, Debug)]
pub struct NewExecution {
    /// From [`Journal::next_execution_id`](crate::Journal::next_execution_id).
    pub id: ExecutionId,
    /// The state machine.
    pub state_machine: StateMachineId,
    /// The revision it runs to its end.
    pub revision: i64,
    /// Its name, unique within the state machine.
    pub name: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Its input as JSON text.
    pub input: String,
    /// `traceHeader` of `StartExecution`.
    pub trace_header: Option<String>,
    /// The execution and task that wait for its end.
    pub parent: Option<(ExecutionId, TaskId)>,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Anything but running.
    pub status: ExecutionStatus,
    /// When.
    pub stopped_at: Timestamp,
    /// The output as JSON text, if it succeeded.
    pub output: Option<String>,
    /// The error's name, if it did not.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
}

/// Everything the journal knows of an execution, except its history.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// What a listing shows.
    pub summary: Summary,
    /// The revision it runs.
    pub revision: i64,
    /// Its input as JSON text.
    pub input: String,
    /// The output as JSON text, if it succeeded.
    pub output: Option<String>,
    /// The error's name, if it did not.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// `traceHeader` of `StartExecution`.
    pub trace_header: Option<String>,
    /// The execution and task that wait for its end.
    pub parent: Option<(ExecutionId, TaskId)>,
}

/// A line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Names it.
    pub id: ExecutionId,
    /// Its state machine.
    pub state_machine: StateMachineId,
    /// Its state machine's name.
    pub state_machine_name: String,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: ExecutionStatus,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// How often it was redriven.
    pub redrives: u32,
    /// When it was redriven last.
    pub redriven_at: Option<Timestamp>,
}

/// What a listing is to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExecutionFilter {
    /// Of this state machine; of all when absent.
    pub state_machine: Option<StateMachineId>,
    /// Of this status; of any when absent.
    pub status: Option<ExecutionStatus>,
    /// Older than this one, the last of the page before.
    pub before: Option<ExecutionId>,
    /// At most so many.
    pub limit: usize,
}

/// An execution that can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The engine's state.
    pub state: Vec<u8>,
    /// The state machine.
    pub state_machine: StateMachineId,
    /// The revision it runs.
    pub revision: i64,
    /// The execution and task that wait for its end.
    pub parent: Option<(ExecutionId, TaskId)>,
    /// Its name.
    pub name: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Its input as JSON text.
    pub input: String,
}
