//! What goes into the workflow `escalate-message`, and what comes out.

use expr::Shape;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Priority, limits};

/// The input of `escalate-message`: what somebody has to see, and where they are looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
#[schemars(extend("x-maxBytes" = limits::REQUEST_BYTES))]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// The text.
    #[schemars(length(min = 1, max = 61_440), extend("x-maxBytes" = limits::REQUEST_BYTES))]
    pub body: String,
    /// The heading of the notification. At most 250 characters.
    #[serde(default)]
    #[schemars(length(max = 250))]
    pub title: Option<String>,
    /// How urgent it is; ntfy's default when absent.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The ntfy topics in the order in which they are tried, 1 to 5.
    #[schemars(length(min = 1, max = 5))]
    pub topics: Vec<String>,
    /// How often each topic is tried, 1 to 10.
    #[schemars(range(min = 1, max = 10))]
    pub rounds: u32,
    /// For how many seconds each round waits for an acknowledgement: 10 to 86,400 (a day).
    #[schemars(range(min = 10, max = 86_400))]
    pub pause: u32,
    /// Whose it is: the subject of a caller, who may then acknowledge it without being an administrator.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub owner: Option<String>,
}

/// The output of `escalate-message`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Escalated {
    /// Somebody has seen it.
    pub acknowledged: bool,
    /// Who, if they said it.
    #[schemars(length(max = 64))]
    pub by: Option<String>,
    /// When they said so.
    pub at: Option<Timestamp>,
    /// How many rounds there were.
    pub rounds: u32,
    /// In how many of them ntfy took the message.
    pub delivered: u32,
}
