//! Events that have come for an execution while others were being made durable.
//!
//! The branches of an execution answer independently of each other. Whatever has come by the time that the execution is
//! free is applied together, and its state is written once for all of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::Event;
use journal::{Batch, ExecutionId};
use tokio::sync::oneshot;

use super::{Applied, HostError};

/// An event, what becomes durable with it, and who waits for that.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) event: Event,
    pub(super) batch: Batch,
    pub(super) done: oneshot::Sender<Result<Applied, HostError>>,
}

/// What has come and is not taken up yet, by execution.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Mutex<HashMap<ExecutionId, Vec<Arrival>>>);

impl Arrivals {
    /// Adds an event. `true` if it is the first: whoever brings that one takes up all of them.
    pub(super) fn add(&self, execution: ExecutionId, arrival: Arrival) -> bool {
        let mut arrivals = self.table();
        let of_execution = arrivals.entry(execution).or_default();
        of_execution.push(arrival);
        of_execution.len() == 1
    }

    /// Takes up what has come, in the order in which it came.
    pub(super) fn take(&self, execution: ExecutionId) -> Vec<Arrival> {
        self.table().remove(&execution).unwrap_or_default()
    }

    fn table(&self) -> MutexGuard<'_, HashMap<ExecutionId, Vec<Arrival>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use engine::{Event, TimerId};
    use journal::{Batch, ExecutionId};
    use tokio::sync::oneshot;

    use super::{Arrival, Arrivals};

    #[test]
    fn the_first_one_takes_up_all_in_the_order_in_which_they_came() {
        let arrivals = Arrivals::default();
        let arrival = |timer| Arrival {
            event: Event::TimerFired { timer: TimerId(timer) },
            batch: Batch::new(),
            done: oneshot::channel().0,
        };
        for round in 0..2 {
            let first: Vec<bool> = (0..3)
                .map(|timer| arrivals.add(ExecutionId(1), arrival(timer)))
                .collect();
            assert_eq!(first, [true, false, false], "round {round}");
            assert!(
                arrivals.add(ExecutionId(2), arrival(9)),
                "executions do not wait for each other"
            );
            let taken = arrivals.take(ExecutionId(1));
            let events: Vec<Event> = taken.into_iter().map(|arrival| arrival.event).collect();
            let expected = [0, 1, 2].map(|timer| Event::TimerFired { timer: TimerId(timer) });
            assert_eq!(events, expected);
            assert_eq!(arrivals.take(ExecutionId(2)).len(), 1);
        }
        assert!(arrivals.take(ExecutionId(1)).is_empty());
    }
}
