//! What a service of AWS has refused.

use std::fmt;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use web_api::ServiceError;

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What was to be done, as policies name it: `dynamodb:Query`.
    pub(crate) action: String,
    /// The code of the error, or what stands for it.
    pub(crate) code: String,
    /// What the service says.
    pub(crate) message: String,
}

/// What kind of refusal it is, as far as it decides what helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whoever asks may not.
    NotAllowed,
    /// There are no credentials that are good now.
    NotSignedIn,
    /// The signature is of another time: this machine's clock is wrong.
    Clock,
    /// What was asked for does not exist.
    NotThere,
    /// Too many requests.
    TooOften,
    /// Nobody has answered.
    Away,
    /// Something else.
    Other,
}

/// The code of a call that nobody has answered.
pub(crate) const UNANSWERED: &str = "no answer";

/// Parts of codes, and the statuses that stand for them where an answer has no code. Sources: the section "Common errors" of the
/// API references of each service, and the errors of operations.
const KINDS: [(Kind, &[&str]); 5] = [
    (
        Kind::NotAllowed,
        &["AccessDenied", "NotAuthorized", "Unauthorized", "403"],
    ),
    (
        Kind::NotSignedIn,
        &[
            "ExpiredToken",
            "InvalidClientTokenId",
            "UnrecognizedClient",
            "InvalidSignature",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "InvalidToken",
            "401",
        ],
    ),
    (
        Kind::NotThere,
        &[
            "ResourceNotFound",
            "NonExistentQueue",
            "QueueDoesNotExist",
            "StateMachineDoesNotExist",
            "404",
        ],
    ),
    (
        Kind::TooOften,
        &[
            "Throttl",
            "TooManyRequests",
            "RequestLimitExceeded",
            "ProvisionedThroughputExceeded",
        ],
    ),
    (Kind::Away, &[UNANSWERED, "ServiceUnavailable"]),
];

/// What tells of a clock that is wrong. `SignatureDoesNotMatch` and `InvalidSignatureException` say it in their messages alone.
/// Source: IAM User Guide, "Troubleshoot AWS Signature Version 4".
const CLOCK_CODES: [&str; 2] = ["RequestExpired", "RequestTimeTooSkewed"];
const CLOCK_WORDS: [&str; 2] = ["Signature expired", "Signature not yet current"];

impl Refusal {
    /// What the SDK could not do.
    pub(crate) fn of_sdk<E: ProvideErrorMetadata>(action: &str, error: &SdkError<E>) -> Self {
        // What answers before the service may do so in another shape.
        let raw = error.raw_response();
        let (code, message) = raw.map_or((None, None), |answer| {
            let error_type = answer.headers().get("x-amzn-errortype");
            web_api::said(error_type, answer.body().bytes().unwrap_or_default())
        });
        let status = raw.map(|answer| answer.status().as_u16().to_string());
        let code = error.code().map(str::to_owned).or(code).or(status);
        Self {
            action: action.to_owned(),
            code: code.unwrap_or_else(|| UNANSWERED.to_owned()),
            message: error.message().map(str::to_owned).or(message).unwrap_or_default(),
        }
    }

    /// What a signed request was answered.
    pub(crate) fn of_signed(action: impl Into<String>, error: ServiceError) -> Self {
        Self {
            action: action.into(),
            code: error.code,
            message: error.message,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        let in_code = CLOCK_CODES.iter().any(|code| self.code.contains(code));
        if in_code || CLOCK_WORDS.iter().any(|words| self.message.contains(words)) {
            return Kind::Clock;
        }
        let mut kinds = KINDS.iter();
        let found = kinds.find(|(_, codes)| codes.iter().any(|code| self.code.contains(code)));
        found.map_or(Kind::Other, |(kind, _)| *kind)
    }
}

/// What the service says is told where it is about who asks and what there is: elsewhere it may quote what was asked.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, code, message } = self;
        match self.kind() {
            Kind::NotAllowed | Kind::NotSignedIn | Kind::Clock | Kind::NotThere if !message.is_empty() => {
                write!(f, "{action}: {code}: {}", message.trim_end_matches('.'))
            }
            _ => write!(f, "{action}: {code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str) -> Refusal {
        Refusal {
            action: "dynamodb:Query".to_owned(),
            code: code.to_owned(),
            message: "what it says.".to_owned(),
        }
    }

    #[test]
    fn kinds_are_told_apart_by_the_codes_that_services_use() {
        for (code, kind) in [
            ("AccessDeniedException", Kind::NotAllowed),
            ("AccessDenied", Kind::NotAllowed),
            ("ExpiredTokenException", Kind::NotSignedIn),
            ("UnrecognizedClientException", Kind::NotSignedIn),
            ("ResourceNotFoundException", Kind::NotThere),
            ("AWS.SimpleQueueService.NonExistentQueue", Kind::NotThere),
            ("ThrottlingException", Kind::TooOften),
            (UNANSWERED, Kind::Away),
            ("404", Kind::NotThere),
            ("ValidationException", Kind::Other),
            ("500", Kind::Other),
        ] {
            assert_eq!(refusal(code).kind(), kind, "{code}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_is_not_taken_for_a_sign_in_that_is() {
        let says = |code: &str, message: &str| Refusal {
            message: message.to_owned(),
            ..refusal(code)
        };
        for late in [
            says(
                "InvalidSignatureException",
                "Signature expired: 20261201T000000Z is now earlier than 20261201T001500Z",
            ),
            says(
                "SignatureDoesNotMatch",
                "Signature not yet current: 20261201T010000Z is still later than 20261201T001500Z",
            ),
            refusal("RequestTimeTooSkewed"),
        ] {
            assert_eq!(late.kind(), Kind::Clock, "{late}");
        }
        assert_eq!(refusal("SignatureDoesNotMatch").kind(), Kind::NotSignedIn);
    }

    #[test]
    fn what_may_quote_a_request_is_not_told() {
        assert_eq!(
            refusal("ValidationException").to_string(),
            "dynamodb:Query: ValidationException"
        );
        assert_eq!(
            refusal("AccessDeniedException").to_string(),
            "dynamodb:Query: AccessDeniedException: what it says"
        );
    }
}
