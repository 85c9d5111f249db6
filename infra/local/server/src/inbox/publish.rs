//! Publishing: the body of a request becomes a notification, by ntfy's rules.

use rand::Rng;
use rand::distr::Alphanumeric;
use serde::Deserialize;

use super::notification::Notification;
use super::refusal::Refusal;

/// The longest body in bytes: ntfy takes twice its message limit.
pub(super) const BODY_BYTES: usize = 8_192;

/// From this many bytes on ntfy makes a text an attachment.
const ATTACHMENT_BYTES: usize = 4_096;

/// How long ntfy keeps a notification by default, in seconds.
const KEPT_FOR: i64 = 12 * 60 * 60;

/// Names that ntfy's web server keeps for itself.
const RESERVED: [&str; 10] = [
    "docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1",
];

/// The fields that are read. ntfy ignores unknown ones; those that would change what happens and are not built here are
/// refused instead.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Publish {
    topic: Option<String>,
    message: Option<String>,
    title: Option<String>,
    priority: Option<i64>,
    tags: Option<Vec<String>>,
    click: Option<String>,
    markdown: Option<bool>,
    sequence_id: Option<String>,
    attach: Option<serde_json::Value>,
    actions: Option<serde_json::Value>,
    delay: Option<serde_json::Value>,
    email: Option<serde_json::Value>,
    call: Option<serde_json::Value>,
}

impl Publish {
    fn asks_for_more(&self) -> bool {
        [&self.attach, &self.actions, &self.delay, &self.email, &self.call]
            .into_iter()
            .any(Option::is_some)
    }
}

/// Reads a body of at most [`BODY_BYTES`]; `now` is in seconds since 1970.
pub(super) fn notification(body: &[u8], now: i64) -> Result<Notification, Refusal> {
    let publish = parsed(body)?;
    let topic = publish.topic.clone().unwrap_or_default();
    if !is_name(&topic) {
        return Err(Refusal::TopicInvalid);
    }
    if RESERVED.contains(&topic.as_str()) {
        return Err(Refusal::TopicDisallowed);
    }
    if publish.asks_for_more() {
        return Err(Refusal::NotSupported);
    }
    if publish.sequence_id.as_deref().is_some_and(|id| !is_name(id)) {
        return Err(Refusal::SequenceIdInvalid);
    }
    Ok(Notification {
        id: random_id(),
        sequence_id: publish.sequence_id,
        time: now,
        expires: now + KEPT_FOR,
        event: "message",
        topic,
        title: parameter(publish.title),
        message: text(publish.message)?,
        priority: priority(publish.priority)?,
        tags: tags(&publish.tags.unwrap_or_default()),
        click: parameter(publish.click),
        content_type: publish.markdown.unwrap_or_default().then(|| "text/markdown".to_owned()),
    })
}

/// As Go's decoder reads it: bad UTF-8 becomes U+FFFD, `null` is an empty object, what follows the first value is not
/// looked at.
fn parsed(body: &[u8]) -> Result<Publish, Refusal> {
    let text = String::from_utf8_lossy(body);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Option<Publish>>();
    match values.next() {
        Some(Ok(publish)) => Ok(publish.unwrap_or_default()),
        _ => Err(Refusal::JsonInvalid),
    }
}

/// ntfy trims texts, and shows "triggered" for an empty one.
fn text(message: Option<String>) -> Result<String, Refusal> {
    let message = parameter(message).unwrap_or_else(|| "triggered".to_owned());
    if message.len() >= ATTACHMENT_BYTES {
        Err(Refusal::AttachmentsDisallowed)
    } else {
        Ok(message)
    }
}

/// A text without the white space around it and without NUL; `None` if nothing is left.
fn parameter(value: Option<String>) -> Option<String> {
    let value = value?.replace('\0', "");
    let trimmed = value.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// 0 stands for the default.
fn priority(number: Option<i64>) -> Result<Option<u8>, Refusal> {
    match number {
        None | Some(0) => Ok(None),
        Some(number) if (1..=5).contains(&number) => Ok(u8::try_from(number).ok()),
        Some(_) => Err(Refusal::PriorityInvalid),
    }
}

/// A comma separates tags even within one.
fn tags(tags: &[String]) -> Vec<String> {
    tags.iter()
        .flat_map(|tag| tag.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `^[-_A-Za-z0-9]{1,64}$`, for topics and sequence ids.
pub(super) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

fn random_id() -> String {
    rand::rng().sample_iter(Alphanumeric).take(12).map(char::from).collect()
}
