//! Where failed messages are found.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, setting};
use async_trait::async_trait;
use contracts::Status;
use tables::{InvalidCursor, ListBy, ListQuery, Messages, Page, TableError};

use crate::ListHandler;

/// Lists failed messages.
#[async_trait]
pub trait FailedMessages: Send + Sync {
    /// A page of at most `limit` failed messages, the newest first: see [`Messages::list`].
    async fn page(&self, limit: usize, cursor: Option<String>) -> Result<Result<Page, InvalidCursor>, TableError>;
}

#[async_trait]
impl FailedMessages for Messages {
    async fn page(&self, limit: usize, cursor: Option<String>) -> Result<Result<Page, InvalidCursor>, TableError> {
        let query = ListQuery {
            limit,
            cursor,
            ..ListQuery::newest(ListBy::Status(Status::Failed))
        };
        self.list(&query).await
    }
}

/// The handler on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<ListHandler, MissingSetting> {
    let table = lambda.environment.required(setting::DYNAMODB_TABLE_NAME)?;
    Ok(ListHandler {
        messages: Arc::new(Messages::new(aws_sdk_dynamodb::Client::new(&lambda.aws), table)),
    })
}
