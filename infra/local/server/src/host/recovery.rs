//! What a start finds to be done.

use std::sync::Arc;

use engine::{TaskId, TaskRequest};
use journal::{ExecutionId, OutboxId};

use super::{Host, HostError};
use crate::failpoints::{self, Moment};

/// How many rows are read at a time.
const PAGE: usize = 256;

impl Host {
    /// Repeats the tasks whose call may not have been made, and does what the outbox asks for. Sleeping executions are
    /// not touched: the timer task finds them when they are due.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<(), HostError> {
        self.recover_outbox().await?;
        let mut last = (ExecutionId(i64::MIN), TaskId(0));
        loop {
            let tasks = self.journal.scheduled_tasks(last, PAGE).await?;
            let Some(end) = tasks.last() else { return Ok(()) };
            last = (end.execution, end.task);
            for task in tasks {
                failpoints::at(Moment::RecoverTask);
                match serde_json::from_str::<TaskRequest>(&task.request) {
                    Ok(request) => self.call_again(task.execution, &request),
                    Err(error) => tracing::error!(execution = task.execution.0, %error, "a task cannot be repeated"),
                }
            }
        }
    }

    async fn recover_outbox(self: &Arc<Self>) -> Result<(), HostError> {
        let mut last = OutboxId(i64::MIN);
        loop {
            let entries = self.journal.outbox(last, PAGE).await?;
            let Some(end) = entries.last() else { return Ok(()) };
            last = end.id;
            for entry in entries {
                failpoints::at(Moment::RecoverFollowUp);
                self.follow_up(entry);
            }
        }
    }
}
