//! A batch of a queue as Lambda hands it over, and its answer.
//!
//! Source: Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Implementing partial batch responses".

use serde::{Deserialize, Serialize};

/// The event: at most as many messages as the event source mapping says. Members that nobody reads are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Batch {
    /// The messages.
    #[serde(rename = "Records")]
    pub records: Vec<QueuedMessage>,
}

/// A message of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueuedMessage {
    /// Its id, the same each time it is received.
    pub message_id: String,
    /// Its text.
    pub body: String,
}

/// The answer: what is not named is deleted from the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// What is to come again.
    pub batch_item_failures: Vec<ItemFailure>,
}

/// A message that is to come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// Its id in the queue.
    pub item_identifier: String,
}
