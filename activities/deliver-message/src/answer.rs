//! What an answer of ntfy, or of whatever stands before it, means.
//!
//! Classified by ntfy's own `code`, then by the HTTP status, never by text. The codes are those of
//! <https://github.com/binwiederhier/ntfy/blob/main/server/errors.go>, observed on 2.11 and 2.27.

use std::ops::RangeInclusive;

use contracts::DeliverError;
use jiff::Timestamp;
use serde::Deserialize;

use crate::retry_after;

/// What an answer other than a delivery means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// ntfy will never take this message.
    Rejected,
    /// No message can be delivered until a person mends something.
    Misconfigured,
    /// ntfy asks to wait.
    RateLimited(Wait),
    /// Nothing was sent, or nothing was taken.
    Unavailable,
    /// ntfy may have taken it.
    Ambiguous,
}

/// How long a limit of ntfy lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// This many seconds, and longer if the header says so.
    AtLeast(u32),
    /// As long as the header says, else this many seconds.
    AsAsked(u32),
    /// Until ntfy counts a new day.
    UntilMidnightUtc,
}

use Class::{Ambiguous, Misconfigured, RateLimited, Rejected, Unavailable};
use Wait::{AsAsked, AtLeast, UntilMidnightUtc};

/// ntfy's codes that say more than the status they come with.
pub const CODES: &[(u32, Class, &str)] = &[
    (
        40101,
        Misconfigured,
        "the token or password is wrong, even for a public topic",
    ),
    (40301, Misconfigured, "the user may not write to the topic"),
    (40401, Misconfigured, "the base URL has a path that is not ntfy's"),
    (
        42901,
        RateLimited(AtLeast(5)),
        "requests: one more every 5 s by default",
    ),
    (
        42903,
        RateLimited(AtLeast(5)),
        "subscriptions: looks for earlier attempts are some",
    ),
    (42904, RateLimited(AtLeast(600)), "topics on the server"),
    (42908, RateLimited(UntilMidnightUtc), "messages a day"),
    (
        42909,
        Misconfigured,
        "bad sign-ins: one bad token locks out good ones from the same address",
    ),
    (
        42911,
        RateLimited(AtLeast(60)),
        "new topics: one more every minute by default",
    ),
    (
        50001,
        Ambiguous,
        "internal error: seen after a subscriber had the message",
    ),
    (50002, Misconfigured, "internal error: invalid path"),
    (50003, Misconfigured, "the server's base-url is not configured"),
    (50701, Rejected, "the message exceeds what the server stores"),
];

/// HTTP statuses where the code says nothing (RFC 9110, section 15): the first row that contains the status.
pub const STATUSES: &[(RangeInclusive<u16>, Class, &str)] = &[
    (
        300..=399,
        Misconfigured,
        "redirects are never followed: a token must not travel on",
    ),
    (401..=401, Misconfigured, "credentials"),
    (403..=403, Misconfigured, "credentials"),
    (404..=404, Misconfigured, "the base URL is not ntfy's"),
    (408..=408, Unavailable, "the request did not arrive"),
    (
        429..=429,
        RateLimited(AsAsked(60)),
        "a limit of a proxy, or one of ntfy's that is not told apart",
    ),
    (400..=499, Rejected, "413, 431 and every other refusal"),
    (502..=503, Unavailable, "a proxy that does not reach ntfy"),
    (507..=507, Rejected, "the message exceeds what the server stores"),
    (500..=599, Ambiguous, "504 and every other failure"),
    (0..=u16::MAX, Misconfigured, "whatever answered is not ntfy"),
];

/// An answer, as far as it is read.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`, as it came.
    pub retry_after: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
    /// The token that was sent: a server that echoes it must not put it into a history.
    pub token: Option<&'a str>,
}

/// A message that ntfy has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Accepted {
    /// ntfy's id.
    pub id: String,
    /// `message`, or what else ntfy streams.
    pub event: String,
    /// The topic.
    pub topic: String,
    /// When ntfy took it, in seconds since 1970.
    pub time: i64,
    /// Our id, where the server knows of it (2.16 and later).
    #[serde(default)]
    pub sequence_id: Option<String>,
}

/// ntfy's error document.
#[derive(Deserialize)]
struct Refusal {
    code: u32,
    #[serde(default)]
    error: String,
}

/// Reads the answer to a publish request: delivered only if it is 200, JSON, with an id, of event `message` and of
/// the topic that was asked for.
pub fn read(answer: Answer<'_>, topic: &str, now: Timestamp) -> Result<Accepted, DeliverError> {
    if answer.status != 200 {
        return Err(refused(answer, now));
    }
    match serde_json::from_slice::<Accepted>(answer.body) {
        Ok(accepted) if !accepted.id.is_empty() && accepted.event == "message" && accepted.topic == topic => {
            Ok(accepted)
        }
        _ => Err(not_ntfys()),
    }
}

/// 200 and whatever else: a page of a proxy, or of another server at ntfy's address.
pub(crate) fn not_ntfys() -> DeliverError {
    DeliverError::Misconfigured {
        reason: "status 200, but the answer is not ntfy's".to_owned(),
    }
}

fn refused(answer: Answer<'_>, now: Timestamp) -> DeliverError {
    let refusal = serde_json::from_slice::<Refusal>(answer.body).ok();
    let reason = reason(answer, refusal.as_ref());
    match classify(answer.status, refusal.map(|refusal| refusal.code)) {
        Rejected => DeliverError::Rejected { reason },
        Misconfigured => DeliverError::Misconfigured { reason },
        Unavailable => DeliverError::Unavailable { reason },
        Ambiguous => DeliverError::Ambiguous { reason },
        RateLimited(wait) => DeliverError::RateLimited {
            retry_after: seconds(wait, answer.retry_after, now),
            // Whoever knows of earlier attempts says it.
            may_be_sent: false,
        },
    }
}

/// The class of an answer: by ntfy's code if it is listed, else by the status.
pub fn classify(status: u16, code: Option<u32>) -> Class {
    let by_code = code
        .and_then(|code| CODES.iter().find(|row| row.0 == code))
        .map(|row| row.1);
    let by_status = || {
        STATUSES
            .iter()
            .find(|row| row.0.contains(&status))
            .map_or(Misconfigured, |row| row.1)
    };
    by_code.unwrap_or_else(by_status)
}

fn seconds(wait: Wait, header: Option<&str>, now: Timestamp) -> u32 {
    let asked = header.and_then(|value| retry_after::parse(value, now));
    match wait {
        AtLeast(seconds) => seconds.max(asked.unwrap_or(0)),
        AsAsked(otherwise) => asked.unwrap_or(otherwise),
        UntilMidnightUtc => retry_after::until_midnight_utc(now).max(asked.unwrap_or(0)),
    }
}

/// The status, ntfy's code and its error; nothing of any other body.
fn reason(answer: Answer<'_>, refusal: Option<&Refusal>) -> String {
    let status = answer.status;
    let Some(Refusal { code, error }) = refusal else {
        return format!("status {status}");
    };
    let error = match answer.token {
        Some(token) => error.replace(token, "[token]"),
        None => error.clone(),
    };
    let remedy = match code {
        40101 => "; check NTFY_API_KEY",
        _ => "",
    };
    format!("status {status}, code {code}: {}{remedy}", one_line(&error))
}

/// At most 200 characters, without control characters: it ends up in histories and pages.
fn one_line(error: &str) -> String {
    error.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests;
