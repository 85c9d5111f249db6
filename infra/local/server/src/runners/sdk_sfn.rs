//! `aws-sdk:sfn:*`: every operation of this server's own wire API, called as the SDK behind Step Functions calls it.
//!
//! Source: Step Functions developer guide, "Learning to use AWS service SDK integrations"; recorded histories.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::nested::derived_name;
use super::{Answer, Call, TaskFailure};
use crate::wire;

/// Members that hold names of the caller's own, which no SDK respells.
const VERBATIM: [&str; 2] = ["assignedVariables", "variableReferences"];

/// Parameters that the API takes as text and that may be given as JSON.
const JSON_TEXTS: [&str; 3] = ["input", "output", "definition"];

/// Calls the operation whose name is `action` with its first letter in upper case.
pub(super) async fn call_operation(call: Call<'_>, action: &str) -> Result<Answer, TaskFailure> {
    let operation = respelled(action, char::to_ascii_uppercase);
    let mut parameters = in_wire_spelling(call.parameters()?);
    if operation == "StartExecution" {
        // A task that is repeated after a crash must not start a second execution.
        parameters.entry("name").or_insert_with(|| json!(derived_name(&call)));
    }
    let body = Value::Object(parameters).to_string();
    let answered = wire::perform(call.host, &operation, body.as_bytes()).await;
    let answer = answered.map_err(|error| refused(error.code(), error.message()))?;
    Ok(Answer::new(in_sdk_spelling(answer).to_string()))
}

fn in_wire_spelling(parameters: Map<String, Value>) -> Map<String, Value> {
    let members = parameters.into_iter().map(|(name, value)| {
        let name = respelled(&name, char::to_ascii_lowercase);
        let value = match value {
            Value::Object(_) | Value::Array(_) if JSON_TEXTS.contains(&name.as_str()) => {
                Value::String(value.to_string())
            }
            Value::Object(inner) => Value::Object(in_wire_spelling(inner)),
            Value::Array(items) => Value::Array(items.into_iter().map(item_in_wire_spelling).collect()),
            other => other,
        };
        (name, value)
    });
    members.collect()
}

fn item_in_wire_spelling(item: Value) -> Value {
    match item {
        Value::Object(inner) => Value::Object(in_wire_spelling(inner)),
        other => other,
    }
}

fn in_sdk_spelling(answer: Value) -> Value {
    match answer {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = if VERBATIM.contains(&name.as_str()) {
                    value
                } else {
                    date_of(&name, &value).unwrap_or_else(|| in_sdk_spelling(value))
                };
                (respelled(&name, char::to_ascii_uppercase), value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(in_sdk_spelling).collect(),
        other => other,
    }
}

/// A date as the SDK writes it: RFC 3339 with milliseconds, where the wire has seconds since the epoch.
fn date_of(name: &str, value: &Value) -> Option<Value> {
    let is_date = name.ends_with("Date") || name == "timestamp";
    let seconds = value.as_f64().filter(|_| is_date)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "out of range saturates and is no time then"
    )]
    let time = Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()?;
    Some(json!(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()))
}

/// A name with its first letter changed.
fn respelled(name: &str, change: impl Fn(&char) -> char) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| change(&letter));
    first.into_iter().chain(letters).collect()
}

/// The SDK's second version words errors of its own accord.
fn refused(code: &str, message: &str) -> TaskFailure {
    let exception = code.strip_suffix("Exception").unwrap_or(code);
    let request = uuid::Uuid::now_v7();
    TaskFailure::new(
        format!("Sfn.{exception}Exception"),
        format!("{message} (Service: Sfn, Status Code: 400, Request ID: {request}) (SDK Attempt Count: 1)"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{in_sdk_spelling, in_wire_spelling, refused};

    #[test]
    fn parameters_take_the_spelling_of_the_wire() {
        let parameters = json!({
            "StateMachineArn": "a", "Input": { "Key": [1] }, "Tags": [{ "Key": "k" }], "LoggingConfiguration": { "Level": "OFF" },
        });
        let wire = json!({
            "stateMachineArn": "a", "input": "{\"Key\":[1]}", "tags": [{ "key": "k" }], "loggingConfiguration": { "level": "OFF" },
        });
        assert_eq!(json!(in_wire_spelling(parameters.as_object().unwrap().clone())), wire);
    }

    #[test]
    fn answers_take_the_spelling_of_the_sdk() {
        let answer = json!({
            "executions": [{ "startDate": 1_764_036_000.123, "name": "n" }], "variableReferences": { "aState": ["x"] },
        });
        let sdk = json!({
            "Executions": [{ "StartDate": "2025-11-25T02:00:00.123Z", "Name": "n" }], "VariableReferences": { "aState": ["x"] },
        });
        assert_eq!(in_sdk_spelling(answer), sdk);
    }

    #[test]
    fn errors_are_named_once() {
        assert_eq!(refused("InvalidToken", "m").error, "Sfn.InvalidTokenException");
        assert_eq!(refused("ValidationException", "m").error, "Sfn.ValidationException");
    }
}
