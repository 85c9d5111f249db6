//! Which message this is.

use expr::Shape;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Message;

/// The execution that carries a message, from the context object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
pub struct Execution {
    /// `$states.context.Execution.Id`: its ARN.
    pub arn: String,
    /// `$states.context.Execution.Name`.
    pub name: String,
    /// `$states.context.Execution.StartTime`.
    pub started_at: Timestamp,
}

/// The id of the message that `execution` carries: the one its input names, else one made from schedule and scheduled
/// time (so that a schedule that fires twice for one time makes one message), else the execution's name.
pub fn message_id(message: &Message, execution_name: &str) -> String {
    match (&message.message_id, &message.schedule_arn, &message.scheduled_time) {
        (Some(id), _, _) => id.clone(),
        (None, Some(arn), Some(time)) => hashed_id(&[arn, time]),
        _ => execution_name.to_owned(),
    }
}

/// A UUIDv8 (RFC 9562, section 5.8) made of SHA-256 over the parts, each preceded by its length.
fn hashed_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Uuid::new_v8(bytes).to_string()
}
