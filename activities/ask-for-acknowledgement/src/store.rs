//! Where acknowledgements are kept.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, SystemClock, setting};
use async_trait::async_trait;
use contracts::Acknowledged;
use jiff::Timestamp;
use tables::{Messages, TableError};

use crate::AskHandler;

/// Keeps who waits for an acknowledgement.
#[async_trait]
pub trait Acknowledgements: Send + Sync {
    /// Keeps a token and whose it is, or that nobody waits any more: see [`Messages::ask_owner_for_acknowledgement`].
    async fn ask(
        &self,
        message_id: &str,
        owner: Option<&str>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Acknowledged>, TableError>;
}

#[async_trait]
impl Acknowledgements for Messages {
    async fn ask(
        &self,
        message_id: &str,
        owner: Option<&str>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Acknowledged>, TableError> {
        self.ask_owner_for_acknowledgement(message_id, owner, token, now).await
    }
}

/// The handler on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<AskHandler, MissingSetting> {
    let table = lambda.environment.required(setting::DYNAMODB_TABLE_NAME)?;
    Ok(AskHandler {
        store: Arc::new(Messages::new(aws_sdk_dynamodb::Client::new(&lambda.aws), table)),
        clock: Arc::new(SystemClock),
    })
}
