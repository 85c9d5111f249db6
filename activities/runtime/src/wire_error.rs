//! An error as Lambda reports it and Step Functions reads it.

use contracts::activity_errors;
use expr::ActivityError;
use serde_json::Value;

use crate::{Failure, Infrastructure};

/// The longest `errorMessage`: Step Functions cuts `Cause`, and half a JSON document could not be parsed any more.
const MESSAGE_BYTES: usize = 4 * 1024;

/// An error on the wire: Lambda's `errorType` and `errorMessage`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {error_message}")]
pub struct WireError {
    /// A name that the contract declares or one of [`activity_errors`]; Step Functions' `Error`.
    pub error_type: &'static str,
    /// The variant's fields as a JSON object for a declared error, one line of text for any other; at most 4 KiB.
    pub error_message: String,
    /// Whether the contract declares it.
    pub declared: bool,
}

impl WireError {
    /// An error that no contract declares.
    pub fn undeclared(error_type: &'static str, detail: &str) -> Self {
        Self {
            error_type,
            error_message: cut(detail, MESSAGE_BYTES).to_owned(),
            declared: false,
        }
    }

    fn declared(error: &impl ActivityError) -> Self {
        match fitting(error.payload()) {
            Some(error_message) => Self {
                error_type: error.error_name(),
                error_message,
                declared: true,
            },
            None => Self::undeclared(activity_errors::FAILED, "the error's payload is no short JSON object"),
        }
    }
}

impl From<&Infrastructure> for WireError {
    fn from(failure: &Infrastructure) -> Self {
        Self::undeclared(failure.kind.error_name(), &failure.detail)
    }
}

impl<E: ActivityError> From<&Failure<E>> for WireError {
    fn from(failure: &Failure<E>) -> Self {
        match failure {
            Failure::Declared(error) => Self::declared(error),
            Failure::Infrastructure(failure) => failure.into(),
        }
    }
}

/// The payload, its longest texts shortened until it fits; `None` if it is no JSON object or cannot be made to fit.
fn fitting(payload: String) -> Option<String> {
    if payload.len() <= MESSAGE_BYTES {
        return Some(payload);
    }
    let Value::Object(mut fields) = serde_json::from_str(&payload).ok()? else {
        return None;
    };
    loop {
        let longest = fields
            .values_mut()
            .max_by_key(|value| value.as_str().map_or(0, str::len))?;
        let text = longest.as_str().filter(|text| text.len() > 1)?;
        *longest = cut(text, text.len() / 2).into();
        let shorter = serde_json::to_string(&fields).ok()?;
        if shorter.len() <= MESSAGE_BYTES {
            return Some(shorter);
        }
    }
}

/// At most `bytes` of the text, cut between characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use contracts::DeliverError;

    use super::*;

    #[test]
    fn a_declared_error_travels_as_its_name_and_its_fields() {
        let error = WireError::from(&Failure::Declared(DeliverError::RateLimited {
            retry_after: 5,
            may_be_sent: false,
        }));
        assert_eq!(error.error_type, "Delivery.RateLimited");
        assert_eq!(error.error_message, r#"{"retry_after":5,"may_be_sent":false}"#);
        assert!(error.declared);
    }

    #[test]
    fn a_long_payload_is_shortened_and_stays_json() {
        for reason in ["ü".repeat(10_000), "\"".repeat(10_000), "\u{1}".repeat(10_000)] {
            let error = WireError::from(&Failure::Declared(DeliverError::Rejected { reason }));
            assert!((1_000..=MESSAGE_BYTES).contains(&error.error_message.len()));
            let fields: Value = serde_json::from_str(&error.error_message).unwrap();
            assert!(fields["reason"].is_string());
        }
    }
}
