//! The calls that run right now, and those that wait for their turn.
//!
//! A call that cannot begin at once waits as a number: its request stands in the journal and is read when it begins, so
//! that a backlog of any length takes next to no memory. Each line has its own places, so that slow functions elsewhere do
//! not hold up our own.

mod last;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::TaskId;
use journal::ExecutionId;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

pub(crate) use last::LastCall;

/// Names a call.
pub(super) type Key = (ExecutionId, TaskId);

/// Where a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The activities inside of this binary.
    Linked,
    /// Lambda functions at the endpoint.
    Remote,
    /// What this server does itself: the queue, the topic, nested executions.
    Local,
    /// Activities that run as processes of this machine.
    Process,
    /// Other Lambda functions that do.
    OtherProcess,
}

/// How many calls of each line run at the same time. Lambda's default quota is 1,000 for an account. How many processes a
/// function has, its own bound says.
const PLACES: [usize; 5] = [64, 256, 256, 64, 256];

/// Calls by execution and task.
#[derive(Debug)]
pub(super) struct Calls {
    table: Mutex<Table>,
    /// Woken when a call has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Table {
    running: BTreeMap<Key, Option<AbortHandle>>,
    /// Calls that have been answered, and whose execution is being told.
    telling: BTreeSet<Key>,
    /// The last calls of executions that have ended, where somebody will ask for them.
    last: BTreeMap<ExecutionId, LastCall>,
    waiting: BTreeSet<Key>,
    lines: [Places; 5],
    /// Whether no call begins any more.
    closed: bool,
}

#[derive(Debug, Default)]
struct Places {
    taken: usize,
    queue: VecDeque<Waiting>,
}

/// A call that waits for its turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) key: Key,
    /// Whether the call may have been made before, by a process that ended.
    pub(super) repeated: bool,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            table: Mutex::default(),
            ended: Notify::new(),
        }
    }
}

impl Calls {
    /// Takes a place, or the end of the line if none is free or others wait already. `true` if the call may begin.
    pub(super) fn enter(&self, line: Line, waiting: Waiting) -> bool {
        let mut table = self.table();
        if table.closed {
            return false;
        }
        let places = &mut table.lines[line as usize];
        if places.taken < PLACES[line as usize] && places.queue.is_empty() {
            places.taken += 1;
            table.running.insert(waiting.key, None);
            return true;
        }
        places.queue.push_back(waiting);
        table.waiting.insert(waiting.key);
        false
    }

    /// The call that runs under this key can be called off by this handle, unless it is over already.
    pub(super) fn can_be_aborted(&self, key: Key, handle: AbortHandle) {
        if let Some(running) = self.table().running.get_mut(&key) {
            *running = Some(handle);
        }
    }

    /// Gives a place back; the next in the line has it, and is returned.
    pub(super) fn leave(&self, line: Line, key: Key) -> Option<Waiting> {
        let next = {
            let mut table = self.table();
            table.running.remove(&key);
            table.telling.remove(&key);
            if let Some(last @ LastCall::Runs) = table.last.get_mut(&key.0) {
                *last = LastCall::CutOff;
            }
            let places = &mut table.lines[line as usize];
            let next = places.queue.pop_front();
            match next {
                Some(next) => drop(table.running.insert(next.key, None)),
                None => places.taken -= 1,
            }
            table.waiting.remove(&key);
            next
        };
        self.ended.notify_waiters();
        next
    }

    /// The turn of a call that waited has come, and its time has begun.
    pub(super) fn has_begun(&self, key: Key) {
        self.table().waiting.remove(&key);
    }

    /// Whether a call waits for its turn, or for its time to begin.
    pub(super) fn is_waiting(&self, key: Key) -> bool {
        self.table().waiting.contains(&key)
    }

    /// The call has its answer and must not be aborted by what that leads to.
    pub(super) fn answered(&self, key: Key) {
        let mut table = self.table();
        table.running.remove(&key);
        table.telling.insert(key);
    }

    /// Whether any call runs or waits for an execution.
    pub(super) fn calls_for(&self, execution: ExecutionId) -> bool {
        let table = self.table();
        table.running.range(of(execution)).next().is_some() || table.waiting.range(of(execution)).next().is_some()
    }

    /// Calls off one call. One that waits finds its row gone when its turn comes.
    pub(super) fn abort(&self, key: Key) {
        if let Some(Some(call)) = self.table().running.remove(&key) {
            call.abort();
        }
    }

    /// Calls off whatever runs for an execution.
    pub(super) fn abort_execution(&self, execution: ExecutionId) {
        let keys: Vec<Key> = self.table().running.range(of(execution)).map(|(key, _)| *key).collect();
        for key in keys {
            self.abort(key);
        }
    }

    /// Lets no call begin any more and forgets what waits: the journal knows it.
    pub(super) fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.waiting.clear();
        table.lines.iter_mut().for_each(|line| line.queue.clear());
    }

    /// Calls off everything; the journal knows what has to be repeated. Tells how many ran.
    pub(super) fn abort_all(&self) -> usize {
        self.close();
        let (ran, _) = self.count();
        let running = std::mem::take(&mut self.table().running);
        running.values().flatten().for_each(AbortHandle::abort);
        ran
    }

    /// How many run, until what came of them is durable, and how many wait.
    pub(super) fn count(&self) -> (usize, usize) {
        let table = self.table();
        (table.lines.iter().map(|line| line.taken).sum(), table.waiting.len())
    }

    /// Returns when no call runs.
    pub(super) async fn none_runs(&self) {
        loop {
            let ended = self.ended.notified();
            if self.count().0 == 0 {
                return;
            }
            ended.await;
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of an execution's calls.
fn of(execution: ExecutionId) -> RangeInclusive<Key> {
    (execution, TaskId(0))..=(execution, TaskId(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: i64) -> Waiting {
        Waiting {
            key: (ExecutionId(number), TaskId(1)),
            repeated: false,
        }
    }

    #[test]
    fn places_are_given_in_the_order_of_the_line() {
        let calls = Calls::default();
        let places = i64::try_from(PLACES[0]).unwrap();
        assert!((0..places).all(|number| calls.enter(Line::Linked, call(number))));
        assert!(!calls.enter(Line::Linked, call(1000)) && !calls.enter(Line::Linked, call(1001)));
        assert!(
            calls.enter(Line::Remote, call(2000)),
            "another line has places of its own"
        );
        assert!(calls.is_waiting(call(1000).key) && calls.calls_for(ExecutionId(1000)));
        assert_eq!(calls.count(), (PLACES[0] + 1, 2));
        let next = calls.leave(Line::Linked, call(0).key).unwrap();
        assert_eq!(next.key, call(1000).key);
        assert!(calls.is_waiting(next.key), "until its time has begun");
        calls.has_begun(next.key);
        assert!(!calls.is_waiting(next.key));
        assert_eq!(calls.leave(Line::Linked, next.key).unwrap().key, call(1001).key);
        assert!(calls.leave(Line::Linked, call(1001).key).is_none());
        assert!(calls.enter(Line::Linked, call(1002)), "a place is free again");
        calls.close();
        assert!(!calls.enter(Line::Linked, call(1003)) && !calls.is_waiting(call(1003).key));
    }

    #[test]
    fn a_backlog_takes_little_memory() {
        assert!(size_of::<Waiting>() + size_of::<Key>() <= 40);
    }
}
