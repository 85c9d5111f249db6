//! Timers of sleeping executions.

use engine::TimerId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::row::{id, optional_time, time, unsigned};
use crate::{ExecutionId, Journal, ReadError};

/// A timer and when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// The execution that sleeps.
    pub execution: ExecutionId,
    /// The timer.
    pub timer: TimerId,
    /// When it is due.
    pub due: Timestamp,
}

impl Journal {
    /// Timers that are due at `now`, the longest due first.
    pub async fn due_timers(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT execution, timer, due FROM timers WHERE due <= ?1 ORDER BY due LIMIT ?2")?;
            let rows = statement.query_map(params![now.as_millisecond(), limit], |row| {
                Ok(DueTimer {
                    execution: ExecutionId(row.get(0)?),
                    timer: TimerId(unsigned(row.get(1)?)),
                    due: time(row.get(2)?)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// When the next timer is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, ReadError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT due FROM timers ORDER BY due LIMIT 1")?;
            optional_time(statement.query_row([], |row| row.get(0)).optional()?)
        })
        .await
    }
}

pub(crate) fn start(
    connection: &Connection,
    execution: ExecutionId,
    timer: TimerId,
    due: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO timers (execution, timer, due) VALUES (?1, ?2, ?3)")?
        .execute(params![execution.0, id(timer.0), due.as_millisecond()])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, execution: ExecutionId, timer: TimerId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM timers WHERE execution = ?1 AND timer = ?2")?
        .execute(params![execution.0, id(timer.0)])?;
    Ok(())
}
