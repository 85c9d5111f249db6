//! The tables as ports.

use async_trait::async_trait;
use contracts::Status;
use jiff::Timestamp;
use redrive_message::{PortError, may_be_a_key};
use tables::breaker::{self, BreakerRecord};
use tables::{InvalidCursor, ListQuery, Messages, NotAcknowledged, Page, TableErrorKind, Taken};

use crate::{Breakers, MessageStore};

#[async_trait]
impl MessageStore for Messages {
    async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError> {
        Ok(self.list(query).await?)
    }

    async fn count(&self, status: Status, since: Option<Timestamp>) -> Result<u64, PortError> {
        Ok(self.count(status, since).await?)
    }

    async fn count_open(&self, owner: &str) -> Result<u64, PortError> {
        Ok(self.count_open(owner).await?)
    }

    async fn acknowledgement_owner(&self, message_id: &str) -> Result<Option<String>, PortError> {
        if !may_be_acknowledged(message_id) {
            return Ok(None);
        }
        Ok(self.acknowledgement_owner(message_id).await?)
    }

    async fn acknowledge(
        &self,
        message_id: &str,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<Result<Taken, NotAcknowledged>, PortError> {
        if !may_be_acknowledged(message_id) {
            return Ok(Err(NotAcknowledged::NotFound));
        }
        Ok(self.acknowledge(message_id, by, now).await?)
    }
}

#[async_trait]
impl Breakers for breaker::Breakers {
    async fn list(&self) -> Result<Vec<BreakerRecord>, PortError> {
        Ok(self.list().await?)
    }

    async fn reset(&self, service: &str, now: Timestamp) -> Result<Option<BreakerRecord>, PortError> {
        if !may_be_a_key(service) {
            return Ok(None);
        }
        match self.get(service).await {
            // Never written: there is nothing to close, and nothing is made of a mistyped name.
            Ok(record) if record.version == 0 => return Ok(None),
            // An item that cannot be read is reset nevertheless: that mends it.
            Err(error) if error.kind != TableErrorKind::Corrupt => return Err(error.into()),
            _ => {}
        }
        Ok(Some(self.reset(service, now).await?))
    }
}

/// Nobody can wait for what is longer than any execution's name.
fn may_be_acknowledged(message_id: &str) -> bool {
    (1..=80).contains(&message_id.chars().count())
}
