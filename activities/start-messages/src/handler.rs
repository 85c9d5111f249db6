//! What a batch of the queue becomes.

use std::convert::Infallible;
use std::sync::Arc;

use activity_runtime::{Clock, Lambda, MissingSetting, SystemClock, setting};
use contracts::{Message, execution_name, message_id, validate};
use futures_util::future::join_all;
use redrive_message::{Executions, StepFunctions};
use serde_json::Value;

use crate::{Batch, BatchAnswer, ItemFailure, QueuedMessage};

/// A batch is always answered: each message that could not be started is named in the answer.
pub type Never = Infallible;

/// Takes messages from the queue.
pub struct Intake {
    /// Executions of `process-message`.
    pub executions: Arc<dyn Executions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The function on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<Intake, MissingSetting> {
    let state_machine = lambda.environment.required(setting::STATE_MACHINE_ARN)?;
    let alias = lambda.environment.optional(setting::STATE_MACHINE_ALIAS_ARN);
    let executions = StepFunctions::new(aws_sdk_sfn::Client::new(&lambda.aws), state_machine);
    Ok(Intake {
        executions: Arc::new(executions.started_by(alias)),
        clock: Arc::new(SystemClock),
    })
}

/// Why a message was not started.
#[derive(Debug, thiserror::Error)]
enum NotStarted {
    #[error("it is no message: {0}")]
    NoMessage(serde_json::Error),
    #[error("it breaks rules: {0}")]
    Refused(String),
    #[error(transparent)]
    Failed(redrive_message::PortError),
}

impl Intake {
    /// Starts every message of a batch, and names those that are to come again.
    ///
    /// Source: Lambda Developer Guide, "Handling errors for an SQS event source in Lambda": with `ReportBatchItemFailures` a
    /// message that is not named is deleted from the queue.
    pub async fn start(&self, batch: Batch) -> Result<BatchAnswer, Never> {
        let started = join_all(batch.records.iter().map(|record| self.one(record))).await;
        let failures = batch.records.into_iter().zip(started).filter_map(|(record, started)| {
            let error = started.err()?;
            let item_identifier = record.message_id;
            tracing::error!(message_id = item_identifier, %error, "a message of the queue was not started");
            Some(ItemFailure { item_identifier })
        });
        Ok(BatchAnswer {
            batch_item_failures: failures.collect(),
        })
    }

    async fn one(&self, record: &QueuedMessage) -> Result<(), NotStarted> {
        let text = record.body.as_str();
        let mut message: Message = serde_json::from_str(text).map_err(NotStarted::NoMessage)?;
        if !says_its_type(text) {
            message.message_type = contracts::MessageType::Api;
        }
        // The queue delivers at least once, under the same id: the second time finds the execution of the first.
        let id = message_id(&message, &record.message_id);
        message.message_id = Some(id.clone());
        let now = self.clock.now();
        validate(&message, now).map_err(|errors| {
            let rules: Vec<String> = errors.iter().map(ToString::to_string).collect();
            NotStarted::Refused(rules.join("; "))
        })?;
        message.created_at.get_or_insert(now);
        let input = serde_json::to_string(&message).map_err(NotStarted::NoMessage)?;
        let name = execution_name(&id, 0);
        // Started before is as good as started now.
        let started = self.executions.start(&name, &input).await;
        started.map(|_| ()).map_err(NotStarted::Failed)
    }
}

fn says_its_type(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|message| message.get("message_type").is_some())
}

#[cfg(test)]
mod tests;
