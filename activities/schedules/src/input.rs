//! The input with which a schedule starts the state machine: a message with places that Scheduler fills in.

use contracts::Message;
use serde_json::Value;

/// Fields and the context attributes that fill them.
/// Source: EventBridge Scheduler user guide, "Adding context attributes".
const FILLED_IN: [(&str, &str); 3] = [
    ("schedule_arn", "<aws.scheduler.schedule-arn>"),
    ("scheduled_time", "<aws.scheduler.scheduled-time>"),
    ("correlation_id", "<aws.scheduler.execution-id>"),
];

/// The input as JSON text. Only our own attributes are filled in: in people's texts `<` is written as JSON may write it,
/// so that no text of theirs looks like an attribute.
pub(crate) fn write(message: &Message) -> serde_json::Result<String> {
    let mut fields = serde_json::to_value(message)?;
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|name, value| !value.is_null() && FILLED_IN.iter().all(|(filled, _)| name != filled));
    }
    let said = fields.to_string().replace('<', "\\u003c");
    let filled = FILLED_IN.map(|(field, attribute)| format!("\"{field}\":\"{attribute}\""));
    Ok(format!("{},{}}}", said.trim_end_matches('}'), filled.join(",")))
}

/// The message of an input; `None` if it is none that this crate writes.
pub(crate) fn read(input: &str) -> Option<Message> {
    let mut fields: Value = serde_json::from_str(input).ok()?;
    let object = fields.as_object_mut()?;
    for (field, attribute) in FILLED_IN {
        object.remove(field).filter(|value| value == attribute)?;
    }
    serde_json::from_value(fields).ok()
}

#[cfg(test)]
mod tests {
    use contracts::Message;
    use serde_json::{Value, json};

    use super::{read, write};

    fn message(body: &str) -> Message {
        serde_json::from_value(json!({ "body": body, "message_type": "scheduled", "tags": ["}"], "owner": "ada" }))
            .unwrap()
    }

    #[test]
    fn what_is_written_reads_back_and_has_our_attributes_alone() {
        for body in ["hello", "}}", "<aws.scheduler.schedule-arn>", "\\<\"<\u{1f980}\n"] {
            let message = message(body);
            let input = write(&message).unwrap();
            assert_eq!(read(&input), Some(message), "{input}");
            assert_eq!(input.matches("<aws.").count(), 3, "{input}");
            let fields: Value = serde_json::from_str(&input).unwrap();
            assert_eq!(fields["scheduled_time"], "<aws.scheduler.scheduled-time>");
        }
    }

    /// What Scheduler makes of the input is a message, and its id is that of schedule and time.
    #[test]
    fn a_filled_in_input_is_a_message_with_one_id_for_each_time() {
        let filled = |time: &str| {
            let input = write(&message("hello")).unwrap();
            let input = input.replace(
                "<aws.scheduler.schedule-arn>",
                "arn:aws:scheduler:us-east-1:1:schedule/g/daily",
            );
            let input = input.replace("<aws.scheduler.scheduled-time>", time);
            let started: Message =
                serde_json::from_str(&input.replace("<aws.scheduler.execution-id>", "d32c5kddcf5bb8c3")).unwrap();
            contracts::validate_started(&started, jiff::Timestamp::UNIX_EPOCH).unwrap();
            contracts::message_id(&started, "any name")
        };
        assert_eq!(filled("2026-11-25T09:00:00Z"), filled("2026-11-25T09:00:00Z"));
        assert_ne!(filled("2026-11-25T09:00:00Z"), filled("2026-11-26T09:00:00Z"));
    }

    #[test]
    fn an_input_of_somebody_else_is_none_of_ours() {
        for other in [
            "",
            "null",
            "{}",
            r#"{"body":"x"}"#,
            r#"{"body":"x","schedule_arn":"a","scheduled_time":"b","correlation_id":"c"}"#,
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
