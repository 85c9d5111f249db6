//! How an activity fails: by an error that its contract declares, or because its surroundings do.

use contracts::activity_errors;

/// Why a handler gave no output.
#[derive(Debug)]
pub enum Failure<E> {
    /// An error that the contract declares; a workflow decides about each one.
    Declared(E),
    /// The surroundings failed; no contract speaks of it.
    Infrastructure(Infrastructure),
}

impl<E> From<Infrastructure> for Failure<E> {
    fn from(failure: Infrastructure) -> Self {
        Self::Infrastructure(failure)
    }
}

/// A failure of what an activity depends on.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Infrastructure {
    /// Which kind; it decides the error's name on the wire.
    pub kind: Kind,
    /// What was tried and what came of it, in one line, without secrets and people's texts: it goes into the history.
    pub detail: String,
    /// What caused it: goes into the log, not onto the wire.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Infrastructure {
    /// A failure without a source.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            source: None,
        }
    }

    /// The same failure with what caused it.
    #[must_use]
    pub fn caused_by(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }
}

/// The kinds of [`Infrastructure`] failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Cannot be reached, or throttled: `Activity.Unavailable`, worth repeating.
    Unavailable,
    /// A setting, parameter or permission is missing or wrong: `Activity.Misconfigured`.
    Misconfigured,
    /// Something that was not expected: `Activity.Failed`.
    Failed,
}

impl Kind {
    /// The error's name on the wire.
    pub const fn error_name(self) -> &'static str {
        match self {
            Self::Unavailable => activity_errors::UNAVAILABLE,
            Self::Misconfigured => activity_errors::MISCONFIGURED,
            Self::Failed => activity_errors::FAILED,
        }
    }
}
