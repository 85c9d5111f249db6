//! Refusals and failures as `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::PortError;

/// One answer that is not a success. It never quotes what the caller sent: texts belong to people, not to logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind it is; fixes status, `type`, `title` and `code`.
    pub kind: ProblemKind,
    /// This occurrence in one sentence: what is wrong and what to do.
    pub detail: String,
    /// The fields that are wrong, for the kinds that concern fields.
    pub errors: Vec<FieldError>,
}

/// What is wrong with one field or parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The field as the caller wrote it, for example `deliver_at`.
    pub field: String,
    /// What is wrong and what would be right, in one line.
    pub detail: String,
}

impl FieldError {
    /// `field` is wrong for the reason `detail`.
    pub fn new(field: &str, detail: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            detail: detail.into(),
        }
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.detail)
    }
}

impl From<contracts::FieldError> for FieldError {
    fn from(error: contracts::FieldError) -> Self {
        Self::new(error.field, error.reason)
    }
}

/// The kinds of problem. Their codes are contract: clients decide by them, never by texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The body is not JSON.
    InvalidJson,
    /// A query parameter is wrong.
    InvalidQuery,
    /// A request header is wrong.
    InvalidHeader,
    /// Nobody has signed in, or what was shown is not taken.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// A form of a session came without its token, or from another site.
    CrossSite,
    /// The server is called by a name that nobody has given it.
    Misdirected,
    /// The caller asks too often, or for too much at once.
    TooManyRequests,
    /// The caller has as much of something as one may have.
    LimitReached,
    /// The sign-in cannot be finished: it was not begun here, has been finished before, or the issuer refused.
    SignInFailed,
    /// Nothing is there.
    NotFound,
    /// The address knows other methods.
    MethodNotAllowed,
    /// The thing is not in the state that the request needs.
    Conflict,
    /// It is not what `If-Match` names any more.
    PreconditionFailed,
    /// The request is larger than [`contracts::limits::REQUEST_BYTES`].
    BodyTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// A field of the body is wrong, missing or unknown.
    InvalidFields,
    /// The idempotency key was used for a different request.
    IdempotencyMismatch,
    /// A dependency cannot answer now; the same request may succeed later.
    Unavailable,
    /// A dependency failed in a way that trying again does not mend.
    Internal,
}

/// Seconds after which a client may try an unavailable dependency again.
const RETRY_AFTER: &str = "5";
/// Seconds after which some of what a caller has may have ended.
const SOME_ENDED: &str = "60";

impl ProblemKind {
    /// Status, `code` and `title`.
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidJson => (StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON"),
            Self::InvalidQuery => (StatusCode::BAD_REQUEST, "invalid_query", "A query parameter is wrong"),
            Self::InvalidHeader => (StatusCode::BAD_REQUEST, "invalid_header", "A request header is wrong"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "This is not allowed"),
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                "cross_site",
                "The form is not one of this server's",
            ),
            Self::Misdirected => (
                StatusCode::MISDIRECTED_REQUEST,
                "misdirected",
                "The server is not known by this name",
            ),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests"),
            Self::LimitReached => (
                StatusCode::TOO_MANY_REQUESTS,
                "limit_reached",
                "You have as many as one may have",
            ),
            Self::SignInFailed => (StatusCode::BAD_REQUEST, "sign_in_failed", "The sign-in has failed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "Nothing is here"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "The method is not known here",
            ),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "The state does not allow this"),
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                "precondition_failed",
                "It has been changed meanwhile",
            ),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is not declared as JSON",
            ),
            Self::InvalidFields => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_fields",
                "Fields of the body are wrong",
            ),
            Self::IdempotencyMismatch => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_mismatch",
                "The key belongs to another request",
            ),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now"),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The request could not be carried out",
            ),
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        self.row().0
    }

    /// The stable `code`.
    pub const fn code(self) -> &'static str {
        self.row().1
    }

    /// What it is, in a few words.
    pub(crate) const fn title(self) -> &'static str {
        self.row().2
    }
}

impl Problem {
    /// A problem without field errors.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// A problem whose detail is the list of what is wrong.
    pub fn fields(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        Self {
            kind,
            detail: format!("wrong: {}", names.join(", ")),
            errors,
        }
    }

    /// One wrong field, query parameter or header.
    pub fn field(kind: ProblemKind, error: FieldError) -> Self {
        Self::fields(kind, vec![error])
    }

    /// No message with this id.
    pub fn no_message() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "there is no message with this id; GET /api/messages lists them",
        )
    }

    /// The document as it is sent.
    pub(crate) fn document(self, correlation_id: &str) -> Document {
        let (status, code, title) = self.kind.row();
        Document {
            type_: format!("urn:rez:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: self.detail,
            correlation_id: correlation_id.to_owned(),
            errors: self.errors,
        }
    }
}

/// A refusal or a failure, as RFC 9457 writes it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Document {
    /// Names the kind; stable.
    #[serde(rename = "type")]
    type_: String,
    /// The kind in a few words.
    title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// Names the kind, as programs compare it; stable.
    code: String,
    /// This occurrence in one sentence: what is wrong and what to do.
    detail: String,
    /// Finds the request in the log.
    correlation_id: String,
    /// Each field, parameter or header that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    errors: Vec<FieldError>,
}

/// What a port could not do. The detail goes to the log; the caller learns what was tried and whether to try again.
impl From<PortError> for Problem {
    fn from(error: PortError) -> Self {
        tracing::error!(
            what = error.what,
            detail = error.detail,
            retryable = error.retryable,
            "a port failed"
        );
        if error.retryable {
            Self::new(
                ProblemKind::Unavailable,
                format!("{} is not available now; try again later", error.what),
            )
        } else {
            Self::new(
                ProblemKind::Internal,
                format!("{} failed; the log has the reason", error.what),
            )
        }
    }
}

/// Leaves the body to the outermost layer, which knows the correlation id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        let extra = match self.kind {
            ProblemKind::Unavailable => Some((header::RETRY_AFTER, RETRY_AFTER)),
            ProblemKind::TooManyRequests => Some((header::RETRY_AFTER, "1")),
            ProblemKind::LimitReached => Some((header::RETRY_AFTER, SOME_ENDED)),
            ProblemKind::Unauthenticated => Some((header::WWW_AUTHENTICATE, "Bearer realm=\"rez\"")),
            _ => None,
        };
        if let Some((name, value)) = extra {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(self);
        response
    }
}
