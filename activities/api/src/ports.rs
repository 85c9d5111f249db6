//! What the API needs of the outside world.

use async_trait::async_trait;
use jiff::Timestamp;
use tables::breaker::BreakerRecord;
use tables::{InvalidCursor, ListQuery, MessageItem, NotRedrivable, Page};

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

/// The messages' items: the truth of how messages stand and of every dead letter.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// The item, as of the last write.
    async fn get(&self, message_id: &str) -> Result<Option<MessageItem>, PortError>;

    /// A page of items, newest first.
    async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError>;

    /// Begins the redrive of a failed message; while its execution has not been heard of, gives the same number again.
    async fn begin_redrive(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Result<MessageItem, NotRedrivable>, PortError>;

    /// Gives up redrive `n`, whose execution has ended without a word, so that the next one gets a new number.
    async fn abandon_redrive(&self, message_id: &str, n: u32, now: Timestamp) -> Result<(), PortError>;
}

/// The circuit breakers.
#[async_trait]
pub trait Breakers: Send + Sync {
    /// Every breaker there is, by name.
    async fn list(&self) -> Result<Vec<BreakerRecord>, PortError>;

    /// Closes a breaker and says how it stands then; `None` if there is none of this name.
    async fn reset(&self, service: &str, now: Timestamp) -> Result<Option<BreakerRecord>, PortError>;
}

/// The dead-letter queue: a signal, not the truth (the message's item is).
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Removes the notices of messages that are on their way again, each given by its id and the number of its redrive:
    /// notices of earlier executions go, one of the redrive itself stays. Those that are not there are no error. Returns
    /// how many were removed.
    async fn drain(&self, redriven: &[(String, u32)]) -> Result<usize, PortError>;
}

/// The outside world could not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}: {detail}")]
pub struct PortError {
    /// What was tried, for example `StartExecution`.
    pub what: &'static str,
    /// What went wrong, without secrets and without people's texts.
    pub detail: String,
    /// Whether the same call may succeed later (throttled, busy, full): answered with 503 and Retry-After.
    pub retryable: bool,
}
