//! Reading the payload of an invocation, and saying what is wrong with it without quoting it.

use contracts::activity_errors;
use serde::de::DeserializeOwned;

use crate::WireError;

/// The input, or `Activity.InvalidInput` naming the field.
pub(crate) fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, WireError> {
    let mut json = serde_json::Deserializer::from_slice(payload);
    let input = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        invalid(&path, &reason(error.inner()))
    })?;
    json.end().map_err(|_| invalid(".", "is followed by something else"))?;
    Ok(input)
}

fn invalid(path: &str, reason: &str) -> WireError {
    let place = if path == "." { "input" } else { path };
    WireError::undeclared(activity_errors::INVALID_INPUT, &format!("{place}: {reason}"))
}

/// What serde says, without the value that it quotes: the value may be a person's text, what was expected is ours.
fn reason(error: &serde_json::Error) -> String {
    if !error.is_data() {
        return format!("is no JSON (line {}, column {})", error.line(), error.column());
    }
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(reason, _)| reason);
    let expected = || {
        text.rsplit_once(", expected ")
            .map_or("something else", |(_, expected)| expected)
    };
    match text.split_whitespace().take(2).collect::<Vec<_>>()[..] {
        ["missing", "field"] => text.to_owned(),
        ["unknown", "field"] => format!("{}, expected {}", unknown_field(text), expected()),
        ["unknown", "variant"] | ["invalid", "type:" | "value:" | "length"] => format!("expected {}", expected()),
        // A type's own words, which may quote the value.
        _ => "has a value that is not accepted".to_owned(),
    }
}

/// A field's name helps whoever misspelt it; anything longer than a name may be a text that went astray.
fn unknown_field(text: &str) -> String {
    let name = text.split('`').nth(1).unwrap_or_default();
    let is_name = name.len() <= 32 && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if is_name {
        format!("unknown field `{name}`")
    } else {
        "unknown field".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use contracts::PersistRequest;
    use serde_json::{Value, json};

    use super::*;

    fn refusal(message: &Value) -> String {
        let execution = json!({ "arn": "a", "name": "n", "started_at": "2026-11-25T00:00:00Z" });
        let payload = json!({ "message": message, "execution": execution }).to_string();
        decode::<PersistRequest>(payload.as_bytes()).unwrap_err().error_message
    }

    #[test]
    fn the_field_is_named_and_its_value_is_not() {
        let cases = [
            (json!({}), "message: missing field `body`"),
            (json!({ "body": 4 }), "message.body: expected a string"),
            (
                json!({ "body": "b", "tags": ["a", { "secret": 1 }] }),
                "message.tags[1]: expected a string",
            ),
            (
                json!({ "body": "b", "patience": "a secret, expected by nobody" }),
                "message.patience: expected u32",
            ),
            (
                json!({ "body": "b", "deliver_at": "secret" }),
                "message.deliver_at: has a value that is not accepted",
            ),
        ];
        for (message, expected) in cases {
            assert_eq!(refusal(&message), expected);
        }
    }

    #[test]
    fn unknown_words_are_answered_with_the_known_ones() {
        let refused = refusal(&json!({ "body": "b", "priority": "secret" }));
        assert_eq!(
            refused,
            "message.priority: expected one of `min`, `low`, `default`, `high`, `urgent`"
        );
        let refused = refusal(&json!({ "bodi": "secret" }));
        assert!(
            refused.starts_with("message.bodi: unknown field `bodi`, expected one of `body`"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_no_json_is_placed() {
        let refused = decode::<PersistRequest>(b"{\"message\": secret}")
            .unwrap_err()
            .error_message;
        assert_eq!(refused, "message: is no JSON (line 1, column 13)");
        let refused = decode::<u32>(b"1 2").unwrap_err().error_message;
        assert_eq!(refused, "input: is followed by something else");
    }
}
