//! What the host cannot do.

use std::sync::Arc;

use journal::{CommitError, ExecutionId, ReadError};
use tokio::task::JoinError;

/// The host could not do what it was asked to, and nothing of it has happened.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum HostError {
    /// The journal could not be written.
    #[error("the journal could not be written")]
    Commit(#[from] CommitError),
    /// The journal could not be read.
    #[error("the journal could not be read")]
    Read(#[source] Arc<ReadError>),
    /// What the journal holds makes no sense to this version of the engine.
    #[error("execution {execution} cannot be loaded: {detail}")]
    Load {
        /// Which execution.
        execution: i64,
        /// What is wrong with it.
        detail: String,
    },
    /// Something that follows an execution's end could not be done yet.
    #[error("{detail}")]
    FollowUp {
        /// What is in the way.
        detail: String,
    },
    /// A schedule could not fire yet.
    #[error("{detail}")]
    Schedule {
        /// What is in the way.
        detail: String,
    },
    /// The server stops.
    #[error("the server is stopping")]
    Stopping,
}

impl From<ReadError> for HostError {
    fn from(error: ReadError) -> Self {
        Self::Read(Arc::new(error))
    }
}

impl HostError {
    /// Why nobody answers any more what became of an event.
    pub(super) fn lost(execution: ExecutionId, stopping: bool) -> Self {
        if stopping {
            return Self::Stopping;
        }
        Self::panicked(execution)
    }

    /// Why work on an execution was not finished. A panic is a fault that concerns this execution alone: whoever waits for
    /// others must go on.
    pub(super) fn of_task(execution: ExecutionId, ended: &JoinError) -> Self {
        if !ended.is_panic() {
            return Self::Stopping;
        }
        Self::panicked(execution)
    }

    fn panicked(execution: ExecutionId) -> Self {
        tracing::error!(execution = execution.0, "the engine panicked");
        Self::Load {
            execution: execution.0,
            detail: "the engine panicked".to_owned(),
        }
    }
}

/// An execution could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// One of this name exists, with another input or ended.
    #[error("the execution exists already")]
    Exists(Box<journal::Execution>),
    /// As many executions are open as may be.
    #[error("{0} executions are open, and no more may be: some must end or be stopped first")]
    Full(usize),
    /// The host could not.
    #[error(transparent)]
    Host(#[from] HostError),
}
