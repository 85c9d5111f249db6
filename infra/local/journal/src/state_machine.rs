//! State machines and the revisions of their definitions.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::row::time;
use crate::{Journal, ReadError};

/// Names a state machine, also after its deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateMachineId(pub i64);

/// A state machine that is to be created.
#[derive(Clone, Debug)]
pub struct NewStateMachine {
    /// From [`Journal::next_state_machine_id`].
    pub id: StateMachineId,
    /// Its name, which no other state machine has that is there.
    pub name: String,
    /// Its first revision.
    pub revision: Revision,
}

/// A definition as it was at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// 1 for the first, then one more each.
    pub number: i64,
    /// The identifier that the wire API shows.
    pub revision_id: String,
    /// The definition as its author wrote it.
    pub definition: String,
    /// The role.
    pub role_arn: String,
    /// Everything else that the wire API was given (type, logging, tracing, encryption) as JSON text.
    pub settings: String,
    /// When it became the current one.
    pub created_at: Timestamp,
}

/// A state machine with one of its revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMachine {
    /// Names it.
    pub id: StateMachineId,
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Whether it has been deleted. It is still there while one of its executions has not ended.
    pub deleted: bool,
    /// The revision asked for.
    pub revision: Revision,
}

/// Holds for a state machine `m` that is there: not deleted, or deleted while an execution of it has not ended.
const THERE: &str =
    "(m.deleted_at IS NULL OR EXISTS (SELECT 1 FROM executions WHERE state_machine = m.id AND status = 0))";

const COLUMNS: &str = "m.id, m.name, m.created_at, m.deleted_at, r.revision, r.revision_id, r.definition, r.role_arn,
     r.settings, r.created_at";

impl Journal {
    /// The state machine of this name with its current revision.
    pub async fn state_machine(&self, name: &str) -> Result<Option<StateMachine>, ReadError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM state_machines m JOIN revisions r ON r.state_machine = m.id AND r.revision = m.revision
                 WHERE m.name = ?1 AND m.deleted_at IS NULL"
            );
            connection.prepare_cached(&sql)?.query_row([name], from_row).optional()
        })
        .await
    }

    /// The state machine of this name with its current revision; one that has been deleted too, while an execution of it
    /// has not ended.
    pub async fn state_machine_or_deleted(&self, name: &str) -> Result<Option<StateMachine>, ReadError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM state_machines m JOIN revisions r ON r.state_machine = m.id AND r.revision = m.revision
                 WHERE m.name = ?1 AND {THERE} ORDER BY m.id DESC LIMIT 1"
            );
            connection.prepare_cached(&sql)?.query_row([name], from_row).optional()
        })
        .await
    }

    /// A state machine with the revision that an execution was started with.
    pub async fn revision(&self, id: StateMachineId, revision: i64) -> Result<Option<StateMachine>, ReadError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM state_machines m JOIN revisions r ON r.state_machine = m.id
                 WHERE m.id = ?1 AND r.revision = ?2"
            );
            connection
                .prepare_cached(&sql)?
                .query_row(params![id.0, revision], from_row)
                .optional()
        })
        .await
    }

    /// State machines newest first, those deleted only while an execution of theirs has not ended; `before` is the last one of the page before.
    pub async fn state_machines(
        &self,
        before: Option<StateMachineId>,
        limit: usize,
    ) -> Result<Vec<StateMachine>, ReadError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM state_machines m JOIN revisions r ON r.state_machine = m.id AND r.revision = m.revision
                 WHERE {THERE} AND m.id < ?1 ORDER BY m.id DESC LIMIT ?2"
            );
            let before = before.map_or(i64::MAX, |id| id.0);
            connection.prepare_cached(&sql)?.query_map(params![before, limit], from_row)?.collect()
        })
        .await
    }
}

/// Inserts a state machine; `false` if there is one of that name.
pub(crate) fn insert(connection: &Connection, new: &NewStateMachine) -> rusqlite::Result<bool> {
    let sql = format!(
        "INSERT INTO state_machines (id, name, created_at, revision) SELECT ?1, ?2, ?3, ?4
         WHERE NOT EXISTS (SELECT 1 FROM state_machines m WHERE m.name = ?2 AND {THERE})"
    );
    let inserted = connection.prepare_cached(&sql)?.execute(params![
        new.id.0,
        new.name,
        new.revision.created_at.as_millisecond(),
        new.revision.number
    ])?;
    if inserted == 1 {
        insert_revision(connection, new.id, &new.revision)?;
    }
    Ok(inserted == 1)
}

pub(crate) fn add_revision(
    connection: &Connection,
    machine: StateMachineId,
    revision: &Revision,
) -> rusqlite::Result<()> {
    insert_revision(connection, machine, revision)?;
    connection
        .prepare_cached("UPDATE state_machines SET revision = ?2 WHERE id = ?1")?
        .execute(params![machine.0, revision.number])?;
    Ok(())
}

fn insert_revision(connection: &Connection, machine: StateMachineId, revision: &Revision) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO revisions (state_machine, revision, revision_id, definition, role_arn, settings, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            machine.0,
            revision.number,
            revision.revision_id,
            revision.definition,
            revision.role_arn,
            revision.settings,
            revision.created_at.as_millisecond()
        ])?;
    Ok(())
}

pub(crate) fn delete(connection: &Connection, machine: StateMachineId, at: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE state_machines SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL")?
        .execute(params![machine.0, at.as_millisecond()])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<StateMachine> {
    Ok(StateMachine {
        id: StateMachineId(row.get(0)?),
        name: row.get(1)?,
        created_at: time(row.get(2)?)?,
        deleted: row.get::<_, Option<i64>>(3)?.is_some(),
        revision: Revision {
            number: row.get(4)?,
            revision_id: row.get(5)?,
            definition: row.get(6)?,
            role_arn: row.get(7)?,
            settings: row.get(8)?,
            created_at: time(row.get(9)?)?,
        },
    })
}
