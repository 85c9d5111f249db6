//! Answers that come with a task token, and workers of activities.

use std::sync::Arc;

use engine::{Event, TaskId};
use journal::{Batch, Task};

use super::{Applied, Host, HostError};

/// Why an answer with a token was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The task is over, or never was.
    #[error("the task of this token is over")]
    Over,
    /// The host could not.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Host {
    /// Applies what `event` makes of the token's task.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        token: &str,
        event: impl FnOnce(TaskId) -> Event,
    ) -> Result<(), TokenError> {
        let task = self
            .journal
            .task_by_token(token)
            .await
            .map_err(HostError::from)?
            .ok_or(TokenError::Over)?;
        match self.apply(task.execution, event(task.task), Batch::new()).await? {
            Applied::Done => Ok(()),
            Applied::Stale => Err(TokenError::Over),
        }
    }

    /// Gives a waiting task of an activity to a worker, if there is one.
    pub(crate) async fn take_activity_task(
        self: &Arc<Self>,
        activity_arn: &str,
        worker_name: Option<&str>,
    ) -> Result<Option<Task>, HostError> {
        let _one_after_the_other = self.polling.lock().await;
        for waiting in self.journal.waiting_tasks(activity_arn, 16).await? {
            let event = Event::ActivityStarted {
                task: waiting.task,
                worker_name: worker_name.map(str::to_owned),
            };
            if self.apply(waiting.execution, event, Batch::new()).await? == Applied::Done {
                return Ok(Some(waiting));
            }
        }
        Ok(None)
    }
}
