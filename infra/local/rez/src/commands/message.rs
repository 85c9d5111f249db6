//! `rez message`.

use serde_json::Value;

use crate::arguments::MessageArgs;
use crate::failure::Failure;
use crate::output::{self, harmless};
use crate::session::Session;

/// Shows one message.
pub(crate) async fn run(session: &Session, arguments: &MessageArgs) -> Result<(), Failure> {
    let message = session.client.message(&arguments.id).await?;
    if arguments.json {
        return output::json(&message);
    }
    for (name, value) in message
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "body")
    {
        for (name, text) in rows(name, value) {
            output::line(format_args!("{name:<22} {text}"))?;
        }
    }
    output::line("")?;
    output::line(harmless(output::word(&message, "/body")))
}

/// One row for a value, or one for each of its members.
fn rows(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(member, value)| rows(&format!("{name}.{member}"), value))
            .collect(),
        value => shown(value).map(|text| (name.to_owned(), text)).into_iter().collect(),
    }
}

/// A value in one line; `None` for what says nothing.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Array(list) if list.is_empty() => None,
        Value::String(text) => Some(harmless(&output::time(text))),
        Value::Array(list) => Some(list.iter().filter_map(shown).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}
