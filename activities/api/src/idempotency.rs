//! One request, one message: ids from keys, and the hash that tells a repetition from a mistake.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::http::HeaderMap;
use contracts::Message;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::new_message::key;
use crate::{FieldError, Problem, ProblemKind};

/// The request header. Source: draft-ietf-httpapi-idempotency-key-header.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// What of a message its sender asked for. Times are not among it: whoever repeats `--in 10s` asks for the same thing.
const ASKED_FOR: [&str; 9] = [
    "body",
    "title",
    "topic",
    "priority",
    "tags",
    "click",
    "markdown",
    "patience",
    "message_type",
];

/// The key of a request: the header's or the body's; both are allowed when they agree.
pub(crate) fn of_request(headers: &HeaderMap, dedup_key: Option<String>) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(dedup_key);
    };
    let wrong = |detail| Problem::field(ProblemKind::InvalidHeader, FieldError::new(HEADER, detail));
    // The draft writes the key as a quoted string of RFC 8941; most clients write it bare.
    let text = value.to_str().unwrap_or_default();
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let header = key(&Value::from(quoted.unwrap_or(text))).map_err(wrong)?;
    match dedup_key {
        Some(field) if field != header => {
            let error = FieldError::new("dedup_key", "differs from the header Idempotency-Key: send one of them");
            Err(Problem::field(ProblemKind::InvalidFields, error))
        }
        _ => Ok(Some(header)),
    }
}

/// The id of the message that `subject` sends under `key`: a UUID of version 8 (RFC 9562, section 5.8) of SHA-256 over both, each
/// preceded by its length, so that two people's equal keys never meet.
pub(crate) fn message_id(subject: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["message", subject, key] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Uuid::new_v8(bytes).to_string()
}

/// SHA-256 in hexadecimal over what was asked for, names sorted. It keeps the text itself out of sight.
pub(crate) fn request_hash(message: &Message) -> String {
    let document = serde_json::to_value(message).unwrap_or_default();
    let asked: BTreeMap<&str, &Value> = ASKED_FOR
        .iter()
        .filter_map(|name| Some((*name, document.get(*name).filter(|value| !value.is_null())?)))
        .collect();
    let digest = Sha256::digest(serde_json::to_vec(&asked).unwrap_or_default());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
