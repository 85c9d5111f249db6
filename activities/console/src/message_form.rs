//! The fields that say what a message is, in forms that send one and in forms that schedule one.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::json_api::Problem;

/// The priorities, as ntfy calls them.
pub(crate) const PRIORITIES: [&str; 5] = ["min", "low", "default", "high", "urgent"];

/// The fields as they were typed, and what is wrong with them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MessageForm {
    pub(crate) body: String,
    pub(crate) title: String,
    pub(crate) topic: String,
    pub(crate) priority: String,
    pub(crate) tags: String,
    pub(crate) click: String,
    pub(crate) markdown: Option<String>,
    pub(crate) patience: String,
    /// The API's refusal of the last attempt.
    #[serde(skip)]
    pub(crate) problem: Option<Problem>,
    /// What stands before the names of these fields in a refusal.
    #[serde(skip)]
    pub(crate) prefix: &'static str,
}

impl MessageForm {
    /// The fields of a message as the API shows it.
    pub(crate) fn of(message: &Value) -> Self {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let tags = message["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        Self {
            body: text("body"),
            title: text("title"),
            topic: text("topic"),
            priority: text("priority"),
            tags: tags.collect::<Vec<_>>().join(", "),
            click: text("click"),
            markdown: message["markdown"]
                .as_bool()
                .filter(|flag| *flag)
                .map(|_| "1".to_owned()),
            patience: message["patience"]
                .as_u64()
                .map(|seconds| seconds.to_string())
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What is wrong with a field, for its place in the form.
    pub(crate) fn wrong(&self, field: &str) -> Option<&str> {
        self.problem.as_ref()?.of(&format!("{}{field}", self.prefix))
    }

    /// The message for the API: what was left empty is left out.
    pub(crate) fn message(&self) -> Value {
        let mut message = json!({ "body": self.body.replace("\r\n", "\n") });
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                message[name] = value;
            }
        };
        set("title", given(&self.title));
        set("topic", given(&self.topic));
        set("priority", given(&self.priority));
        set("click", given(&self.click));
        set("patience", given(&self.patience));
        set("markdown", self.markdown.as_ref().map(|_| json!(true)));
        let tags: Vec<&str> = self
            .tags
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .collect();
        set("tags", (!tags.is_empty()).then(|| json!(tags)));
        message
    }
}

/// A text that is not empty.
pub(crate) fn given(text: &str) -> Option<Value> {
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| json!(text))
}

/// A time of a `datetime-local` field, which has no offset and may have no seconds: UTC, unless a script has said which one it
/// is.
pub(crate) fn exact(local: &str, exact: &str) -> Option<Value> {
    let (local, exact) = (local.trim(), exact.trim());
    if local.is_empty() {
        return None;
    }
    if !exact.is_empty() {
        return Some(json!(exact));
    }
    let parsed = local.parse::<jiff::civil::DateTime>();
    Some(parsed.map_or_else(|_| json!(local), |local| json!(format!("{local}Z"))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MessageForm, exact};

    #[test]
    fn what_was_left_empty_is_left_out() {
        let form = MessageForm {
            body: "a\r\nb".into(),
            tags: " x , ,y".into(),
            ..MessageForm::default()
        };
        assert_eq!(form.message(), json!({ "body": "a\nb", "tags": ["x", "y"] }));
    }

    #[test]
    fn a_message_that_is_shown_and_sent_again_is_the_same() {
        let message = json!({ "body": "b", "title": "t", "topic": "o", "priority": "low", "click": "https://a.example",
            "patience": "60", "markdown": true, "tags": ["x", "y"] });
        let mut shown = message.clone();
        shown["patience"] = json!(60);
        assert_eq!(MessageForm::of(&shown).message(), message);
    }

    #[test]
    fn a_time_without_zone_is_utc_and_a_script_may_know_better() {
        assert_eq!(exact("2030-01-31T09:30", ""), Some(json!("2030-01-31T09:30:00Z")));
        assert_eq!(
            exact("2030-01-31T09:30", "2030-01-31T08:30:00.000Z"),
            Some(json!("2030-01-31T08:30:00.000Z"))
        );
        assert_eq!(exact("tomorrow", ""), Some(json!("tomorrow")));
        assert_eq!(exact("", "2030-01-31T08:30:00.000Z"), None);
    }
}
