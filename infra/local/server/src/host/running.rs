//! The calls that run right now, so that they can be called off.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::TaskId;
use journal::ExecutionId;
use tokio::task::AbortHandle;

type Key = (ExecutionId, TaskId);

/// Calls by execution and task.
#[derive(Debug, Default)]
pub(super) struct Running {
    calls: Mutex<BTreeMap<Key, AbortHandle>>,
}

impl Running {
    /// Spawns a call under its key. `spawn` runs under the lock, so that a call that ends at once finds itself.
    pub(super) fn add(&self, key: Key, spawn: impl FnOnce() -> AbortHandle) {
        self.calls().insert(key, spawn());
    }

    /// The call has ended by itself and must not be aborted by what its answer leads to.
    pub(super) fn remove(&self, key: Key) {
        self.calls().remove(&key);
    }

    /// Whether any call runs for an execution.
    pub(super) fn calls_for(&self, execution: ExecutionId) -> bool {
        self.calls().range(of(execution)).next().is_some()
    }

    /// Calls off one call.
    pub(super) fn abort(&self, key: Key) {
        if let Some(call) = self.calls().remove(&key) {
            call.abort();
        }
    }

    /// Calls off whatever runs for an execution.
    pub(super) fn abort_execution(&self, execution: ExecutionId) {
        let mut calls = self.calls();
        let keys: Vec<Key> = calls.range(of(execution)).map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(call) = calls.remove(&key) {
                call.abort();
            }
        }
    }

    /// Calls off everything; the journal knows what has to be repeated.
    pub(super) fn abort_all(&self) {
        for (_, call) in std::mem::take(&mut *self.calls()) {
            call.abort();
        }
    }

    fn calls(&self) -> MutexGuard<'_, BTreeMap<Key, AbortHandle>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of an execution's calls.
fn of(execution: ExecutionId) -> RangeInclusive<Key> {
    (execution, TaskId(0))..=(execution, TaskId(u64::MAX))
}
