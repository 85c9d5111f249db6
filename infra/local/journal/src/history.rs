//! Histories: append-only, one row for each step.

use rusqlite::{Connection, params};

use crate::row::{id, unsigned};
use crate::{ExecutionId, Journal, ReadError};

/// What one step appended: consecutive events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The id of the first event.
    pub first: u64,
    /// The id of the last event.
    pub last: u64,
    /// The events, as the engine packs them.
    pub events: String,
}

impl Journal {
    /// The chunks that hold any of the events `first` to `last`, both included, in the order of ids.
    pub async fn history(&self, execution: ExecutionId, first: u64, last: u64) -> Result<Vec<Chunk>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT first, last, events FROM history
                 WHERE execution = ?1 AND first <= ?3
                   AND first >= coalesce((SELECT max(first) FROM history WHERE execution = ?1 AND first <= ?2), 0)
                 ORDER BY first",
            )?;
            let rows = statement.query_map(params![execution.0, id(first), id(last)], |row| {
                Ok(Chunk {
                    first: unsigned(row.get(0)?),
                    last: unsigned(row.get(1)?),
                    events: row.get(2)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// How many events the history has: the id of its last one.
    pub async fn history_length(&self, execution: ExecutionId) -> Result<u64, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT coalesce((SELECT last FROM history WHERE execution = ?1 ORDER BY first DESC LIMIT 1), 0)",
            )?;
            statement.query_row([execution.0], |row| row.get(0)).map(unsigned)
        })
        .await
    }
}

pub(crate) fn append(connection: &Connection, execution: ExecutionId, chunk: &Chunk) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO history (execution, first, last, events) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![execution.0, id(chunk.first), id(chunk.last), chunk.events])?;
    Ok(())
}
