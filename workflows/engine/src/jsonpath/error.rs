//! What goes wrong with paths, payload templates and intrinsic functions, in AWS's words.

/// An evaluation that failed. The text is the cause, but for the state that it happened in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) error: &'static str,
    pub(crate) text: String,
}

/// Errors that no retrier and no catcher answers to.
///
/// Source: Step Functions Developer Guide, "Handling errors in workflows", `States.Runtime`.
pub(crate) const RUNTIME: &str = "States.Runtime";

impl PathError {
    /// A path that leads nowhere, or to what the field cannot take.
    pub(crate) fn runtime(text: impl Into<String>) -> Self {
        Self {
            error: RUNTIME,
            text: text.into(),
        }
    }

    /// A call that failed.
    pub(crate) fn call(call: &str, what: &str) -> Self {
        Self {
            error: "States.IntrinsicFailure",
            text: format!("The function '{call}' had the following error: {what}"),
        }
    }

    /// A result that cannot be put where `ResultPath` says.
    pub(crate) fn result_path(path: &str, input: &str) -> Self {
        Self {
            error: "States.ResultPathMatchFailure",
            text: format!("Unable to apply ReferencePath {path} to input {input}"),
        }
    }
}
