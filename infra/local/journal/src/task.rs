//! Tasks in flight: after a restart they are repeated under the same token.

use engine::TaskId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::row::{id, unsigned};
use crate::{ExecutionId, Journal, ReadError};

/// A task that has been scheduled and not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The execution that waits for it.
    pub execution: ExecutionId,
    /// The task within the execution.
    pub task: TaskId,
    /// How far it is.
    pub phase: TaskPhase,
    /// What it calls.
    pub resource: String,
    /// Its token, if one may be asked for.
    pub token: Option<String>,
    /// The engine's request as JSON text.
    pub request: String,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskPhase {
    /// Its call may not have been made: after a restart it is made again.
    Scheduled,
    /// Its call has been accepted, or a worker has it: only the result is still to come.
    Submitted,
}

const COLUMNS: &str = "execution, task, phase, resource, token, request";

impl Journal {
    /// Tasks whose call has to be made, in the order of executions, after `(execution, task)`.
    pub async fn scheduled_tasks(&self, after: (ExecutionId, TaskId), limit: usize) -> Result<Vec<Task>, ReadError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM tasks WHERE phase = 0 AND (execution, task) > (?1, ?2)
                 ORDER BY execution, task LIMIT ?3"
            );
            let (execution, task) = after;
            connection
                .prepare_cached(&sql)?
                .query_map(params![execution.0, id(task.0), limit], from_row)?
                .collect()
        })
        .await
    }

    /// One task in flight.
    pub async fn task(&self, execution: ExecutionId, task: TaskId) -> Result<Option<Task>, ReadError> {
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM tasks WHERE execution = ?1 AND task = ?2");
            connection
                .prepare_cached(&sql)?
                .query_row(params![execution.0, id(task.0)], from_row)
                .optional()
        })
        .await
    }

    /// The task of a token.
    pub async fn task_by_token(&self, token: &str) -> Result<Option<Task>, ReadError> {
        let token = token.to_owned();
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM tasks WHERE token = ?1");
            connection.prepare_cached(&sql)?.query_row([token], from_row).optional()
        })
        .await
    }

    /// Tasks of a resource that no worker has taken, the oldest first.
    pub async fn waiting_tasks(&self, resource: &str, limit: usize) -> Result<Vec<Task>, ReadError> {
        let resource = resource.to_owned();
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM tasks WHERE resource = ?1 AND phase = 0 ORDER BY rowid LIMIT ?2");
            connection
                .prepare_cached(&sql)?
                .query_map(params![resource, limit], from_row)?
                .collect()
        })
        .await
    }
}

pub(crate) fn put(connection: &Connection, task: &Task) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO tasks (execution, task, phase, resource, token, request)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            task.execution.0,
            id(task.task.0),
            task.phase.number(),
            task.resource,
            task.token,
            task.request
        ])?;
    Ok(())
}

pub(crate) fn set_phase(
    connection: &Connection,
    execution: ExecutionId,
    task: TaskId,
    phase: TaskPhase,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE tasks SET phase = ?3 WHERE execution = ?1 AND task = ?2")?
        .execute(params![execution.0, id(task.0), phase.number()])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, execution: ExecutionId, task: TaskId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM tasks WHERE execution = ?1 AND task = ?2")?
        .execute(params![execution.0, id(task.0)])?;
    Ok(())
}

impl TaskPhase {
    const fn number(self) -> i64 {
        match self {
            Self::Scheduled => 0,
            Self::Submitted => 1,
        }
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Task> {
    Ok(Task {
        execution: ExecutionId(row.get(0)?),
        task: TaskId(unsigned(row.get(1)?)),
        phase: if row.get::<_, i64>(2)? == 0 {
            TaskPhase::Scheduled
        } else {
            TaskPhase::Submitted
        },
        resource: row.get(3)?,
        token: row.get(4)?,
        request: row.get(5)?,
    })
}
