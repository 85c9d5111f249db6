//! A look at a data directory from outside: nothing is created, changed or locked for longer than the look.

use std::fs::{OpenOptions, TryLockError};
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::row::time;
use crate::{lock, meta, schema};

/// Who has a data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody.
    Nobody,
    /// The process with this id, as it wrote it; `?` if it has not yet.
    Process(String),
}

/// What stands in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The version of the schema, and the newest that this program knows.
    pub schema: (usize, usize),
    /// The newest time that the journal knows of: a start or an end of an execution.
    pub newest: Option<Timestamp>,
    /// Executions that have not ended.
    pub open: usize,
    /// Some of those open executions that wait for nothing: neither timer nor task. There should be none.
    pub stuck: Vec<String>,
    /// Timers that are due.
    pub due: usize,
    /// The time of the timer that has been due the longest.
    pub oldest_due: Option<Timestamp>,
    /// Tasks in flight.
    pub tasks: usize,
    /// What is still to be done after the ends of executions.
    pub outbox: usize,
    /// Messages in queues: notices of dead letters, unless somebody uses queues of their own.
    pub queued: usize,
    /// Schedules that will fire.
    pub schedules: usize,
    /// The time of the schedule that has been due the longest.
    pub oldest_schedule: Option<Timestamp>,
    /// What the host keeps under [`RETENTION_CLOCK`](crate::RETENTION_CLOCK).
    pub retention_clock: Option<String>,
    /// Whether a quick check of the database's pages found nothing; `None` if it was too large for one.
    pub sound: Option<bool>,
}

/// Databases up to this size, in bytes, are checked page by page.
const CHECKED: u64 = 256 * 1024 * 1024;
/// How many stuck executions are named.
const NAMED: usize = 5;

/// Who has the directory right now.
pub fn owner(directory: &Path) -> std::io::Result<Owner> {
    let opened = OpenOptions::new().read(true).write(true).open(directory.join("lock"));
    let mut file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Owner::Nobody),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(Owner::Nobody),
        Err(TryLockError::WouldBlock) => Ok(Owner::Process(lock::owner(&mut file))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// What stands in the journal of a directory; `None` if there is none yet. Beside a running server too.
pub fn inspect(directory: &Path, now: Timestamp) -> rusqlite::Result<Option<Inspection>> {
    let file = directory.join("journal.sqlite");
    if !file.exists() {
        return Ok(None);
    }
    let small = file.metadata().is_ok_and(|metadata| metadata.len() <= CHECKED);
    let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let schema = (found, schema::newest());
    if schema.0 > schema.1 || schema.0 == 0 {
        return Ok(Some(Inspection::unknown(schema)));
    }
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, usize>(0));
    let instant = |sql: &str| -> rusqlite::Result<Option<Timestamp>> {
        let found: Option<i64> = connection.query_row(sql, [], |row| row.get(0)).optional()?.flatten();
        found.map(time).transpose()
    };
    let now = now.as_millisecond();
    // Schedules came with this version of the schema.
    let has_schedules = found >= 5;
    Ok(Some(Inspection {
        schema,
        newest: instant("SELECT max(started_at) FROM (SELECT started_at FROM executions ORDER BY id DESC LIMIT 100)")?,
        open: count("SELECT count(*) FROM unfinished")?,
        stuck: stuck(&connection)?,
        due: count(&format!("SELECT count(*) FROM timers WHERE due < {now}"))?,
        oldest_due: instant(&format!("SELECT min(due) FROM timers WHERE due < {now}"))?,
        tasks: count("SELECT count(*) FROM tasks")?,
        outbox: count("SELECT count(*) FROM outbox")?,
        queued: count("SELECT count(*) FROM queue_messages")?,
        schedules: if has_schedules {
            count("SELECT count(due) FROM schedules")?
        } else {
            0
        },
        oldest_schedule: if has_schedules {
            instant(&format!("SELECT min(due) FROM schedules WHERE due < {now}"))?
        } else {
            None
        },
        retention_clock: connection
            .query_row(
                "SELECT value FROM meta WHERE key = ?1",
                [meta::RETENTION_CLOCK],
                |row| row.get(0),
            )
            .optional()?,
        sound: if small { Some(is_sound(&connection)?) } else { None },
    }))
}

impl Inspection {
    /// What is known of a journal of which nothing but the schema was read.
    pub fn unknown(schema: (usize, usize)) -> Self {
        Self {
            schema,
            newest: None,
            open: 0,
            stuck: Vec::new(),
            due: 0,
            oldest_due: None,
            tasks: 0,
            outbox: 0,
            queued: 0,
            schedules: 0,
            oldest_schedule: None,
            retention_clock: None,
            sound: None,
        }
    }
}

fn stuck(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT m.name || ':' || e.name FROM unfinished u
             JOIN executions e ON e.id = u.execution JOIN state_machines m ON m.id = e.state_machine
             WHERE NOT EXISTS (SELECT 1 FROM timers t WHERE t.execution = u.execution)
               AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.execution = u.execution)
             LIMIT ?1",
        )?
        .query_map([NAMED], |row| row.get(0))?
        .collect()
}

fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(verdict == "ok")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rusqlite::Connection;

    use super::{Owner, inspect, owner};
    use crate::Journal;

    #[test]
    fn an_older_journal_is_looked_at_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let file = Connection::open(directory.path().join("journal.sqlite")).unwrap();
        file.execute_batch(include_str!("schema/tests/first.sql")).unwrap();
        let seen = inspect(directory.path(), Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!((seen.schema.0, seen.open, seen.schedules), (1, 1, 0));
    }

    #[test]
    fn a_look_creates_nothing_and_sees_what_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(owner(directory.path()).unwrap(), Owner::Nobody);
        assert_eq!(inspect(directory.path(), now).unwrap(), None);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let journal = Journal::open(directory.path()).unwrap();
        let me = Owner::Process(std::process::id().to_string());
        assert_eq!(owner(directory.path()).unwrap(), me);
        let beside = inspect(directory.path(), now).unwrap().unwrap();
        assert_eq!(
            (beside.open, beside.sound, beside.schema.0),
            (0, Some(true), beside.schema.1)
        );
        drop(journal);
        assert_eq!(owner(directory.path()).unwrap(), Owner::Nobody);
        assert!(inspect(directory.path(), now).unwrap().is_some());
    }
}
