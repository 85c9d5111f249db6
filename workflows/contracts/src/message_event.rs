//! The event of a message's end, for everybody who listens.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{MessageType, Outcome, Recorded, Status};

/// A message has ended. Published at least once; never contains the message's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MessageEvent {
    /// The message.
    pub message_id: String,
    /// How it stands now.
    pub status: Status,
    /// The stage.
    pub stage: String,
    /// Who put it in.
    pub message_type: MessageType,
    /// The `sub` of its creator.
    pub owner: Option<String>,
    /// Ties together what one request caused.
    pub correlation_id: Option<String>,
    /// The execution that carried it.
    pub execution_arn: String,
    /// Which redrive of the message this was: 0 for the first execution.
    pub redrive: u32,
    /// When it ended. Together with the id it tells a repeated event from a new one.
    pub finished_at: Timestamp,
    /// ntfy's id of the notification, if it was delivered.
    pub ntfy_id: Option<String>,
    /// Why it failed, in one line.
    pub reason: Option<String>,
}

impl MessageEvent {
    /// The event of an outcome that was recorded.
    pub fn new(stage: &str, outcome: &Outcome, recorded: &Recorded) -> Self {
        let message = &outcome.message;
        Self {
            message_id: recorded.message_id.clone(),
            status: recorded.status,
            stage: stage.to_owned(),
            message_type: message.message_type,
            owner: message.owner.clone(),
            correlation_id: message.correlation_id.clone(),
            execution_arn: outcome.execution.arn.clone(),
            redrive: message.redrive,
            finished_at: recorded.finished_at,
            ntfy_id: outcome.receipt.as_ref().map(|receipt| receipt.ntfy_id.clone()),
            reason: outcome.reason.clone(),
        }
    }
}
