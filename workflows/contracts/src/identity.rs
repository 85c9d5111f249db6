//! Which message this is.

use expr::Shape;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Message, validate::is_name};

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

/// The id of the message that an execution carries: the one its input names, else one made from schedule and scheduled
/// time (so that a schedule that fires twice for one time makes one message), else the execution's name.
///
/// An id is always 1 to 64 of the characters A-Z a-z 0-9 - _, because it names executions, redrives and what ntfy keeps.
/// The name of a foreign execution that is not so is replaced by its hash. An id in the input that is not so names
/// nothing: [such a message is refused](crate::validate), and the refusal is recorded under the execution's name.
pub fn message_id(message: &Message, execution_name: &str) -> String {
    match (&message.message_id, &message.schedule_arn, &message.scheduled_time) {
        (Some(id), _, _) if is_name(id) => id.clone(),
        (None, Some(arn), Some(time)) => hashed_id(&[arn, time]),
        _ if is_name(execution_name) => execution_name.to_owned(),
        _ => hashed_id(&[execution_name]),
    }
}

/// The name of the execution that carries a message: its id, and `{id}-r{n}` for its `n`th redrive; at most 76
/// characters of the 80 that Step Functions takes.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
pub fn execution_name(message_id: &str, redrive: u32) -> String {
    if redrive == 0 {
        message_id.to_owned()
    } else {
        format!("{message_id}-r{redrive}")
    }
}

/// A `UUIDv8` (RFC 9562, section 5.8) made of SHA-256 over the parts, each preceded by its length.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_is_named_after_its_message() {
        assert_eq!(execution_name("m", 0), "m");
        assert_eq!(execution_name("m", 2), "m-r2");
    }

    #[test]
    fn the_name_of_a_foreign_execution_is_an_id_or_becomes_one() {
        let message: Message = serde_json::from_value(serde_json::json!({ "body": "hello" })).unwrap();
        assert_eq!(message_id(&message, "report-1"), "report-1");
        for name in ["report.of.today".to_owned(), "x".repeat(80), "bericht-ü".to_owned()] {
            let id = message_id(&message, &name);
            assert!(is_name(&id), "{id}");
            assert_eq!(id, message_id(&message, &name));
        }
    }

    #[test]
    fn an_id_that_breaks_its_rule_names_nothing() {
        let named = |id: &str| Message {
            message_id: Some(id.into()),
            ..serde_json::from_value(serde_json::json!({ "body": "hello" })).unwrap()
        };
        assert_eq!(message_id(&named("m-1"), "execution"), "m-1");
        assert_eq!(message_id(&named(""), "execution"), "execution");
        assert_eq!(message_id(&named("a b"), "execution"), "execution");
    }

    #[test]
    fn a_schedule_that_fires_twice_for_one_time_makes_one_message() {
        let fired = |time: &str| Message {
            schedule_arn: Some("arn:aws:scheduler:us-east-1:1:schedule/default/daily".into()),
            scheduled_time: Some(time.into()),
            ..serde_json::from_value(serde_json::json!({ "body": "hello" })).unwrap()
        };
        let id = |time: &str, execution: &str| message_id(&fired(time), execution);
        assert_eq!(id("2026-11-25T09:00:00Z", "a"), id("2026-11-25T09:00:00Z", "b"));
        assert_ne!(id("2026-11-25T09:00:00Z", "a"), id("2026-11-26T09:00:00Z", "a"));
    }
}
