//! An execution that ended without success runs again, and its end leaves nothing behind.

use engine::ExecutionStatus;
use journal::{Batch, Ending, ExecutionId, Journal, Outbox, Redrivability, Redrive};

use crate::support::{at, chunk, execution, opened};

/// An execution of this name that failed at `stopped`.
async fn failed(journal: &Journal, machine: journal::StateMachineId, name: &str, stopped: i64) -> ExecutionId {
    let (id, mut batch) = execution(journal, machine, name);
    batch.append_history(id, chunk(1, 1, "[]"));
    batch.finish(
        id,
        Ending {
            status: ExecutionStatus::Failed,
            stopped_at: at(stopped),
            output: None,
            error: Some("Why".to_owned()),
            cause: Some("because".to_owned()),
        },
    );
    batch.keep_redrivable(id, b"state".to_vec());
    journal.commit(batch).await.unwrap();
    id
}

fn redriving(id: ExecutionId, count: u32, token: &str) -> Batch {
    let redrive = Redrive {
        at: at(i64::from(count) * 1_000),
        count,
        token: Some(token.to_owned()),
    };
    let mut batch = Batch::redriving(id, redrive);
    batch.keep_state(id, b"running".to_vec());
    batch
}

#[tokio::test]
async fn what_is_redriven_runs_as_if_it_had_never_ended() {
    let (directory, journal, machine) = opened().await;
    let id = failed(&journal, machine, "e", 5).await;
    assert_eq!(journal.redrivable(id).await.unwrap(), Some(b"state".to_vec()));
    assert!(journal.redrivability(id).await.unwrap().unwrap().kept);
    journal.commit(redriving(id, 1, "t")).await.unwrap();
    drop(journal);
    let journal = Journal::open(directory.path()).unwrap();
    let found = journal.execution_by_id(id).await.unwrap().unwrap();
    let summary = &found.summary;
    assert_eq!(summary.status, ExecutionStatus::Running);
    assert_eq!(
        (summary.stopped_at, summary.redrives, summary.redriven_at),
        (None, 1, Some(at(1_000)))
    );
    assert_eq!((found.error, found.cause), (None, None));
    assert_eq!(journal.redrivable(id).await.unwrap(), None);
    assert_eq!(journal.unfinished(id).await.unwrap().unwrap().state, b"running");
    assert_eq!(journal.open_executions().await.unwrap(), 1);
}

#[tokio::test]
async fn the_last_ten_tokens_are_known_for_as_long_as_is_asked() {
    let (_directory, journal, machine) = opened().await;
    let id = failed(&journal, machine, "e", 5).await;
    for count in 1..=12 {
        journal
            .commit(redriving(id, count, &format!("t{count}")))
            .await
            .unwrap();
    }
    let under = async |token: &str, since| journal.redriven_under(id, token, at(since)).await.unwrap();
    assert_eq!(under("t2", 0).await, None, "ten others came after it");
    assert_eq!(under("t3", 0).await, Some(at(3_000)));
    assert_eq!(under("t12", 12_000).await, Some(at(12_000)));
    assert_eq!(under("t12", 12_001).await, None);
    assert_eq!(under("T12", 0).await, None, "tokens are case-sensitive");
}

#[tokio::test]
async fn what_is_kept_for_a_redrive_goes_with_its_execution() {
    let (_directory, journal, machine) = opened().await;
    let (old, redriven) = (
        failed(&journal, machine, "old", 5).await,
        failed(&journal, machine, "redriven", 5).await,
    );
    journal.commit(redriving(redriven, 1, "t")).await.unwrap();
    while journal.purge(at(1_000_000), 8).await.unwrap() > 0 {}
    assert_eq!(journal.redrivable(old).await.unwrap(), None);
    assert_eq!(journal.execution_by_id(old).await.unwrap(), None);
    assert!(journal.execution_by_id(redriven).await.unwrap().is_some());
    assert_eq!(journal.history_length(redriven).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_in_the_way_of_a_redrive_is_told() {
    let (_directory, journal, machine) = opened().await;
    let id = failed(&journal, machine, "e", 5).await;
    let told = async || journal.redrivability(id).await.unwrap().unwrap();
    let free = Redrivability {
        events: 1,
        kept: true,
        deleted: false,
        follow_ups: false,
    };
    assert_eq!(told().await, free);
    let mut batch = Batch::new();
    batch.put_outbox(Outbox {
        id: journal.next_outbox_id(),
        kind: "tell".to_owned(),
        payload: id.0.to_string(),
    });
    batch.delete_state_machine(machine, at(6));
    journal.commit(batch).await.unwrap();
    let held = Redrivability {
        deleted: true,
        follow_ups: true,
        ..free
    };
    assert_eq!(told().await, held);
    assert_eq!(journal.redrivability(ExecutionId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn what_ended_too_long_ago_for_a_redrive_is_not_kept_for_one() {
    let (_directory, journal, machine) = opened().await;
    let mut ids = Vec::new();
    for (name, stopped) in [("a", 5), ("b", 6), ("c", 7), ("d", 8)] {
        ids.push(failed(&journal, machine, name, stopped).await);
    }
    assert_eq!(journal.purge_redrivable(at(7), 2).await.unwrap(), 2, "two at a time");
    assert_eq!(journal.purge_redrivable(at(7), 2).await.unwrap(), 1);
    assert_eq!(journal.purge_redrivable(at(7), 2).await.unwrap(), 0);
    let mut kept = Vec::new();
    for id in ids {
        kept.push(journal.redrivable(id).await.unwrap().is_some());
        assert!(
            journal.execution_by_id(id).await.unwrap().is_some(),
            "the execution stays"
        );
    }
    assert_eq!(kept, [false, false, false, true]);
}
