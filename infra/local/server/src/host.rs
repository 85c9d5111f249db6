//! The host of the engine: it loads executions, applies events, makes the result durable and then performs the effects.
//!
//! Order is everything here. Events of one execution are applied one after the other; what an event led to is committed
//! before any effect of it is performed; and whoever waits for an answer gets it after the commit. Whatever has to happen
//! later stands in the journal — a timer, a task in flight, an entry of the outbox — so a sleeping execution takes no
//! memory and a restart finds everything.

mod apply;
mod arrivals;
mod calls;
mod children;
mod effects;
mod ended;
mod failure;
mod feed;
mod loaded;
mod machines;
mod outbox;
mod record;
mod recovery;
mod redrive;
mod slots;
mod start;
mod stop_execution;
#[cfg(test)]
mod tests;
mod timers;
mod tokens;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use journal::Journal;
use tokio::sync::{Mutex, Notify, watch};

use crate::clock::Clock;
use crate::meters::Meters;
use crate::runners::Runners;
use crate::traces::Ended;

pub(crate) use apply::Applied;
pub(crate) use calls::{LastCall, Line};
pub(crate) use failure::{HostError, StartError};
pub(crate) use feed::Place;
pub(crate) use loaded::Loaded;
pub(crate) use machines::Content;
pub(crate) use redrive::{NotNow, RedriveError};
pub(crate) use start::Start;
pub(crate) use tokens::TokenError;

/// How far the server's end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// What runs may end, nothing begins.
    Draining,
    Stopped,
}

/// Everything an execution needs. One for each server, shared by all of its parts.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    runners: Runners,
    pub(crate) meters: Arc<Meters>,
    machines: machines::Cache,
    arrivals: arrivals::Arrivals,
    slots: slots::Slots,
    ended: ended::Ended,
    calls: calls::Calls,
    timers: timers::Alarm,
    feed: feed::Feed,
    /// Woken whenever a task has been submitted, an activity task scheduled, or an execution has ended.
    changed: Notify,
    /// Workers take tasks of activities one after the other.
    polling: Mutex<()>,
    /// How far the server's end is.
    phase: watch::Sender<Phase>,
    /// How many executions have not ended.
    open: AtomicUsize,
    /// How many may be open at once.
    most_open: usize,
    /// Takes note of executions that have ended, where there are traces.
    pub(crate) traced: OnceLock<Ended>,
}

impl Host {
    pub(crate) fn new(
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        runners: Runners,
        meters: Arc<Meters>,
        most_open: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal,
            clock,
            runners,
            meters,
            machines: machines::Cache::default(),
            arrivals: arrivals::Arrivals::default(),
            slots: slots::Slots::default(),
            ended: ended::Ended::default(),
            calls: calls::Calls::default(),
            timers: timers::Alarm::default(),
            feed: feed::Feed::default(),
            changed: Notify::new(),
            polling: Mutex::new(()),
            phase: watch::Sender::new(Phase::Running),
            open: AtomicUsize::new(0),
            most_open,
            traced: OnceLock::new(),
        })
    }

    /// Now, in the milliseconds that AWS shows and the journal keeps.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// A time that goes on evenly, whatever the clock is set to.
    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Returns when it is `at` or later, or now and then earlier.
    pub(crate) async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }

    /// Executions have been deleted: nothing is answered from memory that may be about them.
    pub(crate) fn forget_ended(&self) {
        self.ended.clear();
    }

    /// Nothing begins after this: no execution, no call, no timer. What runs may end.
    pub(crate) fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
        self.calls.close();
    }

    /// No effect happens after this. Tells how many calls have been called off: they are repeated after the next start.
    pub(crate) fn stop(&self) -> usize {
        self.phase.send_replace(Phase::Stopped);
        self.calls.abort_all()
    }

    /// Returns when no call runs.
    pub(crate) async fn calls_have_ended(&self) {
        self.calls.none_runs().await;
    }

    /// How many calls run, and how many wait for their turn.
    pub(crate) fn calls(&self) -> (usize, usize) {
        self.calls.count()
    }

    /// How many executions have not ended.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Takes note of the executions that a process before this one has left open.
    pub(crate) async fn count_open(&self) -> Result<(), HostError> {
        let open = self.journal.open_executions().await?;
        self.open.store(open, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.phase.borrow() != Phase::Running
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.phase.borrow() == Phase::Stopped
    }

    /// Returns when nothing begins any more.
    pub(crate) async fn draining(&self) {
        self.reached(|phase| phase != Phase::Running).await;
    }

    /// Returns when the server stops.
    pub(crate) async fn stopped(&self) {
        self.reached(|phase| phase == Phase::Stopped).await;
    }

    async fn reached(&self, there: impl Fn(Phase) -> bool) {
        // The sender lives in `self`, so waiting cannot end by its loss.
        let _ = self.phase.subscribe().wait_for(|phase| there(*phase)).await;
    }

    pub(crate) fn runners(&self) -> &Runners {
        &self.runners
    }

    pub(crate) fn changed(&self) -> &Notify {
        &self.changed
    }
}
