//! `DeliverMessage`: one attempt at publishing a message to ntfy.

use expr::{Activity, ActivityError, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Priority;

/// Publishes a message to ntfy, once, guarded by the circuit breaker.
#[derive(Clone, Copy, Debug)]
pub struct DeliverMessage;

impl Activity for DeliverMessage {
    const NAME: &'static str = "DeliverMessage";
    type Input = Delivery;
    type Output = Receipt;
    type Error = DeliverError;
}

/// The input of [`DeliverMessage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Delivery {
    /// The message's id; the `sequence_id` on ntfy is made from it.
    pub message_id: String,
    /// The text.
    pub body: String,
    /// The heading.
    #[serde(default)]
    pub title: Option<String>,
    /// The topic; the configured one when absent.
    #[serde(default)]
    pub topic: Option<String>,
    /// The priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The tags.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// The URL that opens on a click.
    #[serde(default)]
    pub click: Option<String>,
    /// Whether the text is Markdown.
    #[serde(default)]
    pub markdown: Option<bool>,
    /// The id under which somebody waits for the message to be acknowledged: the notification then has a button for that,
    /// where the host has an address that telephones reach.
    #[serde(default)]
    pub acknowledge: Option<String>,
    /// Ties log lines together.
    #[serde(default)]
    pub correlation_id: Option<String>,
    /// `$states.context.State.RetryCount` and `Execution.RedriveCount` together: 0 only at the first attempt of a round,
    /// in an execution that was never redriven.
    pub attempt: u32,
    /// Which round of waiting for ntfy this is: 0 for the first.
    pub round: u32,
    /// Which redrive of the message this is: 0 for the first execution.
    pub redrive: u32,
    /// Whether an attempt of an earlier round may have been sent, as the error that ended it said. Absent from workflows
    /// that do not say it: then every round but the first may follow one that was sent.
    #[serde(default)]
    pub may_be_sent: Option<bool>,
    /// When the first attempt may have been sent: the start of the execution. What ntfy got since then is looked
    /// through before anything is sent again.
    pub since: Timestamp,
}

/// The output of [`DeliverMessage`]: ntfy has the message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Receipt {
    /// ntfy's id of the notification.
    pub ntfy_id: String,
    /// The topic it was published to.
    pub topic: String,
    /// When ntfy accepted it.
    pub delivered_at: Timestamp,
    /// The text was longer than ntfy takes and was cut.
    pub truncated: bool,
    /// It was found on the server instead of being sent again.
    pub found: bool,
}

/// What [`DeliverMessage`] declares. Which of them are retried is written in the workflow alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error, ActivityError)]
#[activity(DeliverMessage)]
pub enum DeliverError {
    /// ntfy will never take this message.
    #[error("ntfy rejected the message: {reason}")]
    #[error_name("Delivery.Rejected")]
    Rejected {
        /// ntfy's code and error.
        reason: String,
    },
    /// The server, the token or the address is wrong: no message can be delivered until a person mends it.
    #[error("ntfy is not configured right: {reason}")]
    #[error_name("Delivery.Misconfigured")]
    Misconfigured {
        /// ntfy's code and error.
        reason: String,
    },
    /// ntfy asks to wait.
    #[error("ntfy asks to wait {retry_after} s")]
    #[error_name("Delivery.RateLimited")]
    RateLimited {
        /// Seconds to wait, at least 1.
        retry_after: u32,
        /// Whether an earlier attempt may have been sent; this one was not taken.
        may_be_sent: bool,
    },
    /// ntfy could not be reached; nothing was sent.
    #[error("ntfy is unavailable: {reason}")]
    #[error_name("Delivery.Unavailable")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// The request may have been accepted: the next attempt looks before it sends.
    #[error("whether ntfy has the message is unknown: {reason}")]
    #[error_name("Delivery.Ambiguous")]
    Ambiguous {
        /// What failed.
        reason: String,
    },
    /// The circuit breaker is open; nothing was sent.
    #[error("the circuit breaker is open for {retry_after} s")]
    #[error_name("Delivery.CircuitOpen")]
    CircuitOpen {
        /// Seconds until the breaker lets a probe through, at least 1.
        retry_after: u32,
        /// Seconds since the service failed for the first time, or since it was last reached: how long its outage lasts.
        failing_for: u32,
        /// Whether an earlier attempt may have been sent; this one was not.
        may_be_sent: bool,
    },
}
