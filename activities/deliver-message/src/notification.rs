//! From a delivery to the JSON document that ntfy takes, checked before anything is sent.

use contracts::{DeliverError, Delivery, FieldError, validate_delivery};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cut::cut;

/// The most bytes of JSON that ntfy takes in a publish request: 8,192 are 413/41303 already, seen on 2.11 and 2.27.
pub const REQUEST_BYTES: usize = 8_191;

/// The least room that must be left for the text, in bytes of JSON: below it the other fields are refused, because a
/// notification without its text would be delivered and say nothing.
const LEAST_TEXT_BYTES: usize = 256;

/// A publish request: topic, `sequence_id`, and the body that carries both.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// The topic.
    pub topic: String,
    /// What ntfy is to call this message, at every attempt the same.
    pub sequence_id: String,
    /// The request's body: JSON in raw UTF-8, at most [`REQUEST_BYTES`].
    pub json: String,
    /// Whether the text was cut.
    pub truncated: bool,
}

/// The fields of <https://docs.ntfy.sh/publish/#publish-as-json> that a delivery can fill.
#[derive(Serialize)]
struct Document<'a> {
    topic: &'a str,
    sequence_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    markdown: bool,
    #[serde(skip_serializing_if = "<[Button<'_>]>::is_empty")]
    actions: &'a [Button<'a>],
    message: &'a str,
}

/// A button. Source: <https://docs.ntfy.sh/publish/#action-buttons>.
#[derive(Serialize)]
struct Button<'a> {
    #[serde(rename = "action")]
    kind: &'static str,
    label: &'static str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    /// Whether the notification goes away once it is done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    clear: bool,
}

/// One tap acknowledges; where the app cannot send by itself, the page behind the link does.
fn buttons(acknowledge: &str) -> [Button<'_>; 2] {
    let button = |kind, label, method: Option<_>| Button {
        kind,
        label,
        url: acknowledge,
        clear: method.is_some(),
        method,
    };
    [
        button("http", "Acknowledge", Some("POST")),
        button("view", "Open", None),
    ]
}

impl Notification {
    /// Checks a delivery and writes it down, its text cut to `message_bytes` bytes of UTF-8.
    ///
    /// Where the whole request would exceed [`REQUEST_BYTES`] (a text of quotes or control characters grows when it is
    /// escaped), it is again the text that gives way: half a link is no link and half a tag is another tag. Fields
    /// that leave the text no room at all are [`DeliverError::Rejected`], as is what [`validate_delivery`] names.
    ///
    /// `acknowledge` is the link by which it is acknowledged: with one, there are buttons for it.
    pub fn new(
        delivery: &Delivery,
        default_topic: &str,
        message_bytes: usize,
        acknowledge: Option<&str>,
    ) -> Result<Self, DeliverError> {
        validate_delivery(delivery).map_err(|broken| rejected(listed(&broken)))?;
        let topic = delivery.topic.as_deref().unwrap_or(default_topic);
        let sequence_id = sequence_id(&delivery.message_id);
        let buttons = acknowledge.map(buttons);
        let mut document = Document {
            topic,
            sequence_id: &sequence_id,
            title: delivery.title.as_deref().filter(|title| !title.trim().is_empty()),
            priority: delivery.priority.map(contracts::Priority::number),
            tags: delivery.tags.as_deref().unwrap_or_default(),
            click: delivery.click.as_deref(),
            markdown: delivery.markdown.unwrap_or(false),
            actions: buttons.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default(),
            message: "",
        };
        let room = REQUEST_BYTES.saturating_sub(written(&document).len());
        if room < LEAST_TEXT_BYTES {
            return Err(rejected("title, tags and click leave no room for the text"));
        }
        let (text, truncated) = cut(&delivery.body, message_bytes, room);
        document.message = &text;
        let json = written(&document);
        Ok(Self {
            topic: topic.to_owned(),
            json,
            truncated,
            sequence_id,
        })
    }
}

/// The body is somebody's text: only its length is shown.
impl std::fmt::Debug for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Notification({} to {}, {} bytes)",
            self.sequence_id,
            self.topic,
            self.json.len()
        )
    }
}

fn written(document: &Document<'_>) -> String {
    serde_json::to_string(document).expect("strings, numbers and lists of them are always JSON")
}

/// ntfy's pattern for topics and sequence ids: `^[-_A-Za-z0-9]{1,64}$`.
fn fits_ntfy(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The message's id where ntfy takes it, else its SHA-256 in hexadecimal (64 digits), which keeps different ids
/// different.
pub fn sequence_id(message_id: &str) -> String {
    if fits_ntfy(message_id) {
        return message_id.to_owned();
    }
    format!("{:x}", Sha256::digest(message_id))
}

fn listed(broken: &[FieldError]) -> String {
    broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn rejected(reason: impl Into<String>) -> DeliverError {
    DeliverError::Rejected { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use contracts::Priority;
    use serde_json::{Value, json};

    use super::*;

    fn delivery(overrides: &Value) -> Delivery {
        let mut input = json!({
            "message_id": "m-1", "body": "hello", "attempt": 0, "round": 0, "redrive": 0,
            "since": "2026-11-25T08:00:00Z",
        });
        for (key, value) in overrides.as_object().unwrap() {
            input[key] = value.clone();
        }
        serde_json::from_value(input).unwrap()
    }

    fn written(overrides: &Value) -> Value {
        let notification = Notification::new(&delivery(overrides), "rez", 4_095, None).unwrap();
        serde_json::from_str(&notification.json).unwrap()
    }

    fn refused(overrides: &Value) -> String {
        match Notification::new(&delivery(overrides), "rez", 4_095, None) {
            Err(DeliverError::Rejected { reason }) => reason,
            other => panic!("expected a rejection, got {other:?}"),
        }
    }

    /// Source: <https://docs.ntfy.sh/publish/#send-http-request> and `#open-websiteapp`.
    #[test]
    fn a_message_that_is_to_be_acknowledged_has_buttons_for_it() {
        let link = "https://rez.example.org/ack/m.1.code";
        let notification = Notification::new(&delivery(&json!({})), "rez", 4_095, Some(link)).unwrap();
        let json: Value = serde_json::from_str(&notification.json).unwrap();
        assert_eq!(
            json["actions"],
            json!([
                { "action": "http", "label": "Acknowledge", "url": link, "method": "POST", "clear": true },
                { "action": "view", "label": "Open", "url": link },
            ])
        );
        let quotes = "\"".repeat(8_000);
        let full = Notification::new(&delivery(&json!({ "body": quotes })), "rez", 4_095, Some(link)).unwrap();
        assert!(full.truncated && full.json.len() <= REQUEST_BYTES && full.json.contains(link));
        let plain = Notification::new(&delivery(&json!({})), "rez", 4_095, None).unwrap();
        assert!(!plain.json.contains("actions"));
    }

    #[test]
    fn the_least_delivery_carries_nothing_but_what_is_needed() {
        assert_eq!(
            written(&json!({})),
            json!({"topic": "rez", "sequence_id": "m-1", "message": "hello"})
        );
    }

    #[test]
    fn every_field_arrives() {
        let fields = json!({
            "title": "Zürich", "topic": "alerts", "priority": Priority::Urgent, "tags": ["warning"],
            "click": "geo:47.37,8.54", "markdown": true,
        });
        assert_eq!(
            written(&fields),
            json!({
                "topic": "alerts", "sequence_id": "m-1", "title": "Zürich", "priority": 5, "tags": ["warning"],
                "click": "geo:47.37,8.54", "markdown": true, "message": "hello",
            })
        );
    }

    #[test]
    fn text_stays_raw_utf8() {
        let notification = Notification::new(&delivery(&json!({"body": "Grüße 🦀"})), "rez", 4_095, None).unwrap();
        assert!(
            notification.json.contains("Grüße 🦀"),
            "not escaped: {}",
            notification.json
        );
    }

    #[test]
    fn what_ntfy_would_refuse_or_change_is_refused_before() {
        let click = format!("https://x/{}", "\"".repeat(2_000));
        for (overrides, reason) in [
            (json!({"body": " \n\u{85}\u{a0}\0"}), "body: is blank"),
            (json!({"topic": "two words"}), "topic: "),
            (json!({"topic": "docs"}), "topic: "),
            (json!({"tags": ["a,b"]}), "tags: "),
            (json!({"click": "javascript:alert(1)"}), "click: "),
            (
                json!({"title": "\u{1}".repeat(250), "tags": vec!["🦀".repeat(64); 10], "click": click}),
                "no room",
            ),
        ] {
            let said = refused(&overrides);
            assert!(said.contains(reason), "{overrides}: {said}");
        }
    }

    #[test]
    fn the_text_gives_way_when_the_request_grows_too_long() {
        let long =
            delivery(&json!({"body": "\u{1}".repeat(4_000), "click": format!("https://x/{}", "y".repeat(2_000))}));
        let notification = Notification::new(&long, "rez", 4_095, None).unwrap();
        assert!(notification.truncated);
        assert!(
            (REQUEST_BYTES - 6..=REQUEST_BYTES).contains(&notification.json.len()),
            "{notification:?}"
        );
        let document: Value = serde_json::from_str(&notification.json).unwrap();
        assert_eq!(document["click"].as_str(), long.click.as_deref());
    }

    #[test]
    fn ids_that_ntfy_does_not_take_are_hashed() {
        assert_eq!(sequence_id("0199-a_B"), "0199-a_B");
        assert_eq!(sequence_id("a.b").len(), 64);
        assert_ne!(sequence_id("a.b"), sequence_id("a:b"));
        assert!(fits_ntfy(&sequence_id(&"x".repeat(80))));
    }

    #[test]
    fn debug_shows_no_text() {
        let notification = Notification::new(&delivery(&json!({"body": "secret text"})), "rez", 4_095, None).unwrap();
        assert!(!format!("{notification:?}").contains("secret text"));
    }
}
