//! What is still to be done when an execution has ended: telling the execution that waits for it, recording the end of a
//! message that no `Catch` has seen, stopping what nobody waits for any more.

use std::sync::Arc;
use std::time::Duration;

use journal::{Batch, Execution, ExecutionId, Outbox, TaskPhase};

use super::children::STOP_CHILD;
use super::{Host, HostError};
use crate::failpoints::{self, Commit, Moment};
use crate::{process_message, runners};

/// An execution waits for the end of this one.
pub(super) const TELL_PARENT: &str = "tell-parent";
/// A message's execution ended in a way that its workflow could not see.
pub(super) const RECORD_OUTCOME: &str = "record-outcome";

impl Host {
    /// Does what an entry asks for, in the background, and removes it. A restart finds what has not been done.
    pub(super) fn follow_up(self: &Arc<Self>, entry: Outbox) {
        let host = Arc::clone(self);
        tokio::spawn(async move {
            let mut pause = Duration::from_millis(100);
            while let Err(error) = host.try_follow_up(&entry).await {
                if matches!(error, HostError::Stopping) {
                    return;
                }
                tracing::warn!(kind = entry.kind, execution = entry.payload, %error, "not done yet, tried again");
                tokio::select! {
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_mins(1)),
                    () = host.stopped() => return,
                }
            }
        });
    }

    async fn try_follow_up(self: &Arc<Self>, entry: &Outbox) -> Result<(), HostError> {
        failpoints::at(Moment::FollowUp);
        let mut done = Batch::new();
        done.remove_outbox(entry.id);
        if entry.kind == STOP_CHILD {
            return self.stop_child(&entry.payload, done).await;
        }
        let id = ExecutionId(entry.payload.parse().unwrap_or_default());
        let Some(ended) = self.journal.execution_by_id(id).await? else {
            return Ok(failpoints::commit(&self.journal, Commit::FollowUp, done).await?);
        };
        match entry.kind.as_str() {
            TELL_PARENT => self.tell_parent(&ended, done).await,
            RECORD_OUTCOME => {
                // Every call ends within its timeout.
                let last = tokio::select! {
                    last = self.calls.last_call(id) => last,
                    () = self.stopped() => return Err(HostError::Stopping),
                };
                process_message::record_end(self, &ended, last)
                    .await
                    .map_err(|detail| HostError::FollowUp { detail })?;
                failpoints::commit(&self.journal, Commit::FollowUp, done).await?;
                self.calls.forget_last(id);
                // The message's item has changed after its execution.
                self.feed.changed(id, || self.monotonic());
                Ok(())
            }
            other => Err(HostError::FollowUp {
                detail: format!("nobody knows how to do `{other}`"),
            }),
        }
    }

    /// Answers the task that started the execution, once that task knows that it did.
    async fn tell_parent(self: &Arc<Self>, ended: &Execution, done: Batch) -> Result<(), HostError> {
        let Some((parent, task)) = ended.parent else {
            return Ok(failpoints::commit(&self.journal, Commit::FollowUp, done).await?);
        };
        loop {
            let changed = self.changed.notified();
            let Some(row) = self.journal.task(parent, task).await? else {
                return Ok(failpoints::commit(&self.journal, Commit::FollowUp, done).await?);
            };
            if row.phase == TaskPhase::Submitted {
                let event = runners::nested::answer(&row, ended, self.redrivable(ended).await?);
                return self.apply(parent, event, done).await.map(|_| ());
            }
            tokio::select! {
                () = changed => {}
                () = self.stopped() => return Err(HostError::Stopping),
            }
        }
    }
}
