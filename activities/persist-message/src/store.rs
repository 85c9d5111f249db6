//! Where messages are written.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, SystemClock, setting};
use async_trait::async_trait;
use tables::{MessageItem, Messages, Put, TableError};

use crate::PersistHandler;

/// Writes a message's item once.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes the item, unless another execution carries its message: see [`Messages::put`].
    async fn put(&self, item: &MessageItem) -> Result<Put, TableError>;
}

#[async_trait]
impl Store for Messages {
    async fn put(&self, item: &MessageItem) -> Result<Put, TableError> {
        Self::put(self, item).await
    }
}

/// The handler on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<PersistHandler, MissingSetting> {
    let table = lambda.environment.required(setting::DYNAMODB_TABLE_NAME)?;
    Ok(PersistHandler {
        store: Arc::new(Messages::new(aws_sdk_dynamodb::Client::new(&lambda.aws), table)),
        clock: Arc::new(SystemClock),
        stage: lambda.environment.required(setting::STAGE)?.to_owned(),
    })
}
