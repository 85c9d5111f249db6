//! What `PersistMessage` does.

use std::sync::Arc;

use activity_runtime::{Clock, Failure, Handler, Infrastructure, Invocation, Subject};
use contracts::{
    Message, PersistError, PersistMessage, PersistRequest, Persisted, Status, message_id, validate_started,
};
use jiff::{SignedDuration, Timestamp};
use tables::{MessageItem, Put};

use crate::Store;

/// Keeps the contract [`PersistMessage`].
pub struct PersistHandler {
    /// Where messages are written.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The stage that the items name.
    pub stage: String,
}

impl Handler for PersistHandler {
    type Activity = PersistMessage;

    fn subject(input: &PersistRequest) -> Subject {
        Subject {
            message_id: Some(message_id(&input.message, &input.execution.name)),
            correlation_id: input.message.correlation_id.clone(),
        }
    }

    async fn handle(&self, input: PersistRequest, _: &Invocation) -> Result<Persisted, Failure<PersistError>> {
        let now = self.clock.now();
        check(&input.message, now).map_err(Failure::Declared)?;
        let deliver_at = input.message.deliver_at.filter(|at| *at > now);
        let status = if deliver_at.is_some() {
            Status::Scheduled
        } else {
            Status::Processing
        };
        let patience = SignedDuration::from_secs(input.message.patience.into());
        let item = MessageItem::new(&self.stage, status, input.message, input.execution, now);
        let put = self.store.put(&item).await.map_err(Infrastructure::from)?;
        Ok(Persisted {
            message_id: item.message_id,
            duplicate: put == Put::Duplicate,
            deliver_at,
            patience_ends: deliver_at.unwrap_or(now) + patience,
        })
    }
}

/// The first rule that the message breaks: an error on the wire has one field and one reason.
fn check(message: &Message, now: Timestamp) -> Result<(), PersistError> {
    let Err(broken) = validate_started(message, now) else {
        return Ok(());
    };
    broken.into_iter().next().map_or(Ok(()), |first| {
        Err(PersistError::Invalid {
            field: first.field.to_owned(),
            reason: first.reason,
        })
    })
}

#[cfg(test)]
mod tests;
