//! `RedriveMessage`: one failed message is sent again.

use expr::{Activity, ActivityError, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes the number of a failed message's next redrive in its item, starts the execution `{message_id}-r{n}` of
/// `process-message`, and takes the message's notices out of the dead-letter queue. Repeating it starts nothing twice: while
/// that execution has not been heard of, the same number and the same execution are given again.
#[derive(Clone, Copy, Debug)]
pub struct RedriveMessage;

impl Activity for RedriveMessage {
    const NAME: &'static str = "RedriveMessage";
    type Input = RedriveRequest;
    type Output = Redriven;
    type Error = RedriveError;
}

/// The input of [`RedriveMessage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct RedriveRequest {
    /// The message.
    pub message_id: String,
}

/// The output of [`RedriveMessage`]: the message is on its way again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Redriven {
    /// The message.
    pub message_id: String,
    /// The number of this redrive, from 1 on.
    pub redrive: u32,
    /// The name of the execution that carries it.
    #[schemars(length(max = 80))]
    pub execution: String,
    /// ntfy has it already: it is only recorded.
    pub delivered: bool,
}

/// What [`RedriveMessage`] declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error, ActivityError)]
#[activity(RedriveMessage)]
pub enum RedriveError {
    /// It is not failed, or not any more: another redrive has taken it.
    #[error("the message is {status}: only failed messages are redriven")]
    #[error_name("Redrive.Taken")]
    Taken {
        /// How it stands now, by the status's name.
        #[schemars(length(max = 16))]
        status: String,
    },
    /// There is no message of this id: its item has expired.
    #[error("there is no such message")]
    #[error_name("Redrive.NotFound")]
    NotFound,
    /// It cannot be redriven until a person mends something; the others are not concerned.
    #[error("{reason}")]
    #[error_name("Redrive.Refused")]
    Refused {
        /// What failed and why, in one line without the message's text.
        #[schemars(length(max = 200))]
        reason: String,
    },
}
