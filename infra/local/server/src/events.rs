//! Message events on one machine: published to the local topic.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::MessageEvent;
use journal::{Batch, Journal, PublishedEvent};
use record_outcome::{EventError, Events};

use crate::clock::Clock;
use crate::failpoints::{self, Commit};

/// Publishes to a topic of the journal.
pub(crate) struct LocalEvents {
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) topic: String,
}

#[async_trait]
impl Events for LocalEvents {
    async fn publish(&self, event: &MessageEvent) -> Result<(), EventError> {
        let message = serde_json::to_string(event).map_err(|error| refused(false, error))?;
        let mut batch = Batch::new();
        batch.publish(PublishedEvent {
            position: 0,
            topic: self.topic.clone(),
            message_id: uuid::Uuid::now_v7().to_string(),
            published_at: self.clock.now(),
            message,
        });
        failpoints::commit(&self.journal, Commit::Publish, batch)
            .await
            .map_err(|error| refused(true, error))
    }
}

fn refused(retryable: bool, error: impl std::error::Error + Send + Sync + 'static) -> EventError {
    EventError {
        retryable,
        detail: error.to_string(),
        source: Some(Box::new(error)),
    }
}
