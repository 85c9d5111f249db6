//! Executions, read.

use engine::{ExecutionStatus, TaskId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Execution, ExecutionFilter, ExecutionId, Summary, Unfinished};
use crate::row::{id, optional_time, status, status_number, time, unsigned};
use crate::{Journal, ReadError, StateMachineId};

const COLUMNS: &str =
    "e.id, e.state_machine, m.name, e.name, e.status, e.started_at, e.stopped_at, e.revision, e.input,
     e.output, e.error, e.cause, e.trace_header, e.parent, e.parent_task, e.redrives, e.redriven_at";

impl Journal {
    /// How many executions have not ended.
    pub async fn open_executions(&self) -> Result<usize, ReadError> {
        self.read(|connection| {
            // By machine, so that only the entries of open executions are read from the index.
            connection
                .prepare_cached(
                    "SELECT coalesce(sum((SELECT count(*) FROM executions WHERE state_machine = m.id AND status = 0)), 0)
                     FROM state_machines m",
                )?
                .query_row([], |row| row.get(0))
        })
        .await
    }

    /// The newest execution of this name among the state machines that have or had this name.
    pub async fn execution(&self, state_machine_name: &str, name: &str) -> Result<Option<Execution>, ReadError> {
        let (machine, name) = (state_machine_name.to_owned(), name.to_owned());
        let names = self.names();
        self.read(move |connection| {
            let mut machines = connection.prepare_cached("SELECT id FROM state_machines WHERE name = ?1")?;
            let mut found = None;
            for machine in machines.query_map([machine], |row| row.get(0).map(StateMachineId))? {
                found = found.max(names.find(connection, machine?, &name)?);
            }
            found.map_or(Ok(None), |newest| by_id(connection, newest))
        })
        .await
    }

    /// The execution that a task has started and waits for, while it has not ended.
    pub async fn open_child(&self, parent: ExecutionId, task: TaskId) -> Result<Option<ExecutionId>, ReadError> {
        self.read(move |connection| {
            let sql = "SELECT id FROM executions WHERE parent = ?1 AND parent_task = ?2 AND stopped_at IS NULL";
            connection
                .prepare_cached(sql)?
                .query_row([parent.0, id(task.0)], |row| row.get(0).map(ExecutionId))
                .optional()
        })
        .await
    }

    /// The execution of this identifier.
    pub async fn execution_by_id(&self, execution: ExecutionId) -> Result<Option<Execution>, ReadError> {
        self.read(move |connection| by_id(connection, execution)).await
    }

    /// Executions, newest first.
    pub async fn executions(&self, filter: ExecutionFilter) -> Result<Vec<Summary>, ReadError> {
        self.read(move |connection| {
            let machine = filter.state_machine.map(|machine| machine.0);
            let sql = listing(filter.state_machine.is_some(), filter.status.is_some());
            let before = filter.before.map_or(i64::MAX, |id| id.0);
            connection
                .prepare_cached(&sql)?
                .query_map(
                    params![before, filter.limit, machine, filter.status.map(status_number)],
                    summary,
                )?
                .collect()
        })
        .await
    }

    /// How many executions of a state machine have each status, in the order of `statuses`; none is counted beyond `most`.
    pub async fn count_executions<const N: usize>(
        &self,
        state_machine: StateMachineId,
        statuses: [ExecutionStatus; N],
        most: u64,
    ) -> Result<[u64; N], ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM executions INDEXED BY executions_by_status
                 WHERE state_machine = ?1 AND status = ?2 LIMIT ?3)",
            )?;
            let mut counts = [0; N];
            for (count, status) in counts.iter_mut().zip(statuses) {
                let counted = statement.query_row(params![state_machine.0, status_number(status), id(most)], |row| {
                    row.get(0)
                });
                *count = counted.map(unsigned)?;
            }
            Ok(counts)
        })
        .await
    }

    /// The engine's state of an execution; `None` if it has ended or never was.
    pub async fn unfinished(&self, execution: ExecutionId) -> Result<Option<Unfinished>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT u.state, e.state_machine, e.revision, e.parent, e.parent_task, e.name, e.started_at, e.input
                 FROM unfinished u JOIN executions e ON e.id = u.execution WHERE u.execution = ?1",
            )?;
            statement.query_row([execution.0], unfinished).optional()
        })
        .await
    }

    /// How many executions have not ended.
    pub async fn count_unfinished(&self) -> Result<u64, ReadError> {
        self.read(|connection| {
            let count: i64 = connection.query_row("SELECT count(*) FROM unfinished", [], |row| row.get(0))?;
            Ok(unsigned(count))
        })
        .await
    }
}

fn by_id(connection: &Connection, execution: ExecutionId) -> rusqlite::Result<Option<Execution>> {
    let sql =
        format!("SELECT {COLUMNS} FROM executions e JOIN state_machines m ON m.id = e.state_machine WHERE e.id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([execution.0], full)
        .optional()
}

/// A page of executions. The index is given, since all of them lead to the rows and one leads to them in order.
fn listing(by_machine: bool, by_status: bool) -> String {
    let index = match (by_machine, by_status) {
        (true, true) => "INDEXED BY executions_by_status",
        (true, false) => "INDEXED BY executions_by_machine",
        (false, _) => "",
    };
    let machine = if by_machine {
        "e.state_machine = ?3"
    } else {
        "?3 IS NULL"
    };
    let status = if by_status { "e.status = ?4" } else { "?4 IS NULL" };
    format!(
        "SELECT {COLUMNS} FROM executions e {index} CROSS JOIN state_machines m ON m.id = e.state_machine
         WHERE e.id < ?1 AND {machine} AND {status} ORDER BY e.id DESC LIMIT ?2"
    )
}

fn full(row: &Row<'_>) -> rusqlite::Result<Execution> {
    Ok(Execution {
        summary: summary(row)?,
        revision: row.get(7)?,
        input: row.get(8)?,
        output: row.get(9)?,
        error: row.get(10)?,
        cause: row.get(11)?,
        trace_header: row.get(12)?,
        parent: parent(row.get(13)?, row.get(14)?),
    })
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    Ok(Summary {
        id: ExecutionId(row.get(0)?),
        state_machine: StateMachineId(row.get(1)?),
        state_machine_name: row.get(2)?,
        name: row.get(3)?,
        status: status(row.get(4)?)?,
        started_at: time(row.get(5)?)?,
        stopped_at: optional_time(row.get(6)?)?,
        redrives: row.get(15)?,
        redriven_at: optional_time(row.get(16)?)?,
    })
}

fn unfinished(row: &Row<'_>) -> rusqlite::Result<Unfinished> {
    Ok(Unfinished {
        state: row.get(0)?,
        state_machine: StateMachineId(row.get(1)?),
        revision: row.get(2)?,
        parent: parent(row.get(3)?, row.get(4)?),
        name: row.get(5)?,
        started_at: time(row.get(6)?)?,
        input: row.get(7)?,
    })
}

fn parent(execution: Option<i64>, task: Option<i64>) -> Option<(ExecutionId, TaskId)> {
    Some((ExecutionId(execution?), TaskId(unsigned(task?))))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::listing;
    use crate::schema::migrate;

    /// Reading must not cost more for every execution that has ended.
    #[test]
    fn no_execution_is_read_but_those_that_are_asked_for() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate("journal.sqlite".as_ref(), &mut connection).unwrap();
        let open_child = "SELECT id FROM executions WHERE parent = 1 AND parent_task = 2 AND stopped_at IS NULL";
        for sql in [
            listing(true, true),
            listing(true, false),
            listing(false, false),
            open_child.to_owned(),
        ] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let parameters = vec![1; statement.parameter_count()];
            let steps = statement
                .query_map(rusqlite::params_from_iter(parameters), |row| row.get(3))
                .unwrap();
            let plan = steps.collect::<Result<Vec<String>, _>>().unwrap();
            let executions: Vec<_> = plan
                .iter()
                .filter(|step| step.contains(" e ") || step.contains("executions"))
                .collect();
            assert!(!executions.is_empty(), "{sql}: {plan:?}");
            assert!(
                executions.iter().all(|step| step.starts_with("SEARCH")),
                "{sql}: {plan:?}"
            );
            assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{sql}: {plan:?}");
        }
    }
}
