//! Errors in AWS's shape.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::host::HostError;

/// When to come back, in seconds, where what is in the way passes.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// An error that the caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    /// The shape's name, for example `StateMachineDoesNotExist`.
    code: &'static str,
    message: String,
}

impl ApiError {
    /// The caller's mistake.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// Violations of the constraints of parameters, as AWS counts and words them.
    pub(super) fn validation(violations: &[String]) -> Self {
        let errors = if violations.len() == 1 { "error" } else { "errors" };
        let message = format!(
            "{} validation {errors} detected: {}",
            violations.len(),
            violations.join("; ")
        );
        Self::new("ValidationException", message)
    }

    pub(super) fn invalid_arn(arn: &str) -> Self {
        Self::new("InvalidArn", format!("Invalid Arn: 'Invalid ARN prefix: {arn}'"))
    }

    pub(super) fn wrong_resource(kind: &str) -> Self {
        Self::new(
            "InvalidArn",
            format!("Invalid Arn: 'Resource type not valid in this context: {kind}'"),
        )
    }

    pub(super) fn no_state_machine(arn: &str) -> Self {
        Self::new(
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{arn}'"),
        )
    }

    /// It has been deleted, and an execution of it has not ended. Source: API reference, `StartExecution`, errors.
    pub(super) fn deleting(arn: &str) -> Self {
        Self::new(
            "StateMachineDeleting",
            format!("State Machine is being deleted: '{arn}'"),
        )
    }

    pub(super) fn no_execution(arn: &str) -> Self {
        Self::new("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"))
    }

    /// `reason` is what `DescribeExecution` gives as `redriveStatusReason`.
    pub(super) fn not_redrivable(reason: &str) -> Self {
        Self::new(
            "ExecutionNotRedrivable",
            format!("Execution Not Redrivable: '{reason}'"),
        )
    }

    /// Source: API reference, `StartExecution`, errors.
    pub(super) fn executions_full() -> Self {
        Self::new(
            "ExecutionLimitExceeded",
            "The maximum number of running executions has been reached. Running executions must end or be stopped before a \
             new execution can be started.",
        )
    }

    pub(super) fn invalid_token() -> Self {
        Self::new("InvalidToken", "Invalid Token: 'Invalid token'")
    }

    /// An operation that the service has and this server does not.
    pub(super) fn not_supported(operation: &str) -> Self {
        Self {
            status: StatusCode::NOT_IMPLEMENTED,
            code: "UnsupportedOperation",
            message: format!("{operation} is not supported by this server yet"),
        }
    }

    /// A change of a state machine that is rez's own.
    pub(super) fn own_state_machine(name: &str) -> Self {
        Self::new(
            "AccessDeniedException",
            format!("{name} carries every message and belongs to rez itself: create a state machine of another name"),
        )
    }

    /// A request that is refused before anything of it is looked at.
    pub(crate) fn refused_at_the_door(status: StatusCode, message: &str) -> Self {
        Self::new("AccessDeniedException", message).at(status)
    }

    /// A request that does not speak the protocol at all, as a browser's.
    pub(super) fn not_the_protocol() -> Self {
        Self {
            message:
                "this is the API of Step Functions: POST / with X-Amz-Target, as the AWS CLI does with --endpoint-url \
                      and the SDKs with an endpoint"
                    .to_owned(),
            ..Self::unknown_operation()
        }
    }

    /// The same error with another HTTP status.
    pub(super) fn at(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A target that names no operation of the service.
    pub(super) fn unknown_operation() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "UnknownOperationException",
            message: String::new(),
        }
    }

    pub(super) fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "RequestEntityTooLargeException",
            message: "The request is larger than this service takes".to_owned(),
        }
    }

    /// The shape's name.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// What is said about it.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The namespace before the shape's name, which SDKs cut off and people search for.
    fn namespace(&self) -> &'static str {
        match self.code {
            "ValidationException"
            | "SerializationException"
            | "InternalFailure"
            | "ServiceUnavailable"
            | "AccessDeniedException"
            | "UnknownOperationException" => "com.amazon.coral.service",
            _ => "com.amazonaws.swf.service.v2.model",
        }
    }
}

impl From<HostError> for ApiError {
    /// What went wrong inside is for the log; the caller learns whether trying again makes sense.
    fn from(error: HostError) -> Self {
        let (status, code, message) = match &error {
            HostError::Stopping => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "The server is stopping",
            ),
            HostError::Commit(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "The request could not be made durable",
            ),
            HostError::FollowUp { .. } => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "What follows from the end of the execution is not done yet",
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalFailure",
                "The server could not read what it keeps",
            ),
        };
        tracing::error!(%error, "a request failed");
        Self {
            status,
            code,
            message: message.to_owned(),
        }
    }
}

impl From<journal::ReadError> for ApiError {
    fn from(error: journal::ReadError) -> Self {
        HostError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let kind = format!("{}#{}", self.namespace(), self.code);
        let body = json!({ "__type": kind, "message": self.message }).to_string();
        let passes = self.status == StatusCode::SERVICE_UNAVAILABLE || self.code == "ExecutionLimitExceeded";
        let mut response = (self.status, body).into_response();
        if passes {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::ApiError;

    #[test]
    fn violations_are_counted_as_aws_counts_them() {
        let one = ApiError::validation(&["a".to_owned()]);
        assert_eq!(one.message, "1 validation error detected: a");
        let two = ApiError::validation(&["a".to_owned(), "b".to_owned()]);
        assert_eq!(two.message, "2 validation errors detected: a; b");
    }
}
