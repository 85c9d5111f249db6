//! Schedules: what fires again and again, and when it does so next.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::row::optional_time;
use crate::{Journal, ReadError};

/// A schedule. The journal knows when it is due, and nothing of what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// How often it has been written: 1 for a new one.
    pub version: i64,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it fires next; `None` if it is paused or over.
    pub due: Option<Timestamp>,
    /// The time for which it fired last.
    pub fired: Option<Timestamp>,
    /// What it is, in the host's words.
    pub document: String,
}

const COLUMNS: &str = "name, version, owner, due, fired, document";

impl Journal {
    /// The schedule of this name.
    pub async fn schedule(&self, name: &str) -> Result<Option<Schedule>, ReadError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM schedules WHERE name = ?1");
            connection.prepare_cached(&sql)?.query_row([name], from_row).optional()
        })
        .await
    }

    /// Schedules by name, after the one given: those of one owner, or all.
    pub async fn schedules(&self, after: &str, owner: Option<&str>, limit: usize) -> Result<Vec<Schedule>, ReadError> {
        let (after, owner) = (after.to_owned(), owner.map(str::to_owned));
        self.read(move |connection| {
            let whose = if owner.is_some() {
                "owner = ?3 AND"
            } else {
                "?3 IS NULL AND"
            };
            let sql = format!("SELECT {COLUMNS} FROM schedules WHERE {whose} name > ?1 ORDER BY name LIMIT ?2");
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![after, limit, owner], from_row)?.collect()
        })
        .await
    }

    /// Schedules that are due at `now` and not put off, the longest due first.
    pub async fn due_schedules(&self, now: Timestamp, limit: usize) -> Result<Vec<Schedule>, ReadError> {
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM schedules WHERE wake <= ?1 ORDER BY wake LIMIT ?2");
            let mut statement = connection.prepare_cached(&sql)?;
            statement
                .query_map(params![now.as_millisecond(), limit], from_row)?
                .collect()
        })
        .await
    }

    /// When the next schedule is due, or has been put off to.
    pub async fn next_schedule(&self) -> Result<Option<Timestamp>, ReadError> {
        self.read(|connection| {
            let sql = "SELECT wake FROM schedules WHERE wake IS NOT NULL ORDER BY wake LIMIT 1";
            optional_time(
                connection
                    .prepare_cached(sql)?
                    .query_row([], |row| row.get(0))
                    .optional()?,
            )
        })
        .await
    }
}

/// Whether it was created: there was none of this name.
pub(crate) fn insert(connection: &Connection, new: &Schedule) -> rusqlite::Result<bool> {
    let sql =
        "INSERT INTO schedules (name, version, owner, due, wake, fired, document) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
               ON CONFLICT DO NOTHING";
    let inserted = connection.prepare_cached(sql)?.execute(params![
        new.name,
        new.version,
        new.owner,
        milliseconds(new.due),
        milliseconds(new.fired),
        new.document
    ])?;
    Ok(inserted == 1)
}

/// Writes the next version over the one before it; over another it is not written.
pub(crate) fn change(connection: &Connection, new: &Schedule) -> rusqlite::Result<()> {
    let sql = "UPDATE schedules SET version = ?2, owner = ?3, due = ?4, wake = ?4, document = ?5 WHERE name = ?1 AND version = ?2 - 1";
    connection.prepare_cached(sql)?.execute(params![
        new.name,
        new.version,
        new.owner,
        milliseconds(new.due),
        new.document
    ])?;
    Ok(())
}

pub(crate) fn advance(connection: &Connection, advance: &Advance) -> rusqlite::Result<()> {
    let sql = "UPDATE schedules SET due = ?3, wake = ?3, fired = coalesce(?4, fired) WHERE name = ?1 AND version = ?2";
    connection.prepare_cached(sql)?.execute(params![
        advance.name,
        advance.version,
        milliseconds(advance.due),
        milliseconds(advance.fired)
    ])?;
    Ok(())
}

pub(crate) fn put_off(connection: &Connection, name: &str, until: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE schedules SET wake = ?2 WHERE name = ?1 AND wake IS NOT NULL")?
        .execute(params![name, until.as_millisecond()])?;
    Ok(())
}

pub(crate) fn delete(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM schedules WHERE name = ?1")?
        .execute([name])?;
    Ok(())
}

/// A schedule's way from one time to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Its name.
    pub name: String,
    /// The version that is advanced; another one is left as it is.
    pub version: i64,
    /// When it fires next.
    pub due: Option<Timestamp>,
    /// The time for which it fires now, if it does.
    pub fired: Option<Timestamp>,
}

fn milliseconds(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millisecond)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Schedule> {
    Ok(Schedule {
        name: row.get(0)?,
        version: row.get(1)?,
        owner: row.get(2)?,
        due: optional_time(row.get(3)?)?,
        fired: optional_time(row.get(4)?)?,
        document: row.get(5)?,
    })
}
