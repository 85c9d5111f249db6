//! Applying an event to an execution.

use std::sync::Arc;

use engine::{Event, Execution};
use journal::{Batch, ExecutionId, Outbox, TaskPhase};
use tokio::sync::OwnedMutexGuard;

use super::slots::Live;
use super::{Host, HostError};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It is durable and its effects are under way.
    Done,
    /// It was about something that is over, and changed nothing.
    Stale,
}

impl Host {
    /// Applies an event and returns when it is durable. `batch` becomes durable with it, also if the event is stale.
    ///
    /// The work goes on if the caller goes away: an event that is being committed must not lose its effects.
    pub(crate) async fn apply(
        self: &Arc<Self>,
        id: ExecutionId,
        event: Event,
        batch: Batch,
    ) -> Result<Applied, HostError> {
        if self.is_stopping() {
            return Err(HostError::Stopping);
        }
        let host = Arc::clone(self);
        tokio::spawn(async move { host.apply_here(id, event, batch).await })
            .await
            .map_err(|ended| HostError::of_task(id, &ended))?
    }

    async fn apply_here(
        self: Arc<Self>,
        id: ExecutionId,
        event: Event,
        mut batch: Batch,
    ) -> Result<Applied, HostError> {
        let mut slot = self.slots.lock(id).await;
        if slot.is_none() {
            *slot = self
                .load(id)
                .await
                .inspect_err(|error| tracing::error!(execution = id.0, %error, "cannot be loaded"))?;
        }
        consume(&mut batch, id, &event);
        let Some(mut live) = slot.take() else {
            self.slots.release(id, slot, false);
            self.journal.commit(batch).await?;
            return Ok(Applied::Stale);
        };
        // From here to the commit the state in memory is ahead of the journal: on a failure it is dropped, not put back.
        let step = live
            .execution
            .apply(&live.loaded.machine, event, self.now(), rand::random());
        let mut follow_ups = self.record(&mut batch, id, &live.execution, &step, &live.loaded, live.has_parent)?;
        for entry in self.orphaned(id, &step.effects).await? {
            batch.put_outbox(entry.clone());
            follow_ups.push(entry);
        }
        if let Err(error) = self.journal.commit(batch).await {
            self.slots.release(id, slot, false);
            return Err(error.into());
        }
        let applied = if step.history.is_empty() && step.effects.is_empty() {
            Applied::Stale
        } else {
            Applied::Done
        };
        self.settle(id, slot, live, step.effects, follow_ups);
        Ok(applied)
    }

    /// Puts the state back, lets go of the slot and performs the effects.
    pub(super) fn settle(
        self: &Arc<Self>,
        id: ExecutionId,
        mut slot: OwnedMutexGuard<Option<Live>>,
        live: Live,
        effects: Vec<engine::Effect>,
        follow_ups: Vec<Outbox>,
    ) {
        let keep = effects
            .iter()
            .any(|effect| matches!(effect, engine::Effect::ScheduleTask(_)));
        *slot = Some(live);
        self.slots.release(id, slot, keep);
        self.perform(id, effects);
        for entry in follow_ups {
            self.follow_up(entry);
        }
        self.changed.notify_waiters();
    }

    async fn load(&self, id: ExecutionId) -> Result<Option<Live>, HostError> {
        let Some(row) = self.journal.unfinished(id).await? else {
            return Ok(None);
        };
        let unreadable = |detail: String| HostError::Load {
            execution: id.0,
            detail,
        };
        let execution: Execution = serde_json::from_slice(&row.state).map_err(|error| unreadable(error.to_string()))?;
        let loaded = self.pinned(row.state_machine, row.revision).await?;
        let loaded = loaded.ok_or_else(|| unreadable("its definition is not there".to_owned()))?;
        Ok(Some(Live {
            execution,
            loaded,
            has_parent: row.parent.is_some(),
        }))
    }
}

/// What the event answers is no longer waited for.
fn consume(batch: &mut Batch, id: ExecutionId, event: &Event) {
    match event {
        Event::TaskSucceeded { task, .. } | Event::TaskFailed { task, .. } | Event::TaskSubmitFailed { task, .. } => {
            batch.remove_task(id, *task);
        }
        Event::ActivityStarted { task, .. } | Event::TaskSubmitted { task, .. } => {
            batch.set_task_phase(id, *task, TaskPhase::Submitted);
        }
        Event::TimerFired { timer } => batch.remove_timer(id, *timer),
        Event::TaskHeartbeat { .. } | Event::Stopped { .. } => {}
    }
}
