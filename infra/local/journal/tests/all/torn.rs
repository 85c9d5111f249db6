//! A power cut may leave any part of the log's end unwritten: what opens then is a prefix of what was acknowledged, whole
//! batches only. The layout of the log: <https://sqlite.org/fileformat2.html#the_write_ahead_log>.

use std::fs;
use std::path::Path;

use crate::support::at;
use journal::{Batch, InboxMessage, InboxSince, Journal, OpenError};

const HEADER: usize = 32;
const PAGE: usize = 2_048;
const FRAME: usize = 24 + PAGE;
const COMMITS: usize = 7;

/// Each commit writes several rows in several tables, some larger than a page, so that a commit is several frames.
async fn write(journal: &Journal) -> Vec<u64> {
    let mut sizes = Vec::new();
    for commit in 0..COMMITS {
        let mut batch = Batch::new();
        for part in ["a", "b"] {
            batch.put_inbox(InboxMessage {
                id: format!("{commit}-{part}"),
                topic: "t".to_owned(),
                received_at: at(1),
                json: part.repeat(1 + 1_000 * (commit % 5)),
            });
        }
        batch.set_meta("commits", (commit + 1).to_string());
        journal.commit(batch).await.unwrap();
        sizes.push(u64::try_from(commit + 1).unwrap());
    }
    sizes
}

/// How many commits a directory has; fails unless each is there whole and none is missing before another.
async fn commits(directory: &Path) -> usize {
    let journal = Journal::open(directory).unwrap();
    let said = journal
        .meta("commits")
        .await
        .unwrap()
        .map_or(0, |count| count.parse().unwrap());
    let messages = journal.inbox("t", InboxSince::Start, 1_000).await.unwrap();
    let found: Vec<String> = messages.into_iter().map(|message| message.id).collect();
    let expected: Vec<String> = (0..said)
        .flat_map(|commit| [format!("{commit}-a"), format!("{commit}-b")])
        .collect();
    assert_eq!(found, expected);
    said
}

/// The database and its log as they were while the journal was open, with the log changed.
fn copy(database: &[u8], log: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("journal.sqlite"), database).unwrap();
    fs::write(directory.path().join("journal.sqlite-wal"), log).unwrap();
    directory
}

/// The files after commits of which none is checkpointed.
async fn files() -> (Vec<u8>, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    Journal::open(directory.path()).unwrap().close();
    let journal = Journal::open(directory.path()).unwrap();
    write(&journal).await;
    let read = |name| fs::read(directory.path().join(name)).unwrap();
    (read("journal.sqlite"), read("journal.sqlite-wal"))
}

#[tokio::test]
async fn a_torn_tail_of_the_log_loses_whole_commits_from_the_end_and_nothing_else() {
    let (database, log) = files().await;
    let frames = (log.len() - HEADER) / FRAME;
    assert_eq!((log.len() - HEADER) % FRAME, 0, "pages have the size of a new database");
    assert_eq!(commits(copy(&database, &log).path()).await, COMMITS, "nothing is torn");
    let mut last = (0, 0);
    for frame in 0..=frames {
        let boundary = HEADER + frame * FRAME;
        for cut in [boundary, boundary + 24, boundary + FRAME / 2] {
            if cut > log.len() {
                continue;
            }
            let truncated = commits(copy(&database, &log[..cut]).path()).await;
            let mut zeroed = log.clone();
            zeroed[cut..].fill(0);
            let zeroed = commits(copy(&database, &zeroed).path()).await;
            // Zeroes may happen to be what was there: a frame whose end is empty loses nothing.
            assert!(zeroed >= truncated, "cut at {cut}: {zeroed} and {truncated}");
            assert!(
                (truncated, zeroed) >= last,
                "more of the log is never less of the journal"
            );
            last = (truncated, zeroed);
        }
    }
    assert_eq!(last.0, COMMITS);
}

/// A page in the middle that did not reach the disk although a later one did.
#[tokio::test]
async fn a_hole_in_the_log_ends_what_is_read_of_it() {
    let (database, log) = files().await;
    let frames = (log.len() - HEADER) / FRAME;
    let mut last = 0;
    for frame in 0..frames {
        let mut holed = log.clone();
        let start = HEADER + frame * FRAME;
        holed[start..start + FRAME].fill(0);
        let found = commits(copy(&database, &holed).path()).await;
        assert!(found < COMMITS && found >= last, "frame {frame}: {found}");
        last = found;
    }
}

#[tokio::test]
async fn a_database_that_is_damaged_at_its_beginning_is_named_with_its_remedy() {
    let (database, _) = files().await;
    let mut files_in_its_place = vec![b"this was something else".repeat(400)];
    for start in [0, 100] {
        let mut bytes = database.clone();
        bytes[start..start + 200].fill(0xa5);
        files_in_its_place.push(bytes);
    }
    for damaged in files_in_its_place {
        let directory = copy(&damaged, &[]);
        let error = Journal::open(directory.path()).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
        let said = error.to_string();
        assert!(
            said.contains("journal.sqlite is damaged") && said.contains("copy of the directory"),
            "{said}"
        );
    }
}

/// Damage further in is found by whoever reads there, and said by name.
#[tokio::test]
async fn a_database_that_is_damaged_in_the_middle_says_so_where_it_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path()).unwrap();
    write(&journal).await;
    journal.close();
    drop(journal);
    let file = directory.path().join("journal.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    let inside = bytes
        .windows(500)
        .position(|window| window.iter().all(|byte| *byte == b'a'))
        .unwrap();
    let page = inside / PAGE * PAGE;
    // Everything from there on: the table's rows and what follows them.
    bytes[page..].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let said = match Journal::open(directory.path()) {
        Err(error) => error.to_string(),
        Ok(journal) => journal
            .inbox("t", InboxSince::Start, 1_000)
            .await
            .unwrap_err()
            .to_string(),
    };
    assert!(said.contains("journal.sqlite is damaged"), "{said}");
}
