//! Executions, written.

use engine::ExecutionStatus;
use rusqlite::{Connection, params};

use super::{Ending, ExecutionId, NewExecution};
use crate::names::Names;
use crate::row::{id, status_number};

/// Inserts an execution, ended if it ends at once; `false` if its state machine has one of that name.
pub(crate) fn insert(
    connection: &Connection,
    names: &Names,
    new: &NewExecution,
    ended: Option<&Ending>,
) -> rusqlite::Result<bool> {
    if names.find(connection, new.state_machine, &new.name)?.is_some() {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "INSERT INTO executions
             (id, state_machine, revision, name, status, started_at, stopped_at, input, output, error, cause,
              trace_header, parent, parent_task)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            new.id.0,
            new.state_machine.0,
            new.revision,
            new.name,
            status_number(ended.map_or(ExecutionStatus::Running, |ended| ended.status)),
            new.started_at.as_millisecond(),
            ended.map(|ended| ended.stopped_at.as_millisecond()),
            new.input,
            ended.and_then(|ended| ended.output.as_ref()),
            ended.and_then(|ended| ended.error.as_ref()),
            ended.and_then(|ended| ended.cause.as_ref()),
            new.trace_header,
            new.parent.map(|(execution, _)| execution.0),
            new.parent.map(|(_, task)| id(task.0)),
        ])?;
    names.add(connection, new.state_machine, &new.name, new.id)?;
    Ok(true)
}

pub(crate) fn keep_state(connection: &Connection, execution: ExecutionId, state: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO unfinished (execution, state) VALUES (?1, ?2)")?
        .execute(params![execution.0, state])?;
    Ok(())
}

pub(crate) fn finish(connection: &Connection, execution: ExecutionId, ending: &Ending) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE executions SET status = ?2, stopped_at = ?3, output = ?4, error = ?5, cause = ?6 WHERE id = ?1",
        )?
        .execute(params![
            execution.0,
            status_number(ending.status),
            ending.stopped_at.as_millisecond(),
            ending.output,
            ending.error,
            ending.cause
        ])?;
    for delete in [
        "DELETE FROM unfinished WHERE execution = ?1",
        "DELETE FROM timers WHERE execution = ?1",
        "DELETE FROM tasks WHERE execution = ?1",
    ] {
        connection.prepare_cached(delete)?.execute([execution.0])?;
    }
    Ok(())
}
