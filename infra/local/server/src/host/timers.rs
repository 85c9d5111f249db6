//! Timers: one task that knows when the next one is due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use engine::{Event, TimerId};
use jiff::Timestamp;
use journal::{Batch, DueTimer, ExecutionId};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{Host, HostError};
use crate::failpoints::{self, Commit, Moment};

/// How many timers fire at the same time.
const AT_ONCE: usize = 512;

/// When a timer is tried again whose execution could not be loaded.
const PUT_OFF: Duration = Duration::from_mins(10);

/// Wakes the timer task.
#[derive(Debug)]
pub(super) struct Alarm {
    wake: Notify,
    /// When the timer task means to look again, in milliseconds; the largest number while it looks.
    planned: AtomicI64,
}

impl Default for Alarm {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            planned: AtomicI64::new(i64::MAX),
        }
    }
}

impl Alarm {
    /// A timer has been set, and is durable.
    pub(super) fn arm(&self, at: Timestamp) {
        if at.as_millisecond() < self.planned.load(Ordering::SeqCst) {
            self.wake.notify_one();
        }
    }
}

impl Host {
    /// Fires timers until the server stops. Their rows are the truth: one that fires twice is stale the second time.
    pub(crate) async fn run_timers(self: Arc<Self>) {
        while !self.is_draining() {
            if let Err(error) = self.fire_due().await {
                if matches!(error, HostError::Stopping) {
                    return;
                }
                tracing::warn!(%error, "timers are late: they could not be fired and are tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Fires what is due, or waits for the next.
    async fn fire_due(self: &Arc<Self>) -> Result<(), HostError> {
        self.timers.planned.store(i64::MAX, Ordering::SeqCst);
        let due = self.journal.due_timers(self.now(), AT_ONCE).await?;
        if due.is_empty() {
            return self.wait_for_next().await;
        }
        failpoints::at(Moment::Timers);
        let mut fired = JoinSet::new();
        for together in together(&due) {
            fired.spawn(fire(Arc::clone(self), together));
        }
        fired.join_all().await.into_iter().collect()
    }

    async fn wait_for_next(&self) -> Result<(), HostError> {
        let next = self.journal.next_due().await?.unwrap_or(Timestamp::MAX);
        self.timers.planned.store(next.as_millisecond(), Ordering::SeqCst);
        tokio::select! {
            () = self.clock.sleep_until(next) => {}
            () = self.timers.wake.notified() => {}
            () = self.draining() => return Err(HostError::Stopping),
        }
        Ok(())
    }
}

/// What is due for one execution at one moment.
#[derive(Debug, PartialEq, Eq)]
struct Together {
    execution: ExecutionId,
    timers: Vec<TimerId>,
}

/// Timers of one execution that are due at the same moment fire as one event, in the order in which they were set.
fn together(due: &[DueTimer]) -> Vec<Together> {
    let mut moments: BTreeMap<(Timestamp, ExecutionId), Vec<TimerId>> = BTreeMap::new();
    for timer in due {
        let timers = moments.entry((timer.due, timer.execution)).or_default();
        timers.push(timer.timer);
    }
    let each = moments.into_iter().map(|((_, execution), mut timers)| {
        timers.sort_unstable();
        Together { execution, timers }
    });
    each.collect()
}

/// The timers of an execution that cannot be loaded are put off, so that they do not hold up all the others: a later
/// version of the engine may be able to.
async fn fire(host: Arc<Host>, due: Together) -> Result<(), HostError> {
    let event = match due.timers.as_slice() {
        [timer] => Event::TimerFired { timer: *timer },
        timers => Event::TimersFired {
            timers: timers.to_vec(),
        },
    };
    match host.apply(due.execution, event, Batch::new()).await {
        Err(HostError::Load { .. }) => {
            let mut batch = Batch::new();
            let later = host.now().saturating_add(PUT_OFF).unwrap_or(Timestamp::MAX);
            for timer in due.timers {
                batch.start_timer(due.execution, timer, later);
            }
            Ok(failpoints::commit(&host.journal, Commit::PutOff, batch).await?)
        }
        result => result.map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use engine::TimerId;
    use jiff::Timestamp;
    use journal::{DueTimer, ExecutionId};

    use super::{Together, together};

    #[test]
    fn what_is_due_at_one_moment_fires_as_one() {
        let due = |second, execution, timer| DueTimer {
            execution: ExecutionId(execution),
            timer: TimerId(timer),
            due: Timestamp::from_second(second).unwrap(),
        };
        let fired = |execution, timers: &[u64]| Together {
            execution: ExecutionId(execution),
            timers: timers.iter().copied().map(TimerId).collect(),
        };
        let found = together(&[due(1, 7, 9), due(1, 8, 1), due(1, 7, 3), due(2, 7, 1)]);
        assert_eq!(found, [fired(7, &[3, 9]), fired(8, &[1]), fired(7, &[1])]);
    }
}
