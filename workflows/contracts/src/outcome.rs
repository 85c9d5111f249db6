//! How a message stands and how it ends.

use expr::{Cases, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Receipt;

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Accepted; its execution has been started.
    Created,
    /// Waits for its `deliver_at`. The item keeps it until the message has ended; who shows it after that time shows
    /// [`Processing`](Self::Processing).
    Scheduled,
    /// On its way to ntfy.
    Processing,
    /// Delivered and recorded. Final.
    Completed,
    /// Ended with a dead letter. Final until it is redriven.
    Failed,
    /// Stopped before it was delivered. Final.
    Cancelled,
}

impl Status {
    /// Every status, in the order of a message's life.
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::Scheduled,
        Self::Processing,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Scheduled => "scheduled",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the message has ended.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a message failed, as its item says it. The item is the truth of a dead letter; the queue only signals it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct DeadLetter {
    /// Why, in one line, without the message's text.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Which execution of the message this was: 0 for the first, then the number of the redrive.
    pub n: u32,
    /// Whether ntfy has it already: its redrive only records.
    pub delivered: bool,
}

/// What `process-message` puts into the dead-letter queue: a signal, never the message's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct DeadLetterNotice {
    /// The message.
    pub message_id: String,
    /// Why, in one line.
    pub reason: String,
    /// Which execution of the message this was.
    pub n: u32,
    /// Whether ntfy has it already.
    pub delivered: bool,
}

/// The output of `process-message` where it succeeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Processed {
    /// The message.
    pub message_id: String,
    /// Another execution carries this message: this one did nothing.
    pub duplicate: bool,
    /// ntfy's receipt; absent for a duplicate.
    pub receipt: Option<Receipt>,
}
