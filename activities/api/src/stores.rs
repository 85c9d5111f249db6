//! The tables as ports.

use async_trait::async_trait;
use jiff::Timestamp;
use tables::breaker::{self, BreakerRecord};
use tables::{
    InvalidCursor, ListQuery, MessageItem, Messages, NotRedrivable, Page, RedriveError, TableError, TableErrorKind,
};

use crate::{Breakers, MessageStore, PortError};

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
fn may_be_a_key(id: &str) -> bool {
    (1..=1_024).contains(&id.len())
}

#[async_trait]
impl MessageStore for Messages {
    async fn get(&self, message_id: &str) -> Result<Option<MessageItem>, PortError> {
        if !may_be_a_key(message_id) {
            return Ok(None);
        }
        Ok(self.get(message_id).await?)
    }

    async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError> {
        Ok(self.list(query).await?)
    }

    async fn begin_redrive(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Result<MessageItem, NotRedrivable>, PortError> {
        if !may_be_a_key(message_id) {
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
