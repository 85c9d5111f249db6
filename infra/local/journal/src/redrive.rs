//! Redrives: executions that ended without success and go on.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::row::{status_number, time, unsigned};
use crate::{ExecutionId, Journal, ReadError};

/// How many tokens of an execution are remembered.
///
/// Source: Step Functions API reference, `RedriveExecution`, `clientToken`.
const TOKENS: u32 = 10;

/// One redrive of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// When.
    pub at: Timestamp,
    /// How many there have been with this one.
    pub count: u32,
    /// Under which repeating it redrives nothing: `clientToken`.
    pub token: Option<String>,
}

/// What decides beside an execution's row whether it can be redriven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redrivability {
    /// How many events its history has.
    pub events: u64,
    /// Whether its state at the end is kept.
    pub kept: bool,
    /// Whether its state machine has been deleted.
    pub deleted: bool,
    /// Whether something is still to be done because it has ended.
    pub follow_ups: bool,
}

impl Journal {
    /// The engine's state of an execution that has ended and may go on. There is none of one that runs or has succeeded,
    /// and of one that ended under a version which kept none.
    pub async fn redrivable(&self, execution: ExecutionId) -> Result<Option<Vec<u8>>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT state FROM redrivable WHERE execution = ?1")?;
            statement.query_row([execution.0], |row| row.get(0)).optional()
        })
        .await
    }

    /// What decides beside its row whether an execution can be redriven; `None` if there is no such execution.
    pub async fn redrivability(&self, execution: ExecutionId) -> Result<Option<Redrivability>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT coalesce((SELECT last FROM history WHERE execution = e.id ORDER BY first DESC LIMIT 1), 0),
                        EXISTS (SELECT 1 FROM redrivable WHERE execution = e.id),
                        (SELECT deleted_at IS NOT NULL FROM state_machines WHERE id = e.state_machine),
                        EXISTS (SELECT 1 FROM outbox WHERE CAST(payload AS INTEGER) = e.id)
                 FROM executions e WHERE e.id = ?1",
            )?;
            let read = statement.query_row([execution.0], |row| {
                Ok(Redrivability {
                    events: unsigned(row.get(0)?),
                    kept: row.get(1)?,
                    deleted: row.get(2)?,
                    follow_ups: row.get(3)?,
                })
            });
            read.optional()
        })
        .await
    }

    /// When an execution was redriven under this token, if that was at `since` or later.
    pub async fn redriven_under(
        &self,
        execution: ExecutionId,
        token: &str,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, ReadError> {
        let token = token.to_owned();
        self.read(move |connection| {
            let sql = "SELECT at FROM redrive_tokens WHERE execution = ?1 AND token = ?2 AND at >= ?3";
            connection
                .prepare_cached(sql)?
                .query_row(params![execution.0, token, since.as_millisecond()], |row| {
                    row.get(0).and_then(time)
                })
                .optional()
        })
        .await
    }
}

pub(crate) fn keep(connection: &Connection, execution: ExecutionId, state: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO redrivable (execution, state) VALUES (?1, ?2)")?
        .execute(params![execution.0, state])?;
    Ok(())
}

/// Whether there is such an execution: it may have been deleted since it was read.
pub(crate) fn redrive(connection: &Connection, execution: ExecutionId, redrive: &Redrive) -> rusqlite::Result<bool> {
    let running = status_number(engine::ExecutionStatus::Running);
    let changed = connection
        .prepare_cached(
            "UPDATE executions SET status = ?2, stopped_at = NULL, output = NULL, error = NULL, cause = NULL,
             redrives = ?3, redriven_at = ?4 WHERE id = ?1",
        )?
        .execute(params![
            execution.0,
            running,
            redrive.count,
            redrive.at.as_millisecond()
        ])?;
    if changed == 0 {
        return Ok(false);
    }
    forget_state(connection, execution)?;
    let Some(token) = &redrive.token else { return Ok(true) };
    connection
        .prepare_cached("INSERT INTO redrive_tokens (execution, redrive, at, token) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![execution.0, redrive.count, redrive.at.as_millisecond(), token])?;
    connection
        .prepare_cached(
            "DELETE FROM redrive_tokens WHERE execution = ?1 AND redrive NOT IN
             (SELECT redrive FROM redrive_tokens WHERE execution = ?1 ORDER BY redrive DESC LIMIT ?2)",
        )?
        .execute(params![execution.0, TOKENS])?;
    Ok(true)
}

/// Those of the executions with a state that ended at `before` or earlier.
pub(crate) fn ended(connection: &Connection, before: Timestamp, limit: usize) -> rusqlite::Result<Vec<ExecutionId>> {
    connection
        .prepare_cached(
            "SELECT r.execution FROM redrivable r CROSS JOIN executions e ON e.id = r.execution
             WHERE e.stopped_at <= ?1 LIMIT ?2",
        )?
        .query_map(params![before.as_millisecond(), limit], |row| {
            row.get(0).map(ExecutionId)
        })?
        .collect()
}

/// Forgets the state of an execution.
pub(crate) fn forget_state(connection: &Connection, execution: ExecutionId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM redrivable WHERE execution = ?1")?
        .execute([execution.0])?;
    Ok(())
}

/// Forgets an execution that is deleted.
pub(crate) fn forget(connection: &Connection, execution: ExecutionId) -> rusqlite::Result<()> {
    forget_state(connection, execution)?;
    connection
        .prepare_cached("DELETE FROM redrive_tokens WHERE execution = ?1")?
        .execute([execution.0])?;
    Ok(())
}
