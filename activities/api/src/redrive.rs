//! Sending a failed message again: a new execution of today's definition.

use contracts::execution_name;
use serde::Serialize;
use tables::{MessageItem, NotRedrivable};

use crate::{Api, PortError, Problem, ProblemKind, StartOutcome};

/// A message that is on its way again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Redriven {
    message_id: String,
    /// The number of this redrive, from 1 on.
    redrive: u32,
    /// The name of the execution that carries it.
    execution: String,
    /// Its ARN, once it has been started.
    execution_arn: Option<String>,
    /// ntfy has it already: it is only recorded.
    delivered: bool,
}

impl Redriven {
    /// What redrive `n` of this message is, or would be.
    pub(crate) fn of(item: &MessageItem, n: u32) -> Self {
        Self {
            message_id: item.message_id.clone(),
            redrive: n,
            execution: execution_name(&item.message_id, n),
            execution_arn: None,
            delivered: item.receipt.is_some(),
        }
    }
}

impl From<NotRedrivable> for Problem {
    fn from(not: NotRedrivable) -> Self {
        match not {
            NotRedrivable::NotFound => Self::no_message(),
            NotRedrivable::NotFailed(_) => Self::new(ProblemKind::Conflict, not.to_string()),
        }
    }
}

/// Starts the next redrive of a failed message.
///
/// The number is taken in the item first, by a conditional write, so that two redrives at once start one execution. When
/// this process ends between the two steps, redriving again gets the same number and finds or starts the same execution.
/// An execution that ended without a word to the item has spent its number: the next one is taken.
pub(crate) async fn redrive(api: &Api, id: &str) -> Result<Result<Redriven, NotRedrivable>, PortError> {
    loop {
        let item = match api.messages.begin_redrive(id, api.now()).await? {
            Ok(item) => item,
            Err(not) => return Ok(Err(not)),
        };
        let redriven = Redriven::of(&item, item.redrive);
        let input = serde_json::json!(item.redrive_input(item.redrive)).to_string();
        if let StartOutcome::Started(arn) = api.executions.start(&redriven.execution, &input).await? {
            return Ok(Ok(Redriven {
                execution_arn: Some(arn),
                ..redriven
            }));
        }
        // The execution is looked at before the item: what it wrote before its end is then seen in the item.
        let state = api.executions.describe(&redriven.execution).await?;
        let ended = state.as_ref().is_some_and(|state| state.status != "RUNNING");
        if !(ended && still_waits(api, &redriven).await?) {
            return Ok(Ok(Redriven {
                execution_arn: state.map(|state| state.arn),
                ..redriven
            }));
        }
        api.messages.abandon_redrive(id, redriven.redrive, api.now()).await?;
    }
}

/// Whether the item has not heard of the redrive's execution.
async fn still_waits(api: &Api, redriven: &Redriven) -> Result<bool, PortError> {
    let item = api.messages.get(&redriven.message_id).await?;
    Ok(item.is_some_and(|item| item.redrive_pending && item.redrive == redriven.redrive))
}

impl Api {
    /// Takes the notices of redriven messages out of the queue. The items hold the truth: a queue that does not answer is
    /// no reason to refuse what has happened.
    pub(crate) async fn drain(&self, redriven: &[Redriven]) {
        let redriven: Vec<_> = redriven
            .iter()
            .map(|one| (one.message_id.clone(), one.redrive))
            .collect();
        if let Err(error) = self.dead_letters.drain(&redriven).await {
            tracing::warn!(%error, "notices of redriven messages are still in the dead-letter queue");
        }
    }
}
