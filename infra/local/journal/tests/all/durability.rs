//! What is acknowledged is there after the journal is opened again.

use crate::support::{at, chunk, execution, opened, revision, state_machine, succeeded};
use engine::{TaskId, TimerId};
use journal::{
    Batch, CommitError, DueTimer, InboxMessage, InboxSince, Journal, OpenError, Outbox, PublishedEvent, QueueMessage,
    Task, TaskPhase,
};

#[tokio::test]
async fn a_sleeping_execution_is_a_row_and_a_timer() {
    let directory = tempfile::tempdir().unwrap();
    let id = {
        let journal = Journal::open(directory.path()).unwrap();
        let machine = state_machine(&journal, "m").await;
        let (id, mut batch) = execution(&journal, machine, "e");
        batch.keep_state(id, b"asleep".to_vec());
        batch.start_timer(id, TimerId(7), at(5_000));
        journal.commit(batch).await.unwrap();
        id
    };
    let journal = Journal::open(directory.path()).unwrap();
    assert_eq!(journal.unfinished(id).await.unwrap().unwrap().state, b"asleep");
    assert_eq!(journal.next_due().await.unwrap(), Some(at(5_000)));
    assert_eq!(journal.due_timers(at(4_999), 10).await.unwrap(), []);
    let due = DueTimer {
        execution: id,
        timer: TimerId(7),
        due: at(5_000),
    };
    assert_eq!(journal.due_timers(at(5_000), 10).await.unwrap(), [due]);
    assert!(
        journal.next_execution_id() > id,
        "identifiers are never given out twice"
    );
}

#[tokio::test]
async fn an_execution_that_ends_takes_its_state_timers_and_tasks_along() {
    let (_directory, journal, machine) = opened().await;
    let (id, mut batch) = execution(&journal, machine, "e");
    batch.keep_state(id, Vec::new());
    batch.start_timer(id, TimerId(1), at(1));
    batch.put_task(task(id, 2));
    batch.append_history(id, chunk(1, 2, "[1,2]"));
    journal.commit(batch).await.unwrap();
    let mut batch = Batch::new();
    batch.append_history(id, chunk(3, 3, "[3]"));
    batch.finish(id, succeeded(at(9)));
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.unfinished(id).await.unwrap(), None);
    assert_eq!(journal.next_due().await.unwrap(), None);
    assert_eq!(journal.task(id, TaskId(2)).await.unwrap(), None);
    let ended = journal.execution("m", "e").await.unwrap().unwrap();
    assert_eq!(ended.summary.stopped_at, Some(at(9)));
    assert_eq!(journal.history_length(id).await.unwrap(), 3);
    let chunks = |first, last| {
        let journal = &journal;
        async move {
            let chunks = journal.history(id, first, last).await.unwrap();
            chunks.iter().map(|chunk| chunk.first).collect::<Vec<_>>()
        }
    };
    assert_eq!(chunks(1, 3).await, [1, 3]);
    assert_eq!(chunks(2, 2).await, [1]);
    assert_eq!(chunks(3, 9).await, [3]);
}

fn task(execution: journal::ExecutionId, task: u64) -> Task {
    Task {
        execution,
        task: TaskId(task),
        phase: TaskPhase::Scheduled,
        resource: "r".to_owned(),
        token: Some(format!("token-{task}")),
        request: "{}".to_owned(),
    }
}

#[tokio::test]
async fn tasks_in_flight_are_found_again_under_their_token() {
    let directory = tempfile::tempdir().unwrap();
    let id = {
        let journal = Journal::open(directory.path()).unwrap();
        let machine = state_machine(&journal, "m").await;
        let (id, mut batch) = execution(&journal, machine, "e");
        batch.put_task(task(id, 1));
        batch.put_task(task(id, 2));
        batch.set_task_phase(id, TaskId(1), TaskPhase::Submitted);
        journal.commit(batch).await.unwrap();
        id
    };
    let journal = Journal::open(directory.path()).unwrap();
    let start = (journal::ExecutionId(i64::MIN), TaskId(0));
    assert_eq!(journal.scheduled_tasks(start, 10).await.unwrap(), [task(id, 2)]);
    assert_eq!(journal.scheduled_tasks((id, TaskId(2)), 10).await.unwrap(), []);
    assert_eq!(
        journal.task_by_token("token-1").await.unwrap().unwrap().phase,
        TaskPhase::Submitted
    );
}

#[tokio::test]
async fn what_exists_already_writes_nothing_of_its_batch() {
    let (_directory, journal, machine) = opened().await;
    let (_, batch) = execution(&journal, machine, "e");
    journal.commit(batch).await.unwrap();
    let (_, mut batch) = execution(&journal, machine, "e");
    batch.set_meta("written", "yes");
    assert!(matches!(journal.commit(batch).await, Err(CommitError::Exists)));
    assert_eq!(journal.meta("written").await.unwrap(), None);
}

#[tokio::test]
async fn executions_keep_their_revision_and_a_deleted_name_is_free() {
    let (_directory, journal, machine) = opened().await;
    let mut batch = Batch::new();
    batch.add_revision(machine, revision(2, "second"));
    journal.commit(batch).await.unwrap();
    assert_eq!(
        journal.state_machine("m").await.unwrap().unwrap().revision.definition,
        "second"
    );
    assert_eq!(
        journal.revision(machine, 1).await.unwrap().unwrap().revision.definition,
        "first"
    );
    let mut batch = Batch::new();
    batch.delete_state_machine(machine, at(3));
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.state_machine("m").await.unwrap(), None);
    assert_ne!(state_machine(&journal, "m").await, machine);
}

#[tokio::test]
async fn queues_topics_inbox_and_outbox_keep_their_order() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    let mut batch = Batch::new();
    for name in ["a", "b", "c"] {
        batch.send(QueueMessage {
            position: 0,
            queue: "q".to_owned(),
            message_id: name.to_owned(),
            sent_at: at(1),
            body: name.to_owned(),
            attributes: "null".to_owned(),
        });
        batch.publish(PublishedEvent {
            position: 0,
            topic: "t".to_owned(),
            message_id: name.to_owned(),
            published_at: at(1),
            message: name.to_owned(),
        });
        let (topic, json) = ("t".to_owned(), name.to_owned());
        batch.put_inbox(InboxMessage {
            id: name.to_owned(),
            topic,
            received_at: at(1),
            json,
        });
        let (id, kind) = (journal.next_outbox_id(), "k".to_owned());
        batch.put_outbox(Outbox {
            id,
            kind,
            payload: name.to_owned(),
        });
    }
    journal.commit(batch).await.unwrap();
    let queue = journal.queue("q", 0, 10).await.unwrap();
    assert_eq!(
        queue.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let mut batch = Batch::new();
    batch.drain("q".to_owned(), vec![queue[1].position]);
    batch.remove_outbox(journal.outbox(journal::OutboxId(0), 1).await.unwrap()[0].id);
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.queue_length("q").await.unwrap(), 2);
    assert_eq!(journal.outbox(journal::OutboxId(0), 10).await.unwrap()[0].payload, "b");
    assert_eq!(journal.events(1, 10).await.unwrap()[0].message, "b");
    let after = journal.inbox("t", InboxSince::After("a".to_owned()), 10).await.unwrap();
    assert_eq!(
        after.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(),
        ["b", "c"]
    );
}

#[test]
fn a_second_journal_learns_who_has_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let _first = Journal::open(directory.path()).unwrap();
    let error = Journal::open(directory.path()).unwrap_err();
    assert!(
        matches!(&error, OpenError::InUse { pid, .. } if *pid == std::process::id().to_string()),
        "{error}"
    );
}
