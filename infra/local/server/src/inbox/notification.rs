//! A notification in ntfy's shape.

use serde::{Deserialize, Serialize};

/// What a publisher gets back and a subscriber reads. Source: <https://docs.ntfy.sh/subscribe/api/#json-message-format>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// 12 letters and digits, given by the inbox.
    pub id: String,
    /// The publisher's own name for it; not a key: the same one may come twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_id: Option<String>,
    /// When it was accepted, in seconds since 1970.
    pub time: i64,
    /// When ntfy would forget it, in seconds since 1970; the inbox keeps what its bound allows.
    pub expires: i64,
    /// Always [`Event::Message`].
    pub event: Event,
    /// The topic.
    pub topic: String,
    /// The heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text.
    pub message: String,
    /// 1 to 5; ntfy's default, 3, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The URL that opens on a click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click: Option<String>,
    /// `text/markdown` if it is Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// The events that an inbox holds; ntfy's streams know others besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A notification.
    Message,
}
