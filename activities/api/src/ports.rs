//! What the API needs of the outside world.

use async_trait::async_trait;
use jiff::Timestamp;

/// Starts executions of `process-message` and reads how they stand.
#[async_trait]
pub trait Executions: Send + Sync {
    /// Starts an execution; returns once it is durable. `input` is JSON text.
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError>;

    /// How the execution of this name stands; `None` if there is none.
    async fn describe(&self, name: &str) -> Result<Option<ExecutionState>, PortError>;
}

/// What became of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    /// It runs now; its ARN.
    Started(String),
    /// An execution of this name exists (`ExecutionAlreadyExists`, or the same input while it is open).
    AlreadyExists,
}

/// How an execution stands: the answer of `DescribeExecution`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionState {
    /// Its ARN.
    pub arn: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// Its input as JSON text.
    pub input: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// Its error, if it failed.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
}

/// The dead-letter queue: a signal, not the truth (the message's item is).
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Removes the notices of these messages; those that are not there are no error. Returns how many were removed.
    async fn drain(&self, message_ids: &[String]) -> Result<usize, PortError>;
}

/// The outside world could not answer.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {detail}")]
pub struct PortError {
    /// What was tried, for example `StartExecution`.
    pub what: &'static str,
    /// What went wrong, without secrets and without people's texts.
    pub detail: String,
    /// Whether the same call may succeed later (throttled, busy, full): answered with 503 and Retry-After.
    pub retryable: bool,
}
