//! Executions that ended a moment ago, as the journal has them.
//!
//! Whoever starts a short execution asks at once what became of it. The answer is known here, and reading it back from the
//! journal would cost more than the execution.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::Effect;
use jiff::Timestamp;
use journal::{Ending, Execution, ExecutionId, Summary};

use super::{Host, HostError, Start};

/// How much is kept, in bytes of inputs, outputs and what comes with them.
const KEPT: usize = 4 * 1024 * 1024;
/// What one execution counts besides its texts.
const EACH: usize = 512;

/// The executions, by the names of their state machines and their own.
#[derive(Debug, Default)]
pub(super) struct Ended(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    executions: HashMap<Key, Arc<Execution>>,
    oldest_first: VecDeque<Key>,
    bytes: usize,
}

impl Host {
    /// The newest execution of this name among the state machines that have or had this name.
    pub(crate) async fn execution(&self, machine: &str, name: &str) -> Result<Option<Arc<Execution>>, HostError> {
        let key = (machine.to_owned(), name.to_owned());
        if let Some(execution) = self.ended.kept().executions.get(&key) {
            return Ok(Some(Arc::clone(execution)));
        }
        Ok(self.journal.execution(machine, name).await?.map(Arc::new))
    }
}

impl Ended {
    /// An execution has just become durable, and what it has done so far. If its one step was also its last, it is kept.
    pub(super) fn started(&self, id: ExecutionId, start: &Start, now: Timestamp, effects: &[Effect]) {
        let mut kept = self.kept();
        // Another of its name may have been there: its state machine was deleted, and one was created anew.
        kept.remove(&key(start));
        if let Some(Effect::Finish {
            status,
            output,
            error,
            cause,
        }) = effects.last()
        {
            let ending = Ending {
                status: *status,
                stopped_at: now,
                output: output.clone(),
                error: error.clone(),
                cause: cause.clone(),
            };
            kept.insert(key(start), record(id, start, now, ending));
        }
    }

    /// Forgets one that goes on.
    pub(super) fn forget(&self, machine: &str, name: &str) {
        let (key, mut kept) = ((machine.to_owned(), name.to_owned()), self.kept());
        if kept.remove(&key) {
            // It may come again with its next end, and then is young.
            kept.oldest_first.retain(|other| *other != key);
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Key = (String, String);

fn key(start: &Start) -> Key {
    (start.loaded.record.name.clone(), start.name.clone())
}

impl Kept {
    fn insert(&mut self, key: Key, execution: Execution) {
        self.bytes += size(&execution);
        self.oldest_first.push_back(key.clone());
        self.executions.insert(key, Arc::new(execution));
        while self.bytes > KEPT {
            let Some(oldest) = self.oldest_first.pop_front() else {
                break;
            };
            self.remove(&oldest);
        }
    }

    /// Whether it was there.
    fn remove(&mut self, key: &Key) -> bool {
        let removed = self.executions.remove(key);
        if let Some(execution) = &removed {
            self.bytes -= size(execution);
        }
        removed.is_some()
    }
}

fn size(execution: &Execution) -> usize {
    let texts = [
        &execution.output,
        &execution.error,
        &execution.cause,
        &execution.trace_header,
    ];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    EACH + execution.input.len() + texts
}

fn record(id: ExecutionId, start: &Start, now: Timestamp, ending: Ending) -> Execution {
    let machine = &start.loaded.record;
    Execution {
        summary: Summary {
            id,
            state_machine: machine.id,
            state_machine_name: machine.name.clone(),
            name: start.name.clone(),
            status: ending.status,
            started_at: now,
            stopped_at: Some(ending.stopped_at),
            redrives: 0,
            redriven_at: None,
        },
        revision: machine.revision.number,
        input: start.input.clone(),
        output: ending.output,
        error: ending.error,
        cause: ending.cause,
        trace_header: start.trace_header.clone(),
        parent: start.parent,
    }
}

#[cfg(test)]
mod tests {
    use engine::ExecutionStatus;
    use jiff::Timestamp;
    use journal::{Execution, ExecutionId, StateMachineId, Summary};

    use super::{KEPT, Kept, size};

    fn execution(name: &str, bytes: usize) -> Execution {
        Execution {
            summary: Summary {
                id: ExecutionId(1),
                state_machine: StateMachineId(1),
                state_machine_name: "m".to_owned(),
                name: name.to_owned(),
                status: ExecutionStatus::Succeeded,
                started_at: Timestamp::UNIX_EPOCH,
                stopped_at: Some(Timestamp::UNIX_EPOCH),
                redrives: 0,
                redriven_at: None,
            },
            revision: 1,
            input: " ".repeat(bytes),
            output: None,
            error: None,
            cause: None,
            trace_header: None,
            parent: None,
        }
    }

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let mut kept = Kept::default();
        for index in 0..5 {
            let name = index.to_string();
            kept.insert(("m".to_owned(), name.clone()), execution(&name, KEPT / 3));
        }
        let mut names: Vec<_> = kept.executions.keys().map(|(_, name)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["3", "4"]);
        assert_eq!(
            kept.bytes,
            kept.executions.values().map(|execution| size(execution)).sum::<usize>()
        );
        assert!(kept.bytes <= KEPT);
    }
}
