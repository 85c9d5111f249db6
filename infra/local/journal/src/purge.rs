//! Retention: what ended long ago goes, a little at a time.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::names::Names;
use crate::{Batch, CommitError, ExecutionId, Journal, ReadError};

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
        let expired = found.map_err(|error| match error {
            ReadError::Storage(error) => CommitError::Storage(std::sync::Arc::new(error)),
            ReadError::Damaged { file, source } => CommitError::Damaged {
                file,
                source: std::sync::Arc::new(source),
            },
            ReadError::Closed => CommitError::Closed,
        })?;
        let count = expired.count();
        if count > 0 {
            let mut batch = Batch::new();
            batch.purge(expired);
            self.commit(batch).await?;
        }
        Ok(count)
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
        for execution in &self.executions {
            connection
                .prepare_cached("DELETE FROM executions WHERE id = ?1")?
                .execute([execution.0])?;
            delete_history(connection, *execution)?;
        }
        names.purge(connection, &self.executions)?;
        let at = self.before.as_millisecond();
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
