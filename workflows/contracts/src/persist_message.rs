//! `PersistMessage`: the message is written once, before anything else happens.

use expr::{Activity, ActivityError, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Execution, Message};

/// Writes the message's item. A second execution of the same message learns that it is a duplicate.
#[derive(Clone, Copy, Debug)]
pub struct PersistMessage;

impl Activity for PersistMessage {
    const NAME: &'static str = "PersistMessage";
    type Input = PersistRequest;
    type Output = Persisted;
    type Error = PersistError;
}

/// The input of [`PersistMessage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct PersistRequest {
    /// The workflow's input.
    pub message: Message,
    /// The execution that carries it.
    pub execution: Execution,
}

/// The output of [`PersistMessage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Persisted {
    /// The message's id, whatever it was made from.
    pub message_id: String,
    /// Another execution carries this message already: this one has nothing to do.
    pub duplicate: bool,
    /// The time to wait for, if it lies ahead.
    pub deliver_at: Option<Timestamp>,
    /// Until when an outage is waited out: the later of now and `deliver_at`, plus the message's patience.
    pub patience_ends: Timestamp,
}

/// What [`PersistMessage`] declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error, ActivityError)]
#[activity(PersistMessage)]
pub enum PersistError {
    /// The input breaks a rule that an entrance would have enforced.
    #[error("{field}: {reason}")]
    #[error_name("Message.Invalid")]
    Invalid {
        /// The field, as the sender wrote it.
        field: String,
        /// What is wrong and what would be right, without the message's text.
        reason: String,
    },
}
