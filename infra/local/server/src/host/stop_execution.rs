//! Stopping an execution from outside.

use std::sync::Arc;

use engine::{Event, ExecutionStatus};
use journal::{Batch, Execution};

use super::{Applied, Host, HostError};

impl Host {
    /// Stops an execution, whoever asks for it. Whether it was this that ended it: one that has ended stays as it is, which is
    /// no error.
    ///
    /// Source: Step Functions API reference, `StopExecution`.
    pub(crate) async fn stop_execution(
        self: &Arc<Self>,
        execution: &Execution,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<bool, HostError> {
        if execution.summary.status != ExecutionStatus::Running {
            return Ok(false);
        }
        let event = Event::Stopped { error, cause };
        let applied = self.apply(execution.summary.id, event, Batch::new()).await?;
        Ok(applied == Applied::Done)
    }
}
