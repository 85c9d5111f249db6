//! A full disk: intake is refused, nothing acknowledged is lost, and work goes on when there is room.

use crate::support::{at, execution, state_machine, succeeded};
use journal::{CommitError, ExecutionFilter, Journal, Settings};

/// Enough for the schema and some executions.
const ROOM: Settings = Settings { max_pages: Some(192) };

/// Commits ended executions until the journal refuses one; returns how many it took.
async fn fill(journal: &Journal, machine: journal::StateMachineId, prefix: &str) -> usize {
    for count in 0.. {
        let (id, mut batch) = execution(journal, machine, &format!("{prefix}{count}"));
        batch.append_history(
            id,
            journal::Chunk {
                first: 1,
                last: 1,
                events: "x".repeat(3_000),
            },
        );
        batch.finish(id, succeeded(at(1)));
        match journal.commit(batch).await {
            Ok(()) => {}
            Err(error) => {
                assert!(matches!(error, CommitError::Full { .. }), "{error:?}");
                assert!(error.to_string().contains("free some space"), "{error}");
                return count;
            }
        }
    }
    unreachable!("the journal has a bound")
}

async fn count(journal: &Journal) -> usize {
    let filter = ExecutionFilter {
        limit: 10_000,
        ..ExecutionFilter::default()
    };
    journal.executions(filter).await.unwrap().len()
}

#[tokio::test]
async fn a_full_journal_refuses_and_loses_nothing_and_goes_on_after_a_restart_with_room() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open_with(directory.path(), ROOM).unwrap();
    let machine = state_machine(&journal, "m").await;
    let taken = fill(&journal, machine, "a").await;
    assert!(taken > 10, "{taken}");
    assert_eq!(count(&journal).await, taken);
    journal.close();
    drop(journal);
    let journal = Journal::open(directory.path()).unwrap();
    assert_eq!(count(&journal).await, taken);
    let (_, batch) = execution(&journal, machine, "one more");
    journal.commit(batch).await.unwrap();
}

#[tokio::test]
async fn room_that_a_purge_makes_is_used_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open_with(directory.path(), ROOM).unwrap();
    let machine = state_machine(&journal, "m").await;
    let taken = fill(&journal, machine, "a").await;
    while journal.purge(at(1), 16).await.unwrap() > 0 {}
    assert_eq!(count(&journal).await, 0);
    let again = fill(&journal, machine, "b").await;
    assert!(again + 2 >= taken, "{again} fit where {taken} were");
}

/// Many callers meet the end of the disk in one transaction: each gets its own answer, and it is true.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_does_not_fit_is_taken_as_far_as_it_does() {
    let directory = tempfile::tempdir().unwrap();
    let journal = std::sync::Arc::new(Journal::open_with(directory.path(), ROOM).unwrap());
    let machine = state_machine(&journal, "m").await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..300 {
        let journal = std::sync::Arc::clone(&journal);
        callers.spawn(async move {
            let (_, mut batch) = execution(&journal, machine, &format!("e{caller}"));
            batch.set_meta(format!("e{caller}"), "x".repeat(3_000));
            journal.commit(batch).await.is_ok()
        });
    }
    let taken = callers.join_all().await.into_iter().filter(|taken| *taken).count();
    assert!(taken > 10 && taken < 300, "{taken}");
    assert_eq!(count(&journal).await, taken);
}
