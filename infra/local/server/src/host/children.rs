//! Executions that nobody waits for any more: when a `.sync` task is called off, what it started is stopped.
//!
//! Source: Step Functions developer guide, "Discover service integration patterns", Run a Job: when such a task is aborted,
//! Step Functions calls `StopExecution` on what it started.

use std::sync::Arc;

use engine::{Effect, Event, TaskId};
use journal::{Batch, ExecutionId, Outbox};

use super::{Host, HostError};
use crate::failpoints::{self, Commit};
use crate::runners::nested;

/// A task that has started an execution was called off.
pub(super) const STOP_CHILD: &str = "stop-child";

impl Host {
    /// Entries of the outbox for those of a step's cancelled tasks that wait for an execution of their own.
    pub(super) async fn orphaned(&self, id: ExecutionId, effects: &[Effect]) -> Result<Vec<Outbox>, HostError> {
        let mut orphaned = Vec::new();
        for effect in effects {
            if let Effect::CancelTask(task) = effect
                && let Some(row) = self.journal.task(id, *task).await?
                && nested::waits_for_its_end(&row.resource)
            {
                orphaned.push(self.stop_child_of(id, *task));
            }
        }
        Ok(orphaned)
    }

    /// An execution has just become durable; the task that started it may have been called off in the meantime.
    pub(super) async fn stop_if_orphaned(self: &Arc<Self>, parent: ExecutionId, task: TaskId) {
        if matches!(self.journal.task(parent, task).await, Ok(None)) {
            self.follow_up(self.stop_child_of(parent, task));
        }
    }

    fn stop_child_of(&self, parent: ExecutionId, task: TaskId) -> Outbox {
        Outbox {
            id: self.journal.next_outbox_id(),
            kind: STOP_CHILD.to_owned(),
            payload: format!("{} {}", parent.0, task.0),
        }
    }

    /// Stops what a task has started, if it still runs.
    pub(super) async fn stop_child(self: &Arc<Self>, payload: &str, done: Batch) -> Result<(), HostError> {
        let child = match parent_and_task(payload) {
            Some((parent, task)) => self.journal.open_child(parent, task).await?,
            None => None,
        };
        let Some(child) = child else {
            return Ok(failpoints::commit(&self.journal, Commit::FollowUp, done).await?);
        };
        self.apply(child, Event::CalledOff, done).await.map(|_| ())
    }
}

fn parent_and_task(payload: &str) -> Option<(ExecutionId, TaskId)> {
    let (parent, task) = payload.split_once(' ')?;
    Some((ExecutionId(parent.parse().ok()?), TaskId(task.parse().ok()?)))
}
