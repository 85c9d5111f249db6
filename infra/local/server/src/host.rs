//! The host of the engine: it loads executions, applies events, makes the result durable and then performs the effects.
//!
//! Order is everything here. Events of one execution are applied one after the other; what an event led to is committed
//! before any effect of it is performed; and whoever waits for an answer gets it after the commit. Whatever has to happen
//! later stands in the journal — a timer, a task in flight, an entry of the outbox — so a sleeping execution takes no
//! memory and a restart finds everything.

mod apply;
mod arrivals;
mod children;
mod effects;
mod ended;
mod failure;
mod loaded;
mod machines;
mod outbox;
mod record;
mod recovery;
mod running;
mod slots;
mod start;
mod timers;
mod tokens;

use std::sync::Arc;

use jiff::Timestamp;
use journal::Journal;
use tokio::sync::{Mutex, Notify, watch};

use crate::clock::Clock;
use crate::runners::Runners;

pub(crate) use apply::Applied;
pub(crate) use failure::{HostError, StartError};
pub(crate) use loaded::Loaded;
pub(crate) use machines::Content;
pub(crate) use start::Start;
pub(crate) use tokens::TokenError;

/// Everything an execution needs. One for each server, shared by all of its parts.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    runners: Runners,
    machines: machines::Cache,
    arrivals: arrivals::Arrivals,
    slots: slots::Slots,
    ended: ended::Ended,
    running: running::Running,
    timers: timers::Alarm,
    /// Woken whenever a task has been submitted, an activity task scheduled, or an execution has ended.
    changed: Notify,
    /// Workers take tasks of activities one after the other.
    polling: Mutex<()>,
    /// Becomes true when the server stops.
    stopping: watch::Sender<bool>,
}

impl Host {
    pub(crate) fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>, runners: Runners) -> Arc<Self> {
        Arc::new(Self {
            journal,
            clock,
            runners,
            machines: machines::Cache::default(),
            arrivals: arrivals::Arrivals::default(),
            slots: slots::Slots::default(),
            ended: ended::Ended::default(),
            running: running::Running::default(),
            timers: timers::Alarm::default(),
            changed: Notify::new(),
            polling: Mutex::new(()),
            stopping: watch::Sender::new(false),
        })
    }

    /// Now, in the milliseconds that AWS shows and the journal keeps.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Returns when it is `at` or later, or now and then earlier.
    pub(crate) async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }

    /// Executions have been deleted: nothing is answered from memory that may be about them.
    pub(crate) fn forget_ended(&self) {
        self.ended.clear();
    }

    /// No effect begins after this.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
        self.running.abort_all();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Returns when the server stops.
    pub(crate) async fn stopped(&self) {
        // The sender lives in `self`, so waiting cannot end by its loss.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    pub(crate) fn runners(&self) -> &Runners {
        &self.runners
    }

    pub(crate) fn changed(&self) -> &Notify {
        &self.changed
    }
}
