//! Retention: what ended long ago goes, a little at a time.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::names::Names;
use crate::{Batch, CommitError, ExecutionId, Journal, ReadError, redrive};

/// How many rows of history one purge deletes for one execution: a long history goes in several.
const CHUNKS: usize = 256;

/// What a purge is to delete.
#[derive(Clone, Debug)]
pub(crate) struct Expired {
    before: Timestamp,
    limit: usize,
    executions: Vec<ExecutionId>,
    leftovers: Vec<ExecutionId>,
    others: usize,
}

/// Tables whose rows go by their own age, with their keys and times.
const BY_AGE: [(&str, &str, &str); 3] = [
    ("queue_messages", "id", "sent_at"),
    ("events", "id", "published_at"),
    ("inbox", "position", "received_at"),
];

impl Journal {
    /// Deletes, durably, some of what ended at `before` or earlier: executions with their histories, and messages of
    /// queues, topics and the inbox of that age; then deleted state machines without executions. At most `limit` of each
    /// kind, so that others can commit in between: call it until it answers 0.
    ///
    /// An execution stays, however old, while it runs and while the outbox has an entry about it. Identifiers are not
    /// given out again.
    pub async fn purge(&self, before: Timestamp, limit: usize) -> Result<usize, CommitError> {
        let found = self
            .read(move |connection| Expired::find(connection, before, limit))
            .await;
        let expired = found.map_err(unfound)?;
        let count = expired.count();
        if count > 0 {
            let mut batch = Batch::new();
            batch.purge(expired);
            self.commit(batch).await?;
        }
        Ok(count)
    }

    /// Deletes, durably, the states of at most `limit` executions that ended at `before` or earlier, too long ago for a
    /// redrive. Tells how many; call it until it answers 0.
    pub async fn purge_redrivable(&self, before: Timestamp, limit: usize) -> Result<usize, CommitError> {
        let found = self
            .read(move |connection| redrive::ended(connection, before, limit))
            .await
            .map_err(unfound)?;
        let count = found.len();
        if count > 0 {
            let mut batch = Batch::new();
            batch.forget_redrivable(found);
            self.commit(batch).await?;
        }
        Ok(count)
    }
}

/// What is to be deleted could not be looked for.
fn unfound(error: ReadError) -> CommitError {
    match error {
        ReadError::Storage(error) => CommitError::Storage(std::sync::Arc::new(error)),
        ReadError::Damaged { file, source } => CommitError::Damaged {
            file,
            source: std::sync::Arc::new(source),
        },
        ReadError::Closed => CommitError::Closed,
    }
}

impl Expired {
    fn find(connection: &Connection, before: Timestamp, limit: usize) -> rusqlite::Result<Self> {
        let ids = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(parameters, |row| row.get(0).map(ExecutionId))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let at = before.as_millisecond();
        let executions = ids(
            "SELECT id FROM executions e WHERE stopped_at <= ?1
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE CAST(o.payload AS INTEGER) = e.id)
             ORDER BY stopped_at LIMIT ?2",
            &[&at, &limit],
        )?;
        let leftovers = ids("SELECT execution FROM leftovers LIMIT ?1", &[&limit])?;
        let mut others = state_machines(connection, at, limit)?.len();
        for (table, key, time) in BY_AGE {
            let sql = format!("SELECT count(*) FROM (SELECT {key} FROM {table} WHERE {time} <= ?1 LIMIT ?2)");
            others += connection
                .prepare_cached(&sql)?
                .query_row(params![at, limit], |row| row.get::<_, usize>(0))?;
        }
        Ok(Self {
            before,
            limit,
            executions,
            leftovers,
            others,
        })
    }

    fn count(&self) -> usize {
        self.executions.len() + self.leftovers.len() + self.others
    }

    /// Deletes it.
    pub(crate) fn delete(&self, connection: &Connection, names: &Names) -> rusqlite::Result<()> {
        keep_last_id(connection)?;
        for execution in &self.leftovers {
            delete_history(connection, *execution)?;
        }
        let at = self.before.as_millisecond();
        for execution in &self.executions {
            // One that was redriven since it was found has no end any more.
            let deleted = connection
                .prepare_cached("DELETE FROM executions WHERE id = ?1 AND stopped_at <= ?2")?
                .execute(params![execution.0, at])?;
            if deleted > 0 {
                redrive::forget(connection, *execution)?;
                delete_history(connection, *execution)?;
            }
        }
        names.purge(connection, &self.executions)?;
        for (table, key, time) in BY_AGE {
            let sql = format!(
                "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {time} <= ?1 ORDER BY {time} LIMIT ?2)"
            );
            connection.prepare_cached(&sql)?.execute(params![at, self.limit])?;
        }
        for machine in state_machines(connection, at, self.limit)? {
            for (table, key) in [("revisions", "state_machine"), ("state_machines", "id")] {
                connection
                    .prepare_cached(&format!("DELETE FROM {table} WHERE {key} = ?1"))?
                    .execute([machine])?;
            }
        }
        Ok(())
    }
}

/// The key of `meta` under which the greatest identifier of an execution stands that may have been deleted.
pub(crate) const LAST_EXECUTION: &str = "last_execution";

fn keep_last_id(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) SELECT ?1, max(id) FROM executions WHERE true HAVING max(id) IS NOT NULL
             ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        )?
        .execute([LAST_EXECUTION])?;
    Ok(())
}

/// Deletes as much of a history as one purge may, and notes whether anything is left.
fn delete_history(connection: &Connection, execution: ExecutionId) -> rusqlite::Result<()> {
    let deleted = connection
        .prepare_cached(
            "DELETE FROM history WHERE execution = ?1
               AND first IN (SELECT first FROM history WHERE execution = ?1 ORDER BY first LIMIT ?2)",
        )?
        .execute(params![execution.0, CHUNKS])?;
    let note = if deleted == CHUNKS {
        "INSERT OR IGNORE INTO leftovers (execution) VALUES (?1)"
    } else {
        "DELETE FROM leftovers WHERE execution = ?1"
    };
    connection.prepare_cached(note)?.execute([execution.0])?;
    Ok(())
}

/// State machines that were deleted and have no execution any more.
fn state_machines(connection: &Connection, at: i64, limit: usize) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM state_machines m WHERE deleted_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.state_machine = m.id) LIMIT ?2",
    )?;
    statement.query_map(params![at, limit], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use engine::ExecutionStatus;
    use jiff::Timestamp;

    use super::Expired;
    use crate::{Batch, Ending, Journal, NewExecution, NewStateMachine, Redrive, Revision};

    /// An open journal with an execution `e` that has ended.
    async fn ended(directory: &std::path::Path) -> (Journal, crate::ExecutionId) {
        let journal = Journal::open(directory).unwrap();
        let machine = NewStateMachine {
            id: journal.next_state_machine_id(),
            name: "m".to_owned(),
            revision: Revision {
                number: 1,
                revision_id: "r".to_owned(),
                definition: "{}".to_owned(),
                role_arn: "role".to_owned(),
                settings: "{}".to_owned(),
                created_at: Timestamp::UNIX_EPOCH,
            },
        };
        let id = journal.next_execution_id();
        let mut batch = Batch::creating_execution(NewExecution {
            id,
            state_machine: machine.id,
            revision: 1,
            name: "e".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            input: "{}".to_owned(),
            trace_header: None,
            parent: None,
        });
        batch.finish(
            id,
            Ending {
                status: ExecutionStatus::Failed,
                stopped_at: Timestamp::UNIX_EPOCH,
                output: None,
                error: None,
                cause: None,
            },
        );
        journal.commit(Batch::creating_state_machine(machine)).await.unwrap();
        journal.commit(batch).await.unwrap();
        (journal, id)
    }

    #[tokio::test]
    async fn what_is_redriven_while_it_is_about_to_go_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (journal, id) = ended(directory.path()).await;
        let found = journal
            .read(|connection| Expired::find(connection, Timestamp::UNIX_EPOCH, 8))
            .await
            .unwrap();
        assert_eq!(found.count(), 1);
        let once = Redrive {
            at: Timestamp::UNIX_EPOCH,
            count: 1,
            token: None,
        };
        let mut purge = Batch::new();
        purge.purge(found);
        journal.commit(Batch::redriving(id, once.clone())).await.unwrap();
        journal.commit(purge.clone()).await.unwrap();
        assert!(journal.execution("m", "e").await.unwrap().is_some());
        // The other way round nothing of a redrive is written.
        let mut ended_again = Batch::new();
        ended_again.finish(
            id,
            Ending {
                status: ExecutionStatus::Failed,
                stopped_at: Timestamp::UNIX_EPOCH,
                output: None,
                error: None,
                cause: None,
            },
        );
        journal.commit(ended_again).await.unwrap();
        journal.commit(purge).await.unwrap();
        let mut late = Batch::redriving(id, once);
        late.keep_state(id, b"running".to_vec());
        assert!(matches!(journal.commit(late).await, Err(crate::CommitError::Gone)));
        assert!(journal.unfinished(id).await.unwrap().is_none());
        assert_eq!(journal.open_executions().await.unwrap(), 0);
    }
}
