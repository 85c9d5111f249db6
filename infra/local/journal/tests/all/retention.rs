//! What ended long ago goes, a little at a time, and its room is used again.

use crate::support::{at, chunk, execution, opened, state_machine, succeeded};
use engine::TimerId;
use journal::{Batch, InboxMessage, InboxSince, Journal, Outbox, PublishedEvent, QueueMessage};

async fn purge(journal: &Journal, before: i64) -> usize {
    let mut steps = 0;
    while journal.purge(at(before), 8).await.unwrap() > 0 {
        steps += 1;
    }
    steps
}

#[tokio::test]
async fn executions_go_with_their_histories_by_the_time_of_their_end() {
    let (_directory, journal, machine) = opened().await;
    let mut ids = Vec::new();
    for index in 0..40 {
        let (id, mut batch) = execution(&journal, machine, &format!("e{index}"));
        for first in 1..=3 {
            batch.append_history(id, chunk(first, first, "[]"));
        }
        batch.finish(id, succeeded(at(100 + index)));
        journal.commit(batch).await.unwrap();
        ids.push(id);
    }
    assert_eq!(purge(&journal, 129).await, 4, "eight at a time");
    for (index, id) in ids.into_iter().enumerate() {
        let there = index >= 30;
        let found = journal.execution("m", &format!("e{index}")).await.unwrap();
        assert_eq!(found.is_some(), there, "e{index}");
        assert_eq!(journal.history_length(id).await.unwrap() > 0, there, "e{index}");
    }
}

#[tokio::test]
async fn what_runs_stays_however_old_and_so_does_what_somebody_has_still_to_hear_of() {
    let (_directory, journal, machine) = opened().await;
    let (sleeping, mut batch) = execution(&journal, machine, "sleeping");
    batch.keep_state(sleeping, b"asleep".to_vec());
    batch.start_timer(sleeping, TimerId(1), at(9_000_000));
    journal.commit(batch).await.unwrap();
    let (told, mut batch) = execution(&journal, machine, "to be told");
    batch.finish(told, succeeded(at(1)));
    let entry = Outbox {
        id: journal.next_outbox_id(),
        kind: "tell".to_owned(),
        payload: told.0.to_string(),
    };
    batch.put_outbox(entry.clone());
    journal.commit(batch).await.unwrap();
    purge(&journal, 1_000_000).await;
    assert!(journal.execution_by_id(told).await.unwrap().is_some());
    let mut batch = Batch::new();
    batch.remove_outbox(entry.id);
    journal.commit(batch).await.unwrap();
    purge(&journal, 1_000_000).await;
    assert_eq!(journal.execution_by_id(told).await.unwrap(), None);
    assert!(journal.unfinished(sleeping).await.unwrap().is_some());
}

#[tokio::test]
async fn a_long_history_goes_in_several_steps_and_is_not_seen_meanwhile() {
    let (directory, journal, machine) = opened().await;
    let (id, mut batch) = execution(&journal, machine, "long");
    for first in 1..=1_000 {
        batch.append_history(id, chunk(first, first, "[]"));
    }
    batch.finish(id, succeeded(at(1)));
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.purge(at(1), 8).await.unwrap(), 1);
    assert_eq!(journal.execution("m", "long").await.unwrap(), None);
    assert_eq!(
        journal.history_length(id).await.unwrap(),
        1_000,
        "its end is the last to go"
    );
    drop(journal);
    let journal = Journal::open(directory.path()).unwrap();
    assert_eq!(purge(&journal, 1).await, 3);
    assert_eq!(journal.history_length(id).await.unwrap(), 0);
}

#[tokio::test]
async fn messages_go_by_their_own_age_and_deleted_state_machines_with_their_last_execution() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    let mut batch = Batch::new();
    for time in [10, 20] {
        let text = time.to_string();
        batch.send(QueueMessage {
            position: 0,
            queue: "q".to_owned(),
            message_id: text.clone(),
            sent_at: at(time),
            body: String::new(),
            attributes: "null".to_owned(),
        });
        batch.publish(PublishedEvent {
            position: 0,
            topic: "t".to_owned(),
            message_id: text.clone(),
            published_at: at(time),
            message: String::new(),
        });
        batch.put_inbox(InboxMessage {
            id: text,
            topic: "t".to_owned(),
            received_at: at(time),
            json: String::new(),
        });
    }
    journal.commit(batch).await.unwrap();
    let machine = state_machine(&journal, "m").await;
    let (id, mut batch) = execution(&journal, machine, "e");
    batch.finish(id, succeeded(at(20)));
    batch.delete_state_machine(machine, at(10));
    journal.commit(batch).await.unwrap();

    purge(&journal, 10).await;
    assert_eq!(journal.queue("q", 0, 9).await.unwrap()[0].message_id, "20");
    assert_eq!(journal.events(0, 9).await.unwrap()[0].message_id, "20");
    assert_eq!(journal.inbox("t", InboxSince::Start, 9).await.unwrap()[0].id, "20");
    assert!(
        journal.revision(machine, 1).await.unwrap().is_some(),
        "its execution names it"
    );
    purge(&journal, 20).await;
    assert_eq!(journal.queue_length("q").await.unwrap(), 0);
    assert_eq!(journal.revision(machine, 1).await.unwrap(), None);
}

#[tokio::test]
async fn identifiers_of_what_is_gone_are_not_given_out_again() {
    let (directory, journal, machine) = opened().await;
    let (id, mut batch) = execution(&journal, machine, "e");
    batch.finish(id, succeeded(at(1)));
    journal.commit(batch).await.unwrap();
    purge(&journal, 1).await;
    drop(journal);
    assert!(Journal::open(directory.path()).unwrap().next_execution_id() > id);
}

/// Free pages are used before the file grows.
#[tokio::test]
async fn the_file_stays_as_large_as_what_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let mut sizes = Vec::new();
    for round in 0..6 {
        let journal = Journal::open(directory.path()).unwrap();
        let machine = state_machine(&journal, &format!("m{round}")).await;
        for index in 0..300 {
            let (id, mut batch) = execution(&journal, machine, &format!("e{index}"));
            batch.append_history(id, chunk(1, 9, &"x".repeat(500)));
            batch.finish(id, succeeded(at(round)));
            journal.commit(batch).await.unwrap();
        }
        purge(&journal, round).await;
        journal.close();
        sizes.push(
            std::fs::metadata(directory.path().join("journal.sqlite"))
                .unwrap()
                .len(),
        );
    }
    assert!(sizes[5] <= sizes[0] + 10 * 4_096, "{sizes:?}");
}
