//! What went wrong in a state, and which names answer to it.

use serde_json::{Value, json};

use crate::query::QueryError;

/// An error on its way to a retrier, a catcher or the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Failure {
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) reach: Reach,
}

/// Which names besides its own an error answers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The wildcards.
    #[default]
    Ordinary,
    /// The wildcards and `States.HeartbeatTimeout`, though AWS names it `States.Timeout`.
    Heartbeat,
    /// Its own name only.
    NameOnly,
    /// None at all: the execution fails.
    Nothing,
}

const TIMEOUT: &str = "States.Timeout";

impl Failure {
    pub(crate) fn new(error: Option<String>, cause: Option<String>) -> Self {
        Self {
            error,
            cause,
            reach: Reach::Ordinary,
        }
    }

    pub(crate) fn timeout(reach: Reach) -> Self {
        Self {
            error: Some(TIMEOUT.into()),
            cause: None,
            reach,
        }
    }

    /// An error that ends the execution whatever its states say.
    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self {
            error: Some("States.Runtime".into()),
            cause: Some(cause.into()),
            reach: Reach::Nothing,
        }
    }

    /// A result, input or output over the limit.
    pub(crate) fn too_large(what: &str, reach: Reach) -> Self {
        let cause = format!(
            "The state/task '{what}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        Self {
            error: Some("States.DataLimitExceeded".into()),
            cause: Some(cause),
            reach,
        }
    }

    pub(crate) fn query(error: &QueryError, state: &str, entered: u64) -> Self {
        Self::new(Some(QueryError::NAME.into()), Some(error.cause_in(state, entered)))
    }

    /// Whether one name of an `ErrorEquals` answers to the error.
    ///
    /// Source: Step Functions Developer Guide, "Handling errors in workflows". The recorded answers show that `States.ALL`
    /// does catch a task's result over the data limit; the guide's exception is for data that the state itself makes.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        match (self.reach, name) {
            (Reach::Nothing, _) => false,
            (Reach::Ordinary | Reach::Heartbeat, "States.ALL") | (Reach::Heartbeat, "States.HeartbeatTimeout") => true,
            (Reach::Ordinary | Reach::Heartbeat, "States.TaskFailed") => self.error.as_deref() != Some(TIMEOUT),
            _ => self.error.as_deref() == Some(name),
        }
    }

    /// `$states.errorOutput`. What a task did not say is `null`; a timeout has an empty cause, though its events have none.
    pub(crate) fn output(&self) -> Value {
        let timed_out = self.error.as_deref() == Some(TIMEOUT) && self.cause.is_none();
        let cause = if timed_out { Some("") } else { self.cause.as_deref() };
        json!({ "Error": self.error, "Cause": cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_catch_what_they_may() {
        let custom = Failure::new(Some("Custom".into()), None);
        let timeout = Failure::timeout(Reach::Ordinary);
        let heartbeat = Failure::timeout(Reach::Heartbeat);
        let large = Failure::too_large("S", Reach::NameOnly);
        let runtime = Failure::runtime("broken");
        let answers =
            |name: &str| [&custom, &timeout, &heartbeat, &large, &runtime].map(|failure| failure.answers_to(name));
        assert_eq!(answers("States.ALL"), [true, true, true, false, false]);
        assert_eq!(answers("States.TaskFailed"), [true, false, false, false, false]);
        assert_eq!(answers("States.Timeout"), [false, true, true, false, false]);
        assert_eq!(answers("States.HeartbeatTimeout"), [false, false, true, false, false]);
        assert_eq!(answers("States.DataLimitExceeded"), [false, false, false, true, false]);
        assert_eq!(answers("States.Runtime"), [false; 5]);
        assert_eq!(answers("Custom"), [true, false, false, false, false]);
    }
}
