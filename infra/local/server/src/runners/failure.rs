//! How a task fails.

/// An error's name and cause, as the history shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskFailure {
    pub(crate) error: String,
    pub(crate) cause: String,
}

impl TaskFailure {
    pub(crate) fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            cause: cause.into(),
        }
    }

    /// The definition asks for something that makes no sense.
    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new("States.Runtime", cause)
    }

    /// An error that a service answered with, as the SDK behind Step Functions words it.
    ///
    /// Source: recorded histories, for example `… (Service: AWSLambda; Status Code: 404; Error Code: …)`.
    pub(crate) fn service(error: &str, service: &str, status: u16, code: &str, message: &str, request: &str) -> Self {
        Self::new(
            error,
            format!(
                "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: {request}; Proxy: null)"
            ),
        )
    }
}
