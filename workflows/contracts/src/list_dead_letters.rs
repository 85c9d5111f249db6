//! `ListDeadLetters`: which failed messages a redrive is about.

use expr::{Activity, ActivityError, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

/// Finds failed messages, the newest first. Reads only.
#[derive(Clone, Copy, Debug)]
pub struct ListDeadLetters;

impl Activity for ListDeadLetters {
    const NAME: &'static str = "ListDeadLetters";
    type Input = DeadLetterQuery;
    type Output = DeadLetters;
    type Error = DeadLetterQueryError;
}

/// The input of [`ListDeadLetters`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct DeadLetterQuery {
    /// How many at most: 1 to 100.
    pub limit: u32,
    /// Only those whose dead letter gives exactly this reason.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The output of [`ListDeadLetters`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct DeadLetters {
    /// The failed messages, the newest first.
    #[schemars(length(max = limits::REDRIVES))]
    pub messages: Vec<FailedMessage>,
    /// There are more of them, or the search ended before it had seen every failed message.
    pub more: bool,
}

/// A failed message, without its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct FailedMessage {
    /// The message.
    #[schemars(length(max = 64))]
    pub message_id: String,
    /// The name of the execution that would carry it next.
    #[schemars(length(max = 80))]
    pub execution: String,
}

/// What [`ListDeadLetters`] declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error, ActivityError)]
#[activity(ListDeadLetters)]
pub enum DeadLetterQueryError {
    /// What was asked for breaks a rule.
    #[error("{field}: {reason}")]
    #[error_name("DeadLetters.InvalidQuery")]
    InvalidQuery {
        /// The field, as the caller wrote it.
        field: String,
        /// What is wrong and what would be right.
        reason: String,
    },
}
