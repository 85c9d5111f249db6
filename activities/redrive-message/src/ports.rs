//! What a redrive needs of the outside world.

use async_trait::async_trait;
use contracts::DeadLetterNotice;
use jiff::Timestamp;
use tables::{MessageItem, Messages, NotRedrivable, RedriveError, TableError};

/// Starts executions of `process-message`, stops them and reads how they stand.
#[async_trait]
pub trait Executions: Send + Sync {
    /// Starts an execution; returns once it is durable. `input` is JSON text.
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError>;

    /// How the execution of this name stands; `None` if there is none.
    async fn describe(&self, name: &str) -> Result<Option<ExecutionState>, PortError>;

    /// Stops the execution of this name (`StopExecution`). `false`: there is none that runs.
    async fn stop(&self, name: &str, error: &str, cause: &str) -> Result<bool, PortError>;
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

/// What a redrive needs of the messages' items.
#[async_trait]
pub trait RedriveStore: Send + Sync {
    /// The item, as of the last write.
    async fn get(&self, message_id: &str) -> Result<Option<MessageItem>, PortError>;

    /// Begins the redrive of a failed message; while its execution has not been heard of, gives the same number again.
    async fn begin_redrive(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Result<MessageItem, NotRedrivable>, PortError>;

    /// Gives up redrive `n`, whose execution has ended without a word, so that the next one gets a new number.
    async fn abandon_redrive(&self, message_id: &str, n: u32, now: Timestamp) -> Result<(), PortError>;
}

/// The dead-letter queue: a signal, not the truth (the message's item is).
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Removes the notices of messages that are on their way again, each given by its id and the number of its redrive:
    /// notices of earlier executions go, one of the redrive itself stays. Those that are not there are no error. Returns
    /// how many were removed.
    async fn drain(&self, redriven: &[(String, u32)]) -> Result<usize, PortError>;
}

/// Whether a notice, as it stands in the queue, is about an execution before the redrive of its message.
pub fn precedes(notice: &str, redriven: &[(String, u32)]) -> bool {
    let about = |notice: DeadLetterNotice| redriven.iter().any(|(id, n)| notice.message_id == *id && notice.n < *n);
    serde_json::from_str(notice).is_ok_and(about)
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

/// The detail is the operation and the kind of failure: neither quotes an item.
impl From<TableError> for PortError {
    fn from(error: TableError) -> Self {
        Self {
            what: error.operation,
            detail: error.kind.to_string(),
            retryable: error.kind.retryable(),
        }
    }
}

/// DynamoDB takes no empty and no overlong key: nothing has such an id.
pub fn may_be_a_key(id: &str) -> bool {
    (1..=1_024).contains(&id.len())
}

/// A slash is in no message's id: what stands under such a key in the same table is no message.
fn may_be_a_message(id: &str) -> bool {
    may_be_a_key(id) && !id.contains('/')
}

#[async_trait]
impl RedriveStore for Messages {
    async fn get(&self, message_id: &str) -> Result<Option<MessageItem>, PortError> {
        if !may_be_a_message(message_id) {
            return Ok(None);
        }
        Ok(self.get(message_id).await?)
    }

    async fn begin_redrive(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Result<MessageItem, NotRedrivable>, PortError> {
        if !may_be_a_message(message_id) {
            return Ok(Err(NotRedrivable::NotFound));
        }
        match self.begin_redrive(message_id, now).await {
            Ok(item) => Ok(Ok(item)),
            Err(RedriveError::Not(not)) => Ok(Err(not)),
            Err(RedriveError::Table(error)) => Err(error.into()),
        }
    }

    async fn abandon_redrive(&self, message_id: &str, n: u32, now: Timestamp) -> Result<(), PortError> {
        self.abandon_redrive(message_id, n, now).await?;
        Ok(())
    }
}
