//! Many callers, one fsync.

use std::sync::Arc;

use crate::support::{execution, state_machine, succeeded};
use journal::{Batch, CommitError, ExecutionFilter, Journal};
use tokio::task::JoinSet;

/// Every acknowledged batch can be read, whoever else waited; refused ones leave nothing.
#[tokio::test(flavor = "multi_thread")]
async fn callers_share_transactions_and_each_gets_its_own_answer() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Arc::new(Journal::open(directory.path()).unwrap());
    let machine = state_machine(&journal, "m").await;
    let mut callers = JoinSet::new();
    for caller in 0..400 {
        let journal = Arc::clone(&journal);
        callers.spawn(async move {
            let (id, mut batch) = execution(&journal, machine, &format!("e-{}", caller / 2));
            batch.finish(id, succeeded(crate::support::at(1)));
            journal.commit(batch).await
        });
    }
    let answers = callers.join_all().await;
    let created = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(CommitError::Exists)))
        .count();
    assert_eq!((created, refused), (200, 200));
    let filter = ExecutionFilter {
        limit: 1_000,
        ..ExecutionFilter::default()
    };
    assert_eq!(journal.executions(filter).await.unwrap().len(), 200);
    let stats = journal.stats();
    assert_eq!(stats.batches, 401);
    assert!(stats.transactions < stats.batches, "{stats:?}");
}

#[tokio::test]
async fn a_closed_journal_takes_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    journal.commit(Batch::new()).await.unwrap();
    journal.close();
    assert!(matches!(journal.commit(Batch::new()).await, Err(CommitError::Closed)));
    drop(journal);
    Journal::open(directory.path()).unwrap();
}

#[tokio::test]
async fn pages_of_executions_are_newest_first_and_complete() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    let (machine, other) = (state_machine(&journal, "m").await, state_machine(&journal, "n").await);
    for index in 0..7 {
        let (id, mut batch) = execution(&journal, if index == 3 { other } else { machine }, &format!("e{index}"));
        if index % 2 == 0 {
            batch.finish(id, succeeded(crate::support::at(index)));
        }
        journal.commit(batch).await.unwrap();
    }
    let names = |filter: ExecutionFilter| {
        let journal = &journal;
        async move {
            let page = journal.executions(filter).await.unwrap();
            page.iter().map(|summary| summary.name.clone()).collect::<Vec<_>>()
        }
    };
    let all = ExecutionFilter {
        state_machine: Some(machine),
        limit: 10,
        ..ExecutionFilter::default()
    };
    assert_eq!(names(all).await, ["e6", "e5", "e4", "e2", "e1", "e0"]);
    let running = ExecutionFilter {
        status: Some(engine::ExecutionStatus::Running),
        ..all
    };
    assert_eq!(names(running).await, ["e5", "e1"]);
    let statuses = [engine::ExecutionStatus::Running, engine::ExecutionStatus::Succeeded];
    assert_eq!(journal.count_executions(machine, statuses, 9).await.unwrap(), [2, 4]);
    assert_eq!(journal.count_executions(machine, statuses, 3).await.unwrap(), [2, 3]);
    let last = journal.executions(ExecutionFilter { limit: 2, ..all }).await.unwrap()[1].id;
    assert_eq!(
        names(ExecutionFilter {
            before: Some(last),
            limit: 2,
            ..all
        })
        .await,
        ["e4", "e2"]
    );
}
