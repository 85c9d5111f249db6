//! Schedules become durable with what they start.

use journal::{Advance, Batch, CommitError, Journal, Schedule};

use crate::support::{at, execution, opened};

fn schedule(name: &str, due: Option<i64>) -> Schedule {
    Schedule {
        name: name.to_owned(),
        version: 1,
        owner: None,
        due: due.map(at),
        fired: None,
        document: "{}".to_owned(),
    }
}

async fn names(journal: &Journal, after: &str, owner: Option<&str>, limit: usize) -> Vec<String> {
    let found = journal.schedules(after, owner, limit).await.unwrap();
    found.into_iter().map(|schedule| schedule.name).collect()
}

#[tokio::test]
async fn a_schedule_is_created_once_and_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let first = Schedule {
        owner: Some("ada".to_owned()),
        ..schedule("daily", Some(5_000))
    };
    {
        let journal = Journal::open(directory.path()).unwrap();
        journal.commit(Batch::creating_schedule(first.clone())).await.unwrap();
        let again = journal.commit(Batch::creating_schedule(schedule("daily", None))).await;
        assert!(matches!(again, Err(CommitError::Exists)), "{again:?}");
    }
    let journal = Journal::open(directory.path()).unwrap();
    assert_eq!(journal.schedule("daily").await.unwrap(), Some(first));
    assert_eq!(journal.schedule("weekly").await.unwrap(), None);
    assert_eq!(journal.next_schedule().await.unwrap(), Some(at(5_000)));
}

#[tokio::test]
async fn what_is_due_comes_in_its_order_and_what_is_paused_does_not() {
    let (_directory, journal, _) = opened().await;
    for (name, due) in [("b", Some(2)), ("a", Some(3)), ("paused", None), ("c", Some(1))] {
        journal
            .commit(Batch::creating_schedule(schedule(name, due)))
            .await
            .unwrap();
    }
    let due = |now, limit| {
        let journal = &journal;
        async move {
            let due = journal.due_schedules(at(now), limit).await.unwrap();
            due.into_iter().map(|schedule| schedule.name).collect::<Vec<_>>()
        }
    };
    assert_eq!(due(2, 9).await, ["c", "b"]);
    assert_eq!(due(9, 2).await, ["c", "b"]);
    assert!(due(0, 9).await.is_empty());
    let mut batch = Batch::new();
    batch.delete_schedule("c".to_owned());
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.next_schedule().await.unwrap(), Some(at(2)));
    assert_eq!(names(&journal, "", None, 2).await, ["a", "b"]);
    assert_eq!(names(&journal, "b", None, 2).await, ["paused"]);
}

#[tokio::test]
async fn what_is_put_off_stays_due() {
    let (_directory, journal, _) = opened().await;
    for (name, due) in [("a", Some(1)), ("b", Some(5)), ("paused", None)] {
        journal
            .commit(Batch::creating_schedule(schedule(name, due)))
            .await
            .unwrap();
    }
    let mut batch = Batch::new();
    batch.put_off_schedule("a".to_owned(), at(9));
    batch.put_off_schedule("paused".to_owned(), at(9));
    journal.commit(batch).await.unwrap();
    assert_eq!(journal.next_schedule().await.unwrap(), Some(at(5)));
    let due = journal.due_schedules(at(9), 9).await.unwrap();
    let due: Vec<_> = due.into_iter().map(|schedule| (schedule.name, schedule.due)).collect();
    assert_eq!(due, [("b".to_owned(), Some(at(5))), ("a".to_owned(), Some(at(1)))]);
}

#[tokio::test]
async fn a_listing_may_be_that_of_one_owner() {
    let (_directory, journal, _) = opened().await;
    for (name, owner) in [("a", Some("ada")), ("b", None), ("c", Some("bob")), ("d", Some("ada"))] {
        let owner = owner.map(str::to_owned);
        let new = Schedule {
            owner,
            ..schedule(name, None)
        };
        journal.commit(Batch::creating_schedule(new)).await.unwrap();
    }
    assert_eq!(names(&journal, "", Some("ada"), 9).await, ["a", "d"]);
    assert_eq!(names(&journal, "a", Some("ada"), 9).await, ["d"]);
    assert_eq!(names(&journal, "", None, 9).await, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_time_passes_together_with_the_execution_that_it_starts_or_not_at_all() {
    let (_directory, journal, machine) = opened().await;
    journal
        .commit(Batch::creating_schedule(schedule("s", Some(1))))
        .await
        .unwrap();
    let fire = |due, fired| {
        let (_, mut batch) = execution(&journal, machine, &format!("at-{fired}"));
        batch.advance_schedule(Advance {
            name: "s".to_owned(),
            version: 1,
            due: Some(at(due)),
            fired: Some(at(fired)),
        });
        batch
    };
    journal.commit(fire(2, 1)).await.unwrap();
    let fired = journal.schedule("s").await.unwrap().unwrap();
    assert_eq!((fired.due, fired.fired, fired.version), (Some(at(2)), Some(at(1)), 1));
    // The same time again: its execution exists, and nothing of the batch is written.
    assert!(matches!(journal.commit(fire(7, 1)).await, Err(CommitError::Exists)));
    assert_eq!(journal.schedule("s").await.unwrap().unwrap().due, Some(at(2)));
}

#[tokio::test]
async fn a_change_is_neither_overwritten_nor_made_twice() {
    let (_directory, journal, _) = opened().await;
    journal
        .commit(Batch::creating_schedule(schedule("s", Some(1))))
        .await
        .unwrap();
    let change = |version, due| {
        let mut batch = Batch::new();
        batch.change_schedule(Schedule {
            version,
            ..schedule("s", due)
        });
        batch
    };
    let advance = |version, due, fired: Option<i64>| {
        let mut batch = Batch::new();
        let (name, due, fired) = ("s".to_owned(), Some(at(due)), fired.map(at));
        batch.advance_schedule(Advance {
            name,
            version,
            due,
            fired,
        });
        batch
    };
    journal.commit(advance(1, 5, Some(1))).await.unwrap();
    journal.commit(change(2, Some(8))).await.unwrap();
    // Whoever knew the version before comes too late.
    journal.commit(advance(1, 6, None)).await.unwrap();
    journal.commit(change(2, None)).await.unwrap();
    let kept = journal.schedule("s").await.unwrap().unwrap();
    assert_eq!((kept.version, kept.due, kept.fired), (2, Some(at(8)), Some(at(1))));
    journal.commit(advance(2, 9, None)).await.unwrap();
    assert_eq!(journal.schedule("s").await.unwrap().unwrap().fired, Some(at(1)));
}
