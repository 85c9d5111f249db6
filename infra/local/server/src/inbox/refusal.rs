//! ntfy's error answers.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a request is refused. Codes, statuses and texts were observed on ntfy 2.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request asks for a feature that the inbox does not have.
    NotSupported,
    /// A subscriber wants a stream.
    PollOnly,
    /// `priority` is not 0 to 5.
    PriorityInvalid,
    /// `since` is none of its forms.
    SinceInvalid,
    /// The topic does not match `^[-_A-Za-z0-9]{1,64}$`.
    TopicInvalid,
    /// The topic is one of the names that ntfy keeps for itself.
    TopicDisallowed,
    /// The text is longer than 4,095 bytes: ntfy would make it an attachment.
    AttachmentsDisallowed,
    /// The body is not a message in JSON.
    JsonInvalid,
    /// `sequence_id` does not match `^[-_A-Za-z0-9]{1,64}$`.
    SequenceIdInvalid,
    /// No such page.
    NotFound,
    /// The body is longer than 8,192 bytes.
    BodyTooLarge,
    /// The store failed; the log has the reason.
    Internal,
}

impl Refusal {
    /// Status, code and text.
    const fn row(self) -> (StatusCode, u32, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::NotSupported => (BAD, 40000, "invalid request: the built-in inbox does not support this"),
            Self::PollOnly => (
                BAD,
                40000,
                "invalid request: the built-in inbox keeps no connection open, add ?poll=1",
            ),
            Self::PriorityInvalid => (BAD, 40007, "invalid priority parameter"),
            Self::SinceInvalid => (BAD, 40008, "invalid since parameter"),
            Self::TopicInvalid => (BAD, 40009, "invalid request: topic invalid"),
            Self::TopicDisallowed => (BAD, 40010, "invalid request: topic name is not allowed"),
            Self::AttachmentsDisallowed => (BAD, 40014, "invalid request: attachments not allowed"),
            Self::JsonInvalid => (BAD, 40024, "invalid request: request body must be valid JSON"),
            Self::SequenceIdInvalid => (BAD, 40049, "invalid request: sequence ID invalid"),
            Self::NotFound => (StatusCode::NOT_FOUND, 40401, "page not found"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 41303, "JSON body too large"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, 50001, "internal server error"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, error) = self.row();
        let body = serde_json::json!({ "code": code, "http": status.as_u16(), "error": error });
        (status, Json(body)).into_response()
    }
}
