//! What the API needs of the outside world, beside what a redrive needs.

use std::time::Duration;

use async_trait::async_trait;
use contracts::Status;
use jiff::Timestamp;
use redrive_message::{PortError, RedriveStore};
use schemars::JsonSchema;
use serde::Serialize;
use tables::breaker::BreakerRecord;
use tables::{InvalidCursor, ListQuery, NotAcknowledged, Page, Taken};

/// The messages' items: the truth of how messages stand and of every dead letter.
#[async_trait]
pub trait MessageStore: RedriveStore {
    /// A page of items, newest first.
    async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError>;

    /// How many messages have this status, accepted at or after `since`.
    async fn count(&self, status: Status, since: Option<Timestamp>) -> Result<u64, PortError>;

    /// How many of an owner's messages have not ended. It reads all of theirs.
    async fn count_open(&self, owner: &str) -> Result<u64, PortError>;

    /// Whose message is to be acknowledged, if it is somebody's.
    async fn acknowledgement_owner(&self, message_id: &str) -> Result<Option<String>, PortError>;

    /// Somebody acknowledges a message, for whoever waits for it. The first acknowledgement stands.
    async fn acknowledge(
        &self,
        message_id: &str,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<Result<Taken, NotAcknowledged>, PortError>;
}

/// Tasks that wait for an answer under a token.
#[async_trait]
pub trait TaskTokens: Send + Sync {
    /// Answers a task: `SendTaskSuccess`. `false`: it does not wait any more. `output` is JSON text.
    async fn succeed(&self, token: &str, output: &str) -> Result<bool, PortError>;
}

/// What has changed a moment ago, for whoever watches.
#[async_trait]
pub trait Changes: Send + Sync {
    /// What has changed since a place that an earlier answer gave, waiting for it at most so long; without a place, where
    /// to begin. A place that is made up or too old is a gap.
    async fn since(&self, place: Option<&str>, wait: Duration) -> Result<Changed, PortError>;
}

/// What has changed since a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Executions that have gone on, each once, the last to change last.
    pub executions: Vec<ChangedExecution>,
    /// The place after all of them.
    pub next: String,
    /// Changes may be missing: whoever shows something reads it anew.
    pub gap: bool,
}

/// An execution that has gone on, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedExecution {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The name of its state machine.
    pub state_machine: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// The message that it carries; `null` for an execution of another state machine.
    pub message_id: Option<String>,
}

/// The circuit breakers.
#[async_trait]
pub trait Breakers: Send + Sync {
    /// Every breaker there is, by name.
    async fn list(&self) -> Result<Vec<BreakerRecord>, PortError>;

    /// Closes a breaker and says how it stands then; `None` if there is none of this name.
    async fn reset(&self, service: &str, now: Timestamp) -> Result<Option<BreakerRecord>, PortError>;
}
