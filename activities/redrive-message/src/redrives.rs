//! Sending a failed message again.

use std::sync::Arc;

use activity_runtime::Clock;
use contracts::Redriven;
use jiff::Timestamp;
use tables::NotRedrivable;

use crate::{DeadLetterQueue, Executions, PortError, RedriveStore, StartOutcome};

/// How many numbers one redrive takes at most: each was spent by an execution that ended without a word.
const NUMBERS: usize = 8;

/// Redrives messages, for whoever asks.
#[derive(Clone)]
pub struct Redrives {
    /// Executions of `process-message`.
    pub executions: Arc<dyn Executions>,
    /// The messages' items.
    pub messages: Arc<dyn RedriveStore>,
    /// The dead-letter queue.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A message that is on its way again.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// The redrive.
    pub redriven: Redriven,
    /// The ARN of its execution; `None` if it started earlier and has been forgotten since.
    pub execution_arn: Option<String>,
}

impl Redrives {
    /// Starts the next redrive of a failed message.
    ///
    /// The number is taken in the item first, by a conditional write, so that two redrives at once start one execution.
    /// When this process ends between the two steps, redriving again gets the same number and finds or starts the same
    /// execution. An execution that ended without a word to the item has spent its number: the next one is taken.
    pub async fn redrive(&self, id: &str) -> Result<Result<Started, NotRedrivable>, PortError> {
        for _ in 0..NUMBERS {
            let item = match self.messages.begin_redrive(id, self.now()).await? {
                Ok(item) => item,
                Err(not) => return Ok(Err(not)),
            };
            let redriven = item.redriven(item.redrive);
            let input = serde_json::json!(item.redrive_input(item.redrive)).to_string();
            if let StartOutcome::Started(arn) = self.executions.start(&redriven.execution, &input).await? {
                return Ok(Ok(Started {
                    redriven,
                    execution_arn: Some(arn),
                }));
            }
            // The execution is looked at before the item: what it wrote before its end is then seen in the item.
            let state = self.executions.describe(&redriven.execution).await?;
            let ended = state.as_ref().is_some_and(|state| state.status != "RUNNING");
            if !(ended && self.still_waits(&redriven).await?) {
                return Ok(Ok(Started {
                    redriven,
                    execution_arn: state.map(|state| state.arn),
                }));
            }
            self.messages.abandon_redrive(id, redriven.redrive, self.now()).await?;
        }
        Err(PortError {
            what: "StartExecution",
            detail: format!("{NUMBERS} executions of redrives have ended without a word"),
            retryable: true,
        })
    }

    /// Takes the notices of redriven messages out of the queue. The items hold the truth: a queue that does not answer is
    /// no reason to refuse what has happened.
    pub async fn drain(&self, redriven: impl IntoIterator<Item = &Redriven>) {
        let redriven: Vec<_> = redriven
            .into_iter()
            .map(|one| (one.message_id.clone(), one.redrive))
            .collect();
        if let Err(error) = self.dead_letters.drain(&redriven).await {
            tracing::warn!(%error, "notices of redriven messages are still in the dead-letter queue");
        }
    }

    /// Whether the item has not heard of the redrive's execution.
    async fn still_waits(&self, redriven: &Redriven) -> Result<bool, PortError> {
        let item = self.messages.get(&redriven.message_id).await?;
        Ok(item.is_some_and(|item| item.redrive_pending && item.redrive == redriven.redrive))
    }

    /// The time in milliseconds, as items and histories keep it.
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
