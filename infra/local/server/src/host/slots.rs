//! One place for each execution that something happens to right now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use engine::Execution;
use journal::ExecutionId;
use tokio::sync::OwnedMutexGuard;

use super::Loaded;

/// Locks by execution. Only executions that an event is applied to, or that a task runs for, have a slot.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: Mutex<HashMap<ExecutionId, Slot>>,
}

type Slot = Arc<tokio::sync::Mutex<Option<Live>>>;

/// An execution in memory.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) execution: Execution,
    pub(super) loaded: Arc<Loaded>,
    /// Whether another execution waits for its end.
    pub(super) has_parent: bool,
}

/// How many executions stay in memory between two events, to spare reading them again.
const KEPT: usize = 4_096;

impl Slots {
    /// Waits until nothing else happens to the execution.
    pub(super) async fn lock(&self, execution: ExecutionId) -> OwnedMutexGuard<Option<Live>> {
        let slot = Arc::clone(self.table().entry(execution).or_default());
        slot.lock_owned().await
    }

    /// Lets go of an execution. It stays in memory only if something is expected for it soon and there is room.
    pub(super) fn release(&self, execution: ExecutionId, mut guard: OwnedMutexGuard<Option<Live>>, keep: bool) {
        let mut slots = self.table();
        if keep && guard.is_some() && slots.len() <= KEPT {
            return;
        }
        *guard = None;
        // Two handles, the table's and the guard's: nobody else waits for the slot. Others get a handle only under the
        // table's lock, which is held here.
        if Arc::strong_count(OwnedMutexGuard::mutex(&guard)) == 2 {
            slots.remove(&execution);
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<ExecutionId, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
