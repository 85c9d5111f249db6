//! Schedules on one machine: rows of the journal, of which each starts its executions when it is due.
//!
//! A time passes in the same commit that starts its execution, and the execution's name is made of schedule and time. So
//! each time fires once, whenever the process dies; and a time that comes again, because the clock was set back, finds its
//! execution there.
//!
//! What was missed, while no server ran or the clock leapt ahead, is made up for once: by the last time that was missed, if
//! it is not older than the schedule's `catch_up`. Times never drift, since each is computed from the expression and not
//! from the firing before.

mod daily;
mod document;
mod fire;
mod port;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use journal::{Advance, Batch, Schedule};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;

use crate::failpoints::{self, Commit};
use crate::host::{Host, HostError};
use document::{Document, whole_second};

pub(crate) use daily::provide as provide_daily;
pub(crate) use port::LocalSchedules;

/// How many fire at the same time.
const AT_ONCE: usize = 512;
/// How many rows are read at a time.
const PAGE: usize = 256;
/// How long firing rests after a failure.
const REST: Duration = Duration::from_secs(1);

/// What lets schedules fire.
#[derive(Debug)]
pub(crate) struct Schedules {
    host: Arc<Host>,
    /// Whoever writes schedules does it one after the other: a change never meets a firing.
    writing: Mutex<()>,
    /// Woken whenever a schedule has been changed.
    changed: Notify,
}

impl Schedules {
    pub(crate) fn new(host: &Arc<Host>) -> Arc<Self> {
        Arc::new(Self {
            host: Arc::clone(host),
            writing: Mutex::new(()),
            changed: Notify::new(),
        })
    }

    /// Lets schedules fire until the server stops.
    pub(crate) async fn run(self: Arc<Self>) {
        // What was planned under another clock or another database of time zones is planned anew.
        let mut clock = Timestamp::MAX;
        while !self.host.is_draining() {
            match self.look(&mut clock).await {
                Ok(()) => {}
                Err(HostError::Stopping) => return,
                Err(error) => {
                    tracing::warn!(%error, "schedules are late: they could not fire and are tried again");
                    self.rest().await;
                }
            }
        }
    }

    async fn rest(&self) {
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = self.host.draining() => {}
        }
    }

    /// Lets fire what is due, or waits for the next. `clock` is what the clock said at the last look.
    async fn look(self: &Arc<Self>, clock: &mut Timestamp) -> Result<(), HostError> {
        let writing = self.writing.lock().await;
        let now = self.host.now();
        if now < *clock {
            self.plan_anew(now).await?;
        }
        *clock = now;
        let due = self.host.journal.due_schedules(now, AT_ONCE).await?;
        if due.is_empty() {
            drop(writing);
            return self.wait_for_next().await;
        }
        let mut firing = JoinSet::new();
        for schedule in due {
            let this = Arc::clone(self);
            firing.spawn(async move { this.fire(schedule, now).await });
        }
        firing.join_all().await.into_iter().collect()
    }

    async fn wait_for_next(&self) -> Result<(), HostError> {
        let next = self.host.journal.next_schedule().await?.unwrap_or(Timestamp::MAX);
        tokio::select! {
            () = self.host.sleep_until(next) => Ok(()),
            () = self.changed.notified() => Ok(()),
            () = self.host.draining() => Err(HostError::Stopping),
        }
    }

    /// Computes again when each schedule is due that is not due already. After the clock has been set back, what it was
    /// ahead for must not be waited for.
    async fn plan_anew(&self, now: Timestamp) -> Result<(), HostError> {
        let mut after = String::new();
        loop {
            let page = self.host.journal.schedules(&after, None, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.name);
            let moved: Vec<Advance> = page.iter().filter_map(|schedule| replanned(schedule, now)).collect();
            if !moved.is_empty() {
                let mut batch = Batch::new();
                for advance in moved {
                    batch.advance_schedule(advance);
                }
                failpoints::commit(&self.host.journal, Commit::Advance, batch).await?;
            }
        }
    }
}

/// When a schedule is due instead, if it is to be due at another time: for the last time that may still be made up for, if
/// that is not the one it fired for last, else for the next. A time that it fired for longer ago finds its execution there.
fn replanned(schedule: &Schedule, now: Timestamp) -> Option<Advance> {
    let document = Document::read(schedule).ok()?;
    let is_due = schedule.due.is_some_and(|due| due <= now);
    if is_due || !document.definition.enabled {
        return None;
    }
    let times = document.times().ok()?;
    // Before its last change it was another schedule, or paused.
    let changed = whole_second(document.updated_at.min(now));
    let last = times.last_within(document.oldest(now).max(changed), now);
    let due = last
        .filter(|last| schedule.fired != Some(*last))
        .or_else(|| times.next(now));
    (due != schedule.due).then(|| Advance {
        name: schedule.name.clone(),
        version: schedule.version,
        due,
        fired: None,
    })
}
