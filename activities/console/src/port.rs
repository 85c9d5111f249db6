//! What the console needs of the outside world, beside the JSON API.

use async_trait::async_trait;
use serde_json::Value;
use thiserror::Error;

/// Step Functions, as its API reference describes it. On AWS it is the service, on one machine its local host.
#[async_trait]
pub trait StepFunctions: Send + Sync {
    /// Performs an operation, for example `DescribeExecution`; input and answer have the shape of AWS JSON 1.0.
    async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError>;

    /// The events `first` to `first + limit - 1` of a history, oldest first, in the shape that `GetExecutionHistory`
    /// answers; `data`: with what went in and out of states and tasks. Events that are not there yet are left out.
    async fn events(&self, execution_arn: &str, first: u64, limit: u64, data: bool)
    -> Result<Vec<Value>, ServiceError>;

    /// How many executions of a state machine have each status, in the order of [`STATUSES`]; each counted up to
    /// [`MOST_COUNTED`] and one more. `None` where counting is not offered.
    async fn counts(&self, state_machine_arn: &str) -> Result<Option<[u64; 5]>, ServiceError>;
}

/// The statuses of executions.
pub const STATUSES: [&str; 5] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

/// How far executions are counted: who has more has "more than that", and a page stays quick.
pub const MOST_COUNTED: u64 = 9_999;

/// A refusal or failure of the service.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// The code, for example `ExecutionDoesNotExist`.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
}

impl ServiceError {
    /// Whether what was asked for is not there.
    pub(crate) fn is_absence(&self) -> bool {
        let absent = [
            "StateMachineDoesNotExist",
            "ExecutionDoesNotExist",
            "InvalidArn",
            "InvalidName",
            "ValidationException",
        ];
        absent.contains(&self.code.as_str())
    }
}
