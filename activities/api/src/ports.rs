//! What the API needs of the outside world, beside what a redrive needs.

use async_trait::async_trait;
use contracts::Status;
use jiff::Timestamp;
use redrive_message::{PortError, RedriveStore};
use tables::breaker::BreakerRecord;
use tables::{InvalidCursor, ListQuery, NotAcknowledged, Page, Taken};

/// The messages' items: the truth of how messages stand and of every dead letter.
#[async_trait]
pub trait MessageStore: RedriveStore {
    /// A page of items, newest first.
    async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError>;

    /// How many messages have this status, accepted at or after `since`.
    async fn count(&self, status: Status, since: Option<Timestamp>) -> Result<u64, PortError>;

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

/// The circuit breakers.
#[async_trait]
pub trait Breakers: Send + Sync {
    /// Every breaker there is, by name.
    async fn list(&self) -> Result<Vec<BreakerRecord>, PortError>;

    /// Closes a breaker and says how it stands then; `None` if there is none of this name.
    async fn reset(&self, service: &str, now: Timestamp) -> Result<Option<BreakerRecord>, PortError>;
}
