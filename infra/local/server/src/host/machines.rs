//! State machines: registering them and finding them compiled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{Batch, NewStateMachine, Revision, StateMachine, StateMachineId};

use super::{Host, HostError, Loaded};
use crate::definition;
use crate::failpoints::{self, Commit};

/// How many compiled definitions are kept; a new one beyond that empties the cache.
const KEPT: usize = 512;

/// Compiled definitions: the current ones by name, and those that executions are pinned to.
#[derive(Debug, Default)]
pub(super) struct Cache {
    current: Mutex<HashMap<String, Arc<Loaded>>>,
    pinned: Mutex<HashMap<(StateMachineId, i64), Arc<Loaded>>>,
    /// Counts changes, so that what was read before a change is not kept after it.
    generation: AtomicU64,
}

/// What a state machine is made of, besides its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    /// The definition as its author wrote it.
    pub(crate) definition: String,
    /// The role.
    pub(crate) role_arn: String,
    /// Type, logging and tracing as JSON text.
    pub(crate) settings: String,
}

impl Content {
    /// What a revision is made of.
    pub(crate) fn of(revision: &Revision) -> Self {
        Self {
            definition: revision.definition.clone(),
            role_arn: revision.role_arn.clone(),
            settings: revision.settings.clone(),
        }
    }
}

impl Host {
    /// The state machine of this name with its current definition.
    pub(crate) async fn state_machine(&self, name: &str) -> Result<Option<Arc<Loaded>>, HostError> {
        if let Some(loaded) = lock(&self.machines.current).get(name) {
            return Ok(Some(Arc::clone(loaded)));
        }
        let generation = self.machines.generation.load(Ordering::Acquire);
        let Some(record) = self.journal.state_machine(name).await? else {
            return Ok(None);
        };
        let loaded = self.compiled(record)?;
        if generation == self.machines.generation.load(Ordering::Acquire) {
            keep(&mut lock(&self.machines.current), name.to_owned(), &loaded);
        }
        Ok(Some(loaded))
    }

    /// The revision that an execution is pinned to.
    pub(super) async fn pinned(&self, id: StateMachineId, revision: i64) -> Result<Option<Arc<Loaded>>, HostError> {
        if let Some(loaded) = lock(&self.machines.pinned).get(&(id, revision)) {
            return Ok(Some(Arc::clone(loaded)));
        }
        let Some(record) = self.journal.revision(id, revision).await? else {
            return Ok(None);
        };
        self.compiled(record).map(Some)
    }

    fn compiled(&self, record: StateMachine) -> Result<Arc<Loaded>, HostError> {
        let key = (record.id, record.revision.number);
        if let Some(loaded) = lock(&self.machines.pinned).get(&key) {
            return Ok(Arc::clone(loaded));
        }
        let machine = definition::compile(&record.revision.definition).map_err(|refused| HostError::Load {
            execution: 0,
            detail: refused.to_string(),
        })?;
        let loaded = Arc::new(Loaded { record, machine });
        keep(&mut lock(&self.machines.pinned), key, &loaded);
        Ok(loaded)
    }

    /// Creates a state machine; [`journal::CommitError::Exists`] if there is one of this name. `with` says what becomes
    /// durable with it.
    pub(crate) async fn create_state_machine(
        &self,
        name: &str,
        content: Content,
        with: impl FnOnce(StateMachineId) -> Batch,
    ) -> Result<StateMachine, HostError> {
        let id = self.journal.next_state_machine_id();
        let revision = self.revision(1, content);
        let created = StateMachine {
            id,
            name: name.to_owned(),
            created_at: revision.created_at,
            deleted: false,
            revision: revision.clone(),
        };
        let new = NewStateMachine {
            id,
            name: name.to_owned(),
            revision,
        };
        let mut batch = Batch::creating_state_machine(new);
        batch.append(with(id));
        failpoints::commit(&self.journal, Commit::Machine, batch).await?;
        self.forget(name);
        Ok(created)
    }

    /// Gives a state machine a new revision. Running executions keep theirs.
    pub(crate) async fn update_state_machine(
        &self,
        current: &StateMachine,
        content: Content,
    ) -> Result<Revision, HostError> {
        let revision = self.revision(current.revision.number + 1, content);
        let mut batch = Batch::new();
        batch.add_revision(current.id, revision.clone());
        failpoints::commit(&self.journal, Commit::Revision, batch).await?;
        self.forget(&current.name);
        Ok(revision)
    }

    /// Deletes a state machine. Its executions run to their end, until which it is still there, as being deleted.
    ///
    /// DIFFERENCE: AWS ends an execution at its next transition; here nothing that was accepted is given up.
    pub(crate) async fn delete_state_machine(&self, machine: &StateMachine) -> Result<(), HostError> {
        let mut batch = Batch::new();
        batch.delete_state_machine(machine.id, self.now());
        failpoints::commit(&self.journal, Commit::DeleteMachine, batch).await?;
        self.forget(&machine.name);
        Ok(())
    }

    fn revision(&self, number: i64, content: Content) -> Revision {
        Revision {
            number,
            revision_id: uuid::Uuid::now_v7().to_string(),
            definition: content.definition,
            role_arn: content.role_arn,
            settings: content.settings,
            created_at: self.now(),
        }
    }

    fn forget(&self, name: &str) {
        self.machines.generation.fetch_add(1, Ordering::AcqRel);
        lock(&self.machines.current).remove(name);
    }
}

fn keep<K: Eq + std::hash::Hash>(cache: &mut HashMap<K, Arc<Loaded>>, key: K, loaded: &Arc<Loaded>) {
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(key, Arc::clone(loaded));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
