//! The calls that run right now, and those that wait for their turn.
//!
//! A call that cannot begin at once waits as a number and, while there is room for it, with its request; the others are read
//! from the journal when they begin, so that a backlog of any length takes little memory. Each line has its own places, so
//! that slow functions elsewhere do not hold up our own.

mod last;
mod line;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::{TaskId, TimerId};
use journal::ExecutionId;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

pub(crate) use last::LastCall;
pub(crate) use line::Line;
pub(super) use line::Turn;
use line::{PLACES, Places};

/// Names a call.
pub(super) type Key = (ExecutionId, TaskId);

/// For how long what is inside gives way after an execution has come: longer than the pause between two in a load under which
/// that makes a difference, and too short to be noticed afterwards.
const GIVES_WAY: Duration = Duration::from_millis(20);

/// Calls by execution and task.
#[derive(Debug)]
pub(super) struct Calls {
    table: Mutex<Table>,
    /// Woken when a call has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Table {
    processors: usize,
    running: BTreeMap<Key, Running>,
    /// Calls that have been answered, and whose execution is being told.
    telling: BTreeSet<Key>,
    /// The last calls of executions that have ended, where somebody will ask for them.
    last: BTreeMap<ExecutionId, LastCall>,
    /// Calls that wait for their turn, or for their time to begin; `true` where a timer has been put off meanwhile, so that
    /// it has to be started anew with the call.
    waiting: BTreeMap<Key, bool>,
    lines: [Places; PLACES.len()],
    /// Until when what is inside gives way to executions that are being accepted, of a time that goes on evenly.
    gives_way: Duration,
    /// Whether no call begins any more.
    closed: bool,
}

#[derive(Debug, Default)]
struct Running {
    handle: Option<AbortHandle>,
    /// How much later than it was scheduled the call has begun.
    late: Duration,
    /// Those of its timers that have been put off by that.
    put_off: Vec<TimerId>,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            table: Mutex::new(Table {
                processors: std::thread::available_parallelism().map_or(1, usize::from),
                ..Table::default()
            }),
            ended: Notify::new(),
        }
    }
}

impl Calls {
    /// Somebody waits for an execution to be accepted: what is inside gives way to that for a while.
    pub(super) fn starting(&self, now: Duration) {
        self.table().gives_way = now.saturating_add(GIVES_WAY);
    }

    /// A call takes a place, or the end of the line if none is free or others wait already. Gives those who may begin.
    pub(super) fn enter(&self, line: Line, turn: Turn, now: Duration) -> Vec<Turn> {
        let mut table = self.table();
        if table.closed {
            return Vec::new();
        }
        let (key, most) = (turn.key, table.most(line, now));
        if let Some(begins) = table.lines[line as usize].enter(turn, most, now) {
            table.running.insert(key, Running::default());
            return vec![begins];
        }
        table.waiting.insert(key, false);
        table.begin(line, now)
    }

    /// The call that runs under this key can be called off by this handle, unless it is over already.
    pub(super) fn can_be_aborted(&self, key: Key, handle: AbortHandle) {
        if let Some(running) = self.table().running.get_mut(&key) {
            running.handle = Some(handle);
        }
    }

    /// Gives a place back; gives those who may begin. While a place is taken there will be somebody to call this, so that nobody
    /// waits for ever.
    pub(super) fn leave(&self, line: Line, key: Key, now: Duration) -> Vec<Turn> {
        let mut table = self.table();
        table.running.remove(&key);
        table.telling.remove(&key);
        if let Some(last @ LastCall::Runs) = table.last.get_mut(&key.0) {
            *last = LastCall::CutOff;
        }
        table.waiting.remove(&key);
        table.lines[line as usize].taken -= 1;
        let next = table.begin(line, now);
        drop(table);
        self.ended.notify_waiters();
        next
    }

    /// The turn of a call has come that waited without its request, and its time has begun.
    pub(super) fn has_begun(&self, key: Key) {
        self.table().waiting.remove(&key);
    }

    /// By how much a timer of a call is to be put off: a minute while the call waits, which starts it anew when it begins;
    /// then by as long as it has waited, once.
    pub(super) fn too_early(&self, key: Key, timer: TimerId) -> Option<Duration> {
        let mut table = self.table();
        if let Some(put_off) = table.waiting.get_mut(&key) {
            *put_off = true;
            return Some(Duration::from_mins(1));
        }
        let running = table.running.get_mut(&key)?;
        if running.late.is_zero() || running.put_off.contains(&timer) {
            return None;
        }
        running.put_off.push(timer);
        Some(running.late)
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

    /// Calls off one call. One that waits has no turn.
    pub(super) fn abort(&self, key: Key) {
        let mut table = self.table();
        table.waiting.remove(&key);
        if let Some(Some(call)) = table.running.remove(&key).map(|running| running.handle) {
            call.abort();
        }
    }

    /// Calls off whatever runs or waits for an execution.
    pub(super) fn abort_execution(&self, execution: ExecutionId) {
        let keys: Vec<Key> = {
            let table = self.table();
            let running = table.running.range(of(execution)).map(|(key, _)| *key);
            running
                .chain(table.waiting.range(of(execution)).map(|(key, _)| *key))
                .collect()
        };
        for key in keys {
            self.abort(key);
        }
    }

    /// Lets no call begin any more and forgets what waits: the journal knows it.
    pub(super) fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.waiting.clear();
        table.lines.iter_mut().for_each(Places::clear);
    }

    /// Calls off everything; the journal knows what has to be repeated. Tells how many ran.
    pub(super) fn abort_all(&self) -> usize {
        self.close();
        let (ran, _) = self.count();
        let running = std::mem::take(&mut self.table().running);
        running
            .values()
            .flat_map(|call| &call.handle)
            .for_each(AbortHandle::abort);
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

impl Table {
    fn most(&self, line: Line, now: Duration) -> usize {
        line.most(self.processors, now < self.gives_way)
    }

    /// Those who wait take the places that are free.
    fn begin(&mut self, line: Line, now: Duration) -> Vec<Turn> {
        let (most, mut begin) = (self.most(line, now), Vec::new());
        while let Some((mut turn, late)) = self.lines[line as usize].next(most, now) {
            let Some(put_off) = self.waiting.get(&turn.key) else {
                // It was called off meanwhile.
                self.lines[line as usize].taken -= 1;
                continue;
            };
            turn.request.take_if(|_| *put_off);
            let mut running = Running::default();
            if turn.request.is_some() {
                self.waiting.remove(&turn.key);
                running.late = late;
            }
            self.running.insert(turn.key, running);
            begin.push(turn);
        }
        begin
    }
}

/// The keys of an execution's calls.
fn of(execution: ExecutionId) -> RangeInclusive<Key> {
    (execution, TaskId(0))..=(execution, TaskId(u64::MAX))
}

#[cfg(test)]
mod tests;
