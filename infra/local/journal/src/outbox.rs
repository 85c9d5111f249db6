//! What is still to be done because something has been committed.

use rusqlite::{Connection, params};

use crate::{Journal, ReadError};

/// Names an entry of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxId(pub i64);

/// Something to be done. Written with what caused it, removed with what it led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// From [`Journal::next_outbox_id`].
    pub id: OutboxId,
    /// What is to be done, in the host's words.
    pub kind: String,
    /// With what. It begins with the number of the execution that it is about, which is kept until it is done.
    pub payload: String,
}

impl Journal {
    /// Entries in the order in which they were written, after the one given.
    pub async fn outbox(&self, after: OutboxId, limit: usize) -> Result<Vec<Outbox>, ReadError> {
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT id, kind, payload FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2")?;
            let rows = statement.query_map(params![after.0, limit], |row| {
                Ok(Outbox {
                    id: OutboxId(row.get(0)?),
                    kind: row.get(1)?,
                    payload: row.get(2)?,
                })
            })?;
            rows.collect()
        })
        .await
    }
}

pub(crate) fn put(connection: &Connection, entry: &Outbox) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO outbox (id, kind, payload) VALUES (?1, ?2, ?3)")?
        .execute(params![entry.id.0, entry.kind, entry.payload])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, entry: OutboxId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
        .execute([entry.0])?;
    Ok(())
}
