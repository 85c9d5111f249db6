//! One execution.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Event, Machine, Step};

/// Names a task within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskId(pub u64);

/// Names a timer within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TimerId(pub u64);

/// What the context object says of an execution, fixed at its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// `$states.context.Execution.Id`.
    pub execution_arn: String,
    /// `$states.context.Execution.Name`.
    pub execution_name: String,
    /// `$states.context.StateMachine.Id`.
    pub state_machine_arn: String,
    /// `$states.context.StateMachine.Name`.
    pub state_machine_name: String,
    /// `$states.context.Execution.RoleArn`.
    pub role_arn: String,
}

/// The status of an execution. The names are AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// Not ended.
    Running,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Ended by the execution's own `TimeoutSeconds`.
    TimedOut,
    /// Ended by `StopExecution`.
    Aborted,
}

/// The state of one execution: everything that must survive a crash, and nothing that can be derived from the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Execution {}

impl Execution {
    /// Starts an execution. `input` is JSON text and kept as it was written.
    pub fn start(_machine: &Machine, _identity: Identity, _input: &str, _now: Timestamp, _random: u64) -> (Self, Step) {
        todo!()
    }

    /// Applies one event and runs on to the next thing that only the outside world can answer.
    pub fn apply(&mut self, _machine: &Machine, _event: Event, _now: Timestamp, _random: u64) -> Step {
        todo!()
    }

    /// The status.
    pub fn status(&self) -> ExecutionStatus {
        todo!()
    }
}
