//! Applying an event to an execution.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::{Effect, Event, Execution, ExecutionStatus, Step, TimerId};
use jiff::{SignedDuration, Timestamp};
use journal::{Batch, ExecutionId, Outbox, StateMachineId, TaskPhase};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::arrivals::Arrival;
use super::outbox::RECORD_OUTCOME;
use super::slots::Live;
use super::{Host, HostError};
use crate::failpoints::{self, Commit};
use crate::wire::status_name;

/// An execution that waits no longer than this stays in memory.
const SOON: SignedDuration = SignedDuration::from_secs(5);

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
        let (done, answer) = oneshot::channel();
        if self.arrivals.add(id, Arrival { event, batch, done }) {
            let host = Arc::clone(self);
            tokio::spawn(async move { host.take_up(id).await });
        }
        answer.await.map_err(|_| HostError::lost(id, self.is_stopping()))?
    }

    /// Applies whatever has come for an execution, and answers everybody who brought it.
    async fn take_up(self: Arc<Self>, id: ExecutionId) {
        let slot = self.slots.lock(id).await;
        let (mut batch, mut events, mut waiting) = (Batch::new(), Vec::new(), Vec::new());
        for arrival in self.arrivals.take(id) {
            batch.append(arrival.batch);
            consume(&mut batch, id, &arrival.event);
            events.push(arrival.event);
            waiting.push(arrival.done);
        }
        // Whoever has gone away needs no answer.
        match self.apply_all(id, slot, events, batch).await {
            Ok(applied) => waiting.into_iter().zip(applied).for_each(|(done, applied)| {
                let _ = done.send(Ok(applied));
            }),
            Err(error) => waiting.into_iter().for_each(|done| {
                let _ = done.send(Err(error.clone()));
            }),
        }
    }

    /// Applies events one after the other and makes them durable together; tells what became of each.
    async fn apply_all(
        self: &Arc<Self>,
        id: ExecutionId,
        mut slot: OwnedMutexGuard<Option<Live>>,
        events: Vec<Event>,
        mut batch: Batch,
    ) -> Result<Vec<Applied>, HostError> {
        if slot.is_none() {
            *slot = self
                .load(id)
                .await
                .inspect_err(|error| tracing::error!(execution = id.0, %error, "cannot be loaded"))?;
        }
        let Some(mut live) = slot.take() else {
            self.slots.release(id, slot, false);
            failpoints::commit(&self.journal, Commit::Stale, batch).await?;
            return Ok(vec![Applied::Stale; events.len()]);
        };
        // From here to the commit the state in memory is ahead of the journal: on a failure it is dropped, not put back.
        let (now, mut whole) = (self.now(), Step::default());
        let applied = events.into_iter().map(|mut event| {
            for (timer, by) in self.take_too_early(id, &live.execution, &mut event) {
                batch.start_timer(id, timer, now.saturating_add(by).unwrap_or(Timestamp::MAX));
            }
            let machine = &live.loaded.machine;
            let step = live.execution.apply(machine, event, now, rand::random());
            let stale = step.history.is_empty() && step.effects.is_empty();
            whole.append(step);
            if stale { Applied::Stale } else { Applied::Done }
        });
        let applied = applied.collect();
        #[cfg(feature = "failpoints")]
        if failpoints::is_hasty(&whole) {
            self.perform(id, whole.effects, false);
            return std::future::pending().await;
        }
        match self.make_durable(id, Commit::Events, batch, &live, &whole).await {
            Ok(follow_ups) => {
                self.settle(id, slot, live, whole.effects, follow_ups);
                Ok(applied)
            }
            Err(error) => {
                self.slots.release(id, slot, false);
                Err(error)
            }
        }
    }

    /// Commits a step; gives the entries of the outbox that go with it.
    pub(super) async fn make_durable(
        &self,
        id: ExecutionId,
        what: Commit,
        mut batch: Batch,
        live: &Live,
        step: &Step,
    ) -> Result<Vec<Outbox>, HostError> {
        let mut follow_ups = self.record(&mut batch, id, &live.execution, step, &live.loaded, live.has_parent)?;
        for entry in self.orphaned(id, &step.effects).await? {
            batch.put_outbox(entry.clone());
            follow_ups.push(entry);
        }
        failpoints::commit(&self.journal, what, batch).await?;
        Ok(follow_ups)
    }

    /// Takes out of an event the timers of calls which have not had their turn yet, or had it late: their time begins with the
    /// call. Tells by how much each is to be put off.
    fn take_too_early(&self, id: ExecutionId, execution: &Execution, event: &mut Event) -> Vec<(TimerId, Duration)> {
        let mut put_off = Vec::new();
        let mut is_due = |timer: &TimerId| {
            let task = execution.call_timed_by(*timer);
            let by = task.and_then(|task| self.calls.too_early((id, task), *timer));
            put_off.extend(by.map(|by| (*timer, by)));
            by.is_none()
        };
        match event {
            Event::TimerFired { timer } if !is_due(timer) => *event = Event::TimersFired { timers: Vec::new() },
            Event::TimersFired { timers } => timers.retain(is_due),
            _ => {}
        }
        put_off
    }

    /// Puts the state back, lets go of the slot and performs the effects.
    pub(super) fn settle(
        self: &Arc<Self>,
        id: ExecutionId,
        mut slot: OwnedMutexGuard<Option<Live>>,
        live: Live,
        effects: Vec<Effect>,
        follow_ups: Vec<Outbox>,
    ) {
        let goes_on_soon = |effect: &Effect| match effect {
            Effect::ScheduleTask(_) => true,
            Effect::StartTimer { at, .. } => at.duration_since(self.now()) <= SOON,
            _ => false,
        };
        let runs = live.execution.status() == ExecutionStatus::Running;
        let keep = runs && (effects.iter().any(goes_on_soon) || self.calls.calls_for(id));
        if runs {
            *slot = Some(live);
        } else {
            // It ends once: whatever is still to come finds nothing here, and in the journal its end.
            self.open.fetch_sub(1, Ordering::Relaxed);
            let status = status_name(live.execution.status());
            self.meters.ended(&live.loaded.record.name, status);
            if let Some(traced) = self.traced.get() {
                traced.note(id);
            }
        }
        let is_asked_for = follow_ups.iter().any(|entry| entry.kind == RECORD_OUTCOME);
        if runs {
            self.slots.release(id, slot, keep);
            self.perform(id, effects, is_asked_for);
        } else {
            // What ends the calls of an execution must not find those of a redrive, which waits for the slot.
            self.perform(id, effects, is_asked_for);
            self.slots.release(id, slot, keep);
        }
        for entry in follow_ups {
            self.follow_up(entry);
        }
        self.feed.changed(id, || self.monotonic());
        self.changed.notify_waiters();
    }

    async fn load(&self, id: ExecutionId) -> Result<Option<Live>, HostError> {
        let Some(row) = self.journal.unfinished(id).await? else {
            return Ok(None);
        };
        self.read(id, &row.state, row.state_machine, row.revision, row.parent.is_some())
            .await
            .map(Some)
    }

    /// An execution from its stored state, with the definition that it is pinned to.
    pub(super) async fn read(
        &self,
        id: ExecutionId,
        state: &[u8],
        machine: StateMachineId,
        revision: i64,
        has_parent: bool,
    ) -> Result<Live, HostError> {
        let unreadable = |detail: String| HostError::Load {
            execution: id.0,
            detail,
        };
        let execution: Execution = serde_json::from_slice(state).map_err(|error| unreadable(error.to_string()))?;
        let loaded = self.pinned(machine, revision).await?;
        let loaded = loaded.ok_or_else(|| unreadable("its definition is not there".to_owned()))?;
        Ok(Live {
            execution,
            loaded,
            has_parent,
        })
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
        Event::TimersFired { timers } => timers.iter().for_each(|timer| batch.remove_timer(id, *timer)),
        Event::TaskStarted { .. }
        | Event::TaskHeartbeat { .. }
        | Event::Stopped { .. }
        | Event::CalledOff
        | Event::Redriven => {}
    }
}
