//! Where notifications are kept.

use async_trait::async_trait;

use super::notification::Notification;
use super::since::Since;

/// A bounded, ordered store of notifications: the oldest ones make room.
#[async_trait]
pub trait InboxStore: Send + Sync {
    /// Adds a notification; returns once it is durable.
    async fn append(&self, notification: &Notification) -> Result<(), StoreError>;

    /// The notifications of a topic, oldest first.
    async fn read(&self, topic: &str, since: &Since) -> Result<Vec<Notification>, StoreError>;
}

/// The store could not answer. The text goes to the log.
#[derive(Debug, thiserror::Error)]
#[error("the inbox's store failed: {0}")]
pub struct StoreError(pub String);
