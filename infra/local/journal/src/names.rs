//! Executions by name: which execution of a state machine has a name, and whether any has.
//!
//! Names come in no order. An index of all of them would be written in another place for each execution, and with a
//! million executions these places are no longer in any cache. So only a hash of the name is kept, and it is kept in two
//! steps. It is first appended to a list of recent ones, which is also held in memory. When that is long enough it becomes
//! a segment, which is written once, in the order of hashes, and never changed. A search looks at the recent ones and
//! asks the filter of each segment, which is in memory too, and reads only from segments that may have the hash.
//!
//! What is found is a candidate. The execution's row decides, so that an entry without a row, of an execution that has
//! been deleted or was never committed, does no harm.

mod filter;
mod segment;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::{ExecutionId, StateMachineId};
use filter::Filter;
pub(crate) use segment::Segment;

/// How many recent names become a segment. More would take longer to write in one go and to read when the journal is
/// opened, which are some milliseconds each, and fewer would be more filters to ask.
const SEGMENT: usize = 32_768;

/// Where names are found. Written by the writer alone, asked by it and by every reader.
#[derive(Debug)]
pub(crate) struct Names {
    known: RwLock<Known>,
    /// How many recent names become a segment.
    segment: usize,
}

#[derive(Debug, Default)]
struct Known {
    /// Hashes with their executions.
    recent: BTreeSet<(u64, i64)>,
    /// Oldest first.
    segments: Vec<Arc<Segment>>,
}

impl Names {
    /// Those of an open journal.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare("SELECT hash, execution FROM recent_names")?;
        let recent = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
        let known = Known {
            recent: recent.collect::<Result<_, _>>()?,
            segments: segment::load(connection)?,
        };
        Ok(Self {
            known: RwLock::new(known),
            segment: SEGMENT,
        })
    }

    /// The execution of a state machine that has this name, as far as the connection sees it.
    pub(crate) fn find(
        &self,
        connection: &Connection,
        machine: StateMachineId,
        name: &str,
    ) -> rusqlite::Result<Option<ExecutionId>> {
        let hash = hash(machine, name);
        let (recent, segments) = self.candidates(hash);
        for execution in recent {
            if is_named(connection, execution, machine, name)? {
                return Ok(Some(ExecutionId(execution)));
            }
        }
        for segment in segments {
            for execution in segment.executions(connection, hash)? {
                if is_named(connection, execution, machine, name)? {
                    return Ok(Some(ExecutionId(execution)));
                }
            }
        }
        Ok(None)
    }

    /// Notes the name of an execution, in the transaction that creates it.
    pub(crate) fn add(
        &self,
        connection: &Connection,
        machine: StateMachineId,
        name: &str,
        execution: ExecutionId,
    ) -> rusqlite::Result<()> {
        let hash = hash(machine, name);
        connection
            .prepare_cached("INSERT INTO recent_names (execution, hash) VALUES (?1, ?2)")?
            .execute(params![execution.0, hash.cast_signed()])?;
        self.write().recent.insert((hash, execution.0));
        Ok(())
    }

    /// Makes a segment of the recent names if there are enough of them, in an open transaction. It is in use only when
    /// [`Names::sealed`] is told that the transaction has been committed.
    pub(crate) fn seal(&self, connection: &Connection) -> rusqlite::Result<Option<Segment>> {
        let known = self.read();
        if known.recent.len() < self.segment {
            return Ok(None);
        }
        let number = known.segments.last().map_or(0, |last| last.number + 1);
        let entries: Vec<_> = known.recent.iter().copied().collect();
        drop(known);
        let segment = Segment::write(connection, number, &entries)?;
        connection.execute("DELETE FROM recent_names", [])?;
        Ok(Some(segment))
    }

    /// The segment is durable, and nothing has been added since it was made.
    pub(crate) fn sealed(&self, segment: Segment) {
        let mut known = self.write();
        known.recent.clear();
        known.segments.push(Arc::new(segment));
    }

    /// Deletes the segments of which these executions were the last, in the transaction that deletes them. They are
    /// forgotten only when [`Names::purged`] is told that it has been committed.
    pub(crate) fn purge(&self, connection: &Connection, deleted: &[ExecutionId]) -> rusqlite::Result<()> {
        let segments = self.read().segments.clone();
        let touched = |segment: &&Arc<Segment>| deleted.iter().any(|execution| segment.spans(*execution));
        for segment in segments.iter().filter(touched) {
            segment.delete_if_empty(connection)?;
        }
        Ok(())
    }

    /// Forgets the segments that are no longer there.
    pub(crate) fn purged(&self, connection: &Connection) -> rusqlite::Result<()> {
        let numbers = segment::numbers(connection)?;
        self.write()
            .segments
            .retain(|segment| numbers.contains(&segment.number));
        Ok(())
    }

    /// Recent executions, and segments that may have more; newest first.
    fn candidates(&self, hash: u64) -> (Vec<i64>, Vec<Arc<Segment>>) {
        let known = self.read();
        let recent = known.recent.range((hash, i64::MIN)..=(hash, i64::MAX));
        let recent = recent.rev().map(|(_, execution)| *execution).collect();
        let may_have = |segment: &&Arc<Segment>| segment.filter.may_have(hash);
        let segments = known.segments.iter().rev().filter(may_have).cloned().collect();
        (recent, segments)
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fills the tables for the executions of a database that had an index of names.
pub(crate) fn fill(connection: &Connection) -> rusqlite::Result<()> {
    let (mut entries, mut number) = (BTreeSet::new(), 0);
    let mut statement = connection.prepare("SELECT id, state_machine, name FROM executions ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (execution, machine, name): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        entries.insert((hash(StateMachineId(machine), &name), execution));
        if entries.len() == SEGMENT {
            let segment: Vec<_> = std::mem::take(&mut entries).into_iter().collect();
            Segment::write(connection, number, &segment)?;
            number += 1;
        }
    }
    let mut insert = connection.prepare("INSERT INTO recent_names (execution, hash) VALUES (?1, ?2)")?;
    for (hash, execution) in entries {
        insert.execute(params![execution, hash.cast_signed()])?;
    }
    Ok(())
}

fn is_named(connection: &Connection, execution: i64, machine: StateMachineId, name: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM executions WHERE id = ?1 AND state_machine = ?2 AND name = ?3")?
        .query_row(params![execution, machine.0, name], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// The hash of a name within a state machine. It stands in databases, so it stays as it is; and nobody who chooses names
/// can make many of them have the same one.
fn hash(machine: StateMachineId, name: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(machine.0.to_be_bytes())
        .chain_update(name)
        .finalize();
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
