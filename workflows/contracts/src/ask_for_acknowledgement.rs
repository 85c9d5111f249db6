//! `AskForAcknowledgement`: somebody waits until a person says that they have seen a message.

use expr::{Activity, ActivityError, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Keeps the token of a task that waits for an acknowledgement, so that it is found by the message's id. Called without a
/// token it says that nobody waits any more. Both are decided by a conditional write: an acknowledgement that was given
/// before, whoever waited then, is never lost.
#[derive(Clone, Copy, Debug)]
pub struct AskForAcknowledgement;

impl Activity for AskForAcknowledgement {
    const NAME: &'static str = "AskForAcknowledgement";
    type Input = AcknowledgementRequest;
    type Output = Asked;
    type Error = AcknowledgementError;
}

/// The input of [`AskForAcknowledgement`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct AcknowledgementRequest {
    /// The message.
    pub message_id: String,
    /// The token of the task that waits; absent once nobody does.
    #[serde(default)]
    pub token: Option<String>,
    /// Who may acknowledge it beside administrators: a caller's subject.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub owner: Option<String>,
}

/// The output of [`AskForAcknowledgement`]: there is no acknowledgement yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Asked {
    /// Whether one can still be given.
    pub open: bool,
}

/// What is answered under the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Acknowledged {
    /// Who has seen the message, in their own words; at most 64 characters.
    #[schemars(length(max = 64))]
    pub by: Option<String>,
    /// When they said so.
    pub at: Timestamp,
}

/// What [`AskForAcknowledgement`] declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error, ActivityError)]
#[activity(AskForAcknowledgement)]
pub enum AcknowledgementError {
    /// There is an acknowledgement already, given while no task waited for it.
    #[error("the message was acknowledged at {at}")]
    #[error_name("Acknowledgement.Given")]
    Given {
        /// Who gave it.
        #[schemars(length(max = 64))]
        by: Option<String>,
        /// When.
        at: Timestamp,
    },
}
