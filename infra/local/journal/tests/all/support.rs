//! What the tests of the journal share.

use jiff::Timestamp;
use journal::{Batch, Chunk, Ending, ExecutionId, Journal, NewExecution, NewStateMachine, Revision, StateMachineId};
use tempfile::TempDir;

pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

pub(crate) fn revision(number: i64, definition: &str) -> Revision {
    Revision {
        number,
        revision_id: format!("revision-{number}"),
        definition: definition.to_owned(),
        role_arn: "role".to_owned(),
        settings: "{}".to_owned(),
        created_at: at(number),
    }
}

/// Commits a state machine of this name.
pub(crate) async fn state_machine(journal: &Journal, name: &str) -> StateMachineId {
    let id = journal.next_state_machine_id();
    let new = NewStateMachine {
        id,
        name: name.to_owned(),
        revision: revision(1, "first"),
    };
    journal.commit(Batch::creating_state_machine(new)).await.unwrap();
    id
}

/// A batch that creates an execution of this name.
pub(crate) fn execution(journal: &Journal, state_machine: StateMachineId, name: &str) -> (ExecutionId, Batch) {
    let id = journal.next_execution_id();
    let new = NewExecution {
        id,
        state_machine,
        revision: 1,
        name: name.to_owned(),
        started_at: at(id.0),
        input: "{}".to_owned(),
        trace_header: None,
        parent: None,
    };
    (id, Batch::creating_execution(new))
}

pub(crate) fn succeeded(at: Timestamp) -> Ending {
    Ending {
        status: engine::ExecutionStatus::Succeeded,
        stopped_at: at,
        output: Some("{}".to_owned()),
        error: None,
        cause: None,
    }
}

/// An open journal on a directory of its own, with the state machine `m`.
pub(crate) async fn opened() -> (TempDir, Journal, StateMachineId) {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    let machine = state_machine(&journal, "m").await;
    (directory, journal, machine)
}

/// What a step appended to a history, from one event to another.
pub(crate) fn chunk(first: u64, last: u64, events: &str) -> Chunk {
    Chunk {
        first,
        last,
        events: events.to_owned(),
    }
}
