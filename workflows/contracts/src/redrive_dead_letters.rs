//! What goes into the workflow `redrive-dead-letters`, and what comes out.

use expr::{Cases, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

/// The input of `redrive-dead-letters`: which dead letters. `{}` redrives the newest twenty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
#[serde(deny_unknown_fields)]
pub struct RedriveDeadLetters {
    /// How many messages at most: 1 to 100.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = limits::REDRIVES))]
    pub limit: u32,
    /// Say what would be sent again, and send nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Only messages whose dead letter gives exactly this reason.
    #[serde(default)]
    #[schemars(length(max = 4_096))]
    pub reason: Option<String>,
}

fn default_limit() -> u32 {
    20
}

/// The output of `redrive-dead-letters`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct RedriveReport {
    /// What became of each message, the newest message first.
    #[schemars(length(max = limits::REDRIVES))]
    pub messages: Vec<RedriveResult>,
    /// There are more dead letters than were looked at: redrive again.
    pub more: bool,
}

/// What became of one dead letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct RedriveResult {
    /// The message.
    #[schemars(length(max = 64))]
    pub message_id: String,
    /// What became of it.
    pub outcome: RedriveOutcome,
    /// The name of the execution that carries it, or would; absent if there is none.
    #[schemars(length(max = 80))]
    pub execution: Option<String>,
    /// Why it is not on its way, in one line; absent if it is.
    #[schemars(length(max = 200))]
    pub reason: Option<String>,
}

/// What a redrive did with a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "snake_case")]
pub enum RedriveOutcome {
    /// It is on its way again.
    Redriven,
    /// It would be: this was a dry run.
    WouldBeRedriven,
    /// Another redrive has taken it.
    Taken,
    /// Its item has expired.
    NotFound,
    /// It cannot be redriven until a person mends something.
    Refused,
}
