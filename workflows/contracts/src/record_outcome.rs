//! `RecordOutcome`: how a message ended is written to its item, then published as an event.

use expr::{Activity, Cases, NoError, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Execution, Message, Receipt, Status};

/// Writes the final status conditionally, then publishes the event. Both may be repeated.
#[derive(Clone, Copy, Debug)]
pub struct RecordOutcome;

impl Activity for RecordOutcome {
    const NAME: &'static str = "RecordOutcome";
    type Input = Outcome;
    type Output = Recorded;
    type Error = NoError;
}

/// The input of [`RecordOutcome`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Outcome {
    /// How it ended.
    pub status: OutcomeStatus,
    /// The execution that carried it.
    pub execution: Execution,
    /// The workflow's input: it names the message, and is written where the item could not be before.
    pub message: Message,
    /// ntfy's receipt: present if and only if the message was delivered.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// Why it failed, in one line without the message's text; present if `status` is `failed`.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The ends of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    /// Delivered.
    Completed,
    /// Dead-lettered.
    Failed,
    /// Stopped before it was delivered.
    Cancelled,
}

/// The output of [`RecordOutcome`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Recorded {
    /// The message.
    pub message_id: String,
    /// Its status now: another end may have been recorded first, and the first one stands.
    pub status: Status,
    /// When that end was recorded.
    pub finished_at: Timestamp,
}
