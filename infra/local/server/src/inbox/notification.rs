//! A notification in ntfy's shape.

use serde::Serialize;

/// What a publisher gets back and a subscriber reads. Source: <https://docs.ntfy.sh/subscribe/api/#json-message-format>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Notification {
    /// 12 letters and digits, given by the inbox.
    pub(super) id: String,
    /// The publisher's own name for it; not a key: the same one may come twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sequence_id: Option<String>,
    /// When it was accepted, in seconds since 1970.
    pub(super) time: i64,
    /// When ntfy would forget it, in seconds since 1970; the inbox keeps what its bound allows.
    pub(super) expires: i64,
    /// Always `message`; ntfy's streams know other events besides.
    pub(super) event: &'static str,
    /// The topic.
    pub(super) topic: String,
    /// The heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    /// The text.
    pub(super) message: String,
    /// 1 to 5; ntfy's default, 3, when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<u8>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    /// The URL that opens on a click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) click: Option<String>,
    /// `text/markdown` if it is Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
}
