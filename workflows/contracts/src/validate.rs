//! The rules of a message, once: the CLI, the API and `persist-message` all call them.
//!
//! A rule that JSON's types already hold (a priority is one of five words) stands in the types and not here. A reason
//! says what is wrong and what would be right, and never quotes a person's text.

use jiff::{SignedDuration, Timestamp};

use crate::{Delivery, Message, limits};

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field, as the sender writes it.
    pub field: &'static str,
    /// What is wrong and what would be right, in one line without the message's text.
    pub reason: String,
}

/// Checks a message at an entrance: what may be sent, asked for at `now`. Returns every broken rule, not only the first.
///
/// `deliver_at` may lie [`limits::PAST_SECONDS`] in the past, because clocks differ and requests take time: such a
/// message is delivered at once.
pub fn validate(message: &Message, now: Timestamp) -> Result<(), Vec<FieldError>> {
    finish(broken_rules(message, now).chain(is_late(message, now)))
}

/// The one rule that a message breaks by waiting: a request that was right is wrong when it is repeated later. An entrance
/// that knows repetitions looks for the first request before it says so.
pub fn is_late(message: &Message, now: Timestamp) -> Option<FieldError> {
    let earliest = now - SignedDuration::from_secs(limits::PAST_SECONDS);
    message.deliver_at.filter(|at| *at < earliest).map(|_| {
        error(
            "deliver_at",
            "lies in the past: name a time ahead, or leave it out to deliver at once",
        )
    })
}

/// Checks a message whose execution has started. A `deliver_at` in the past is no fault any more: the execution may have
/// waited in a queue or be a redrive, and the message is delivered at once.
pub fn validate_started(message: &Message, now: Timestamp) -> Result<(), Vec<FieldError>> {
    finish(broken_rules(message, now))
}

/// Checks what goes to ntfy in one delivery, whichever workflow asks for it: ntfy itself would refuse it late, or change
/// it silently. How long the text may be is not checked: the delivery cuts it.
pub fn validate_delivery(delivery: &Delivery) -> Result<(), Vec<FieldError>> {
    let checks = [
        not_blank(&delivery.body),
        optional(delivery.title.as_deref(), title),
        optional(delivery.topic.as_deref(), validate_topic),
        optional(delivery.tags.as_deref(), tags),
        optional(delivery.click.as_deref(), click),
    ];
    finish(checks.into_iter().filter_map(Result::err))
}

/// Whether `topic` can be published to: ntfy's pattern, without the names that its web server keeps for itself.
/// Source: `topicRegex` and `disallowedTopics` of ntfy 2.27.
pub fn validate_topic(topic: &str) -> Result<(), FieldError> {
    if !is_name(topic) {
        return Err(error("topic", "must be 1 to 64 of the characters A-Z a-z 0-9 - _"));
    }
    if RESERVED_TOPICS.contains(&topic) {
        return Err(error("topic", "is a name that ntfy keeps for itself: choose another"));
    }
    Ok(())
}

const RESERVED_TOPICS: [&str; 10] = [
    "docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1",
];

/// What a click may open. ntfy does not check it, and a `javascript:` link would run in its web app.
/// Source: <https://docs.ntfy.sh/publish/#click-action>.
const CLICK_SCHEMES: [&str; 8] = ["http", "https", "mailto", "tel", "sms", "geo", "ntfy", "ntfys"];

fn finish(broken: impl Iterator<Item = FieldError>) -> Result<(), Vec<FieldError>> {
    let broken: Vec<_> = broken.collect();
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

fn broken_rules(message: &Message, now: Timestamp) -> impl Iterator<Item = FieldError> {
    let checks = [
        body(message),
        optional(message.message_id.as_deref(), |id| named("message_id", id)),
        optional(message.title.as_deref(), title),
        optional(message.topic.as_deref(), validate_topic),
        tags(&message.tags),
        optional(message.click.as_deref(), click),
        optional(message.deliver_at, |at| not_too_far(at, now)),
        patience(message.patience),
        optional(message.owner.as_deref(), |text| label("owner", text)),
        optional(message.correlation_id.as_deref(), |text| label("correlation_id", text)),
        optional(message.request_hash.as_deref(), |text| label("request_hash", text)),
        optional(message.schedule_arn.as_deref(), |text| label("schedule_arn", text)),
        optional(message.scheduled_time.as_deref(), |text| label("scheduled_time", text)),
    ];
    checks.into_iter().filter_map(Result::err)
}

fn optional<T>(value: Option<T>, check: impl FnOnce(T) -> Result<(), FieldError>) -> Result<(), FieldError> {
    value.map_or(Ok(()), check)
}

fn body(message: &Message) -> Result<(), FieldError> {
    not_blank(&message.body)?;
    let bytes = message.body.len();
    if bytes > limits::BODY_BYTES {
        return Err(error(
            "body",
            format!("has {bytes} bytes of UTF-8, at most {} are taken", limits::BODY_BYTES),
        ));
    }
    // Quotes and control characters grow in JSON, up to six times: what has to fit into the workflow is the JSON.
    let json = serde_json::to_vec(message).map_or(0, |json| json.len());
    if json > limits::REQUEST_BYTES {
        let most = limits::REQUEST_BYTES;
        return Err(error(
            "body",
            format!("makes a message of {json} bytes as JSON, at most {most} are taken"),
        ));
    }
    Ok(())
}

/// ntfy trims white space, and since 2.16 drops NUL as well.
fn not_blank(body: &str) -> Result<(), FieldError> {
    if body.chars().all(|c| c.is_whitespace() || c == '\0') {
        return Err(error("body", "is blank: ntfy would show \"triggered\" instead"));
    }
    Ok(())
}

fn title(title: &str) -> Result<(), FieldError> {
    let characters = title.chars().count();
    if characters > limits::TITLE_CHARS {
        let most = limits::TITLE_CHARS;
        return Err(error(
            "title",
            format!("has {characters} characters, at most {most} are taken"),
        ));
    }
    Ok(())
}

fn tags(tags: &[String]) -> Result<(), FieldError> {
    if tags.len() > limits::TAGS {
        return Err(error(
            "tags",
            format!("are {}, at most {} are taken", tags.len(), limits::TAGS),
        ));
    }
    let wrong = |tag: &String| {
        tag.trim().is_empty()
            || tag.chars().count() > limits::TAG_CHARS
            || tag.contains(|c: char| c == ',' || c.is_control())
    };
    if let Some(place) = tags.iter().position(wrong) {
        let reason = format!(
            "number {} must be 1 to {} characters, not blank, without commas and control characters",
            place + 1,
            limits::TAG_CHARS
        );
        return Err(error("tags", reason));
    }
    Ok(())
}

fn click(click: &str) -> Result<(), FieldError> {
    if click.len() > limits::CLICK_BYTES {
        return Err(error(
            "click",
            format!("has {} bytes, at most {} are taken", click.len(), limits::CLICK_BYTES),
        ));
    }
    if click.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(error(
            "click",
            "contains white space or control characters: encode them as %20 and the like",
        ));
    }
    let (scheme, rest) = click.split_once(':').unwrap_or_default();
    if !CLICK_SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(error(
            "click",
            format!("must be a URL that begins with one of {}", CLICK_SCHEMES.join(", ")),
        ));
    }
    if !has_target(scheme, rest) {
        return Err(error(
            "click",
            "names no address behind its scheme, as https://example.com/page does",
        ));
    }
    Ok(())
}

/// Whether there is something behind the scheme; web addresses need a host (RFC 3986, section 3.2).
fn has_target(scheme: &str, rest: &str) -> bool {
    if !scheme.to_ascii_lowercase().starts_with("http") {
        return !rest.trim_start_matches('/').is_empty();
    }
    let authority = rest
        .strip_prefix("//")
        .map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let host = authority.map(|authority| authority.rsplit('@').next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && !host.starts_with(':'))
}

fn not_too_far(at: Timestamp, now: Timestamp) -> Result<(), FieldError> {
    if at > now + SignedDuration::from_hours(24 * limits::DELIVER_AT_DAYS) {
        return Err(error(
            "deliver_at",
            format!("lies more than {} days ahead", limits::DELIVER_AT_DAYS),
        ));
    }
    Ok(())
}

fn patience(seconds: u32) -> Result<(), FieldError> {
    if seconds > limits::PATIENCE {
        return Err(error(
            "patience",
            format!("is {seconds} s, at most {} (a week) are taken", limits::PATIENCE),
        ));
    }
    Ok(())
}

/// The message's id names its execution, its redrives (`{id}-r{n}`, at most 80 characters) and its `sequence_id`.
fn named(field: &'static str, text: &str) -> Result<(), FieldError> {
    if is_name(text) {
        Ok(())
    } else {
        Err(error(field, "must be 1 to 64 of the characters A-Z a-z 0-9 - _"))
    }
}

/// Labels stand in log lines and index keys.
fn label(field: &'static str, text: &str) -> Result<(), FieldError> {
    if text.is_empty() || text.len() > limits::LABEL_BYTES || text.contains(char::is_control) {
        let most = limits::LABEL_BYTES;
        return Err(error(
            field,
            format!("must be 1 to {most} bytes without control characters"),
        ));
    }
    Ok(())
}

pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn error(field: &'static str, reason: impl Into<String>) -> FieldError {
    FieldError {
        field,
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
