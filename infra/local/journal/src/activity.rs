//! Activities: names under which workers poll.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::row::time;
use crate::{Journal, ReadError};

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Journal {
    /// The activity of this name.
    pub async fn activity(&self, name: &str) -> Result<Option<Activity>, ReadError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT name, created_at FROM activities WHERE name = ?1")?;
            statement.query_row([name], from_row).optional()
        })
        .await
    }

    /// Activities by name, after the one given.
    pub async fn activities(&self, after: &str, limit: usize) -> Result<Vec<Activity>, ReadError> {
        let after = after.to_owned();
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT name, created_at FROM activities WHERE name > ?1 ORDER BY name LIMIT ?2")?;
            statement.query_map(params![after, limit], from_row)?.collect()
        })
        .await
    }
}

pub(crate) fn insert(connection: &Connection, new: &Activity) -> rusqlite::Result<bool> {
    let inserted = connection
        .prepare_cached("INSERT INTO activities (name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![new.name, new.created_at.as_millisecond()])?;
    Ok(inserted == 1)
}

pub(crate) fn delete(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM activities WHERE name = ?1")?
        .execute([name])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Activity> {
    Ok(Activity {
        name: row.get(0)?,
        created_at: time(row.get(1)?)?,
    })
}
