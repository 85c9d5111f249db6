//! Segments: many hashes with their executions, written once.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Filter;
use crate::ExecutionId;

/// A segment has this power of two of buckets, named by so many high bits of the hash. A page holds some buckets, so that
/// reading one reads one page.
const BUCKET_BITS: u32 = 10;
/// An entry of a bucket: the 32 bits of the hash below those that name the bucket, and the execution.
const ENTRY: usize = 4 + 8;

/// A segment as memory has it.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(super) number: i64,
    pub(super) filter: Filter,
    /// Its executions are among these.
    first: i64,
    last: i64,
}

impl Segment {
    /// Writes a segment of entries in the order of their hashes.
    pub(super) fn write(connection: &Connection, number: i64, entries: &[(u64, i64)]) -> rusqlite::Result<Self> {
        let executions = || entries.iter().map(|(_, execution)| *execution);
        let segment = Self {
            number,
            filter: Filter::new(entries.iter().map(|(hash, _)| *hash)),
            first: executions().min().unwrap_or_default(),
            last: executions().max().unwrap_or_default(),
        };
        connection
            .prepare_cached("INSERT INTO name_segments (segment, first, last, filter) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![number, segment.first, segment.last, segment.filter.to_bytes()])?;
        let mut insert = connection.prepare_cached("INSERT INTO names (bucket, entries) VALUES (?1, ?2)")?;
        for bucket in entries.chunk_by(|one, other| bucket(one.0) == bucket(other.0)) {
            let bytes: Vec<u8> = bucket
                .iter()
                .flat_map(|(hash, execution)| entry(*hash, *execution))
                .collect();
            insert.execute(params![segment.key(bucket[0].0), bytes])?;
        }
        Ok(segment)
    }

    /// Executions under a hash like this, newest first.
    pub(super) fn executions(&self, connection: &Connection, hash: u64) -> rusqlite::Result<Vec<i64>> {
        let entries: Option<Vec<u8>> = connection
            .prepare_cached("SELECT entries FROM names WHERE bucket = ?1")?
            .query_row([self.key(hash)], |row| row.get(0))
            .optional()?;
        let entries = entries.unwrap_or_default();
        let (entries, _) = entries.as_chunks::<ENTRY>();
        let mut executions: Vec<i64> = entries.iter().filter_map(|entry| execution(*entry, hash)).collect();
        executions.sort_unstable_by(|one, other| other.cmp(one));
        Ok(executions)
    }

    /// Whether the execution may be in it.
    pub(super) fn spans(&self, execution: ExecutionId) -> bool {
        (self.first..=self.last).contains(&execution.0)
    }

    /// Deletes it if none of its executions is there.
    pub(super) fn delete_if_empty(&self, connection: &Connection) -> rusqlite::Result<()> {
        let any = connection
            .prepare_cached("SELECT 1 FROM executions WHERE id BETWEEN ?1 AND ?2 LIMIT 1")?
            .query_row([self.first, self.last], |_| Ok(()))
            .optional()?;
        if any.is_none() {
            connection.execute("DELETE FROM name_segments WHERE segment = ?1", [self.number])?;
            let buckets = [self.number << BUCKET_BITS, (self.number + 1) << BUCKET_BITS];
            connection.execute("DELETE FROM names WHERE bucket >= ?1 AND bucket < ?2", buckets)?;
        }
        Ok(())
    }

    /// The key of the bucket of a hash.
    fn key(&self, hash: u64) -> i64 {
        self.number << BUCKET_BITS | i64::from(bucket(hash))
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Arc<Self>> {
        let bytes = row.get_ref(3)?.as_blob()?;
        let filter = Filter::from_bytes(bytes).ok_or(FromSqlError::InvalidBlobSize {
            expected_size: Filter::BLOCK_BYTES,
            blob_size: bytes.len(),
        })?;
        Ok(Arc::new(Self {
            number: row.get(0)?,
            first: row.get(1)?,
            last: row.get(2)?,
            filter,
        }))
    }
}

/// All segments, oldest first.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Vec<Arc<Segment>>> {
    let mut statement =
        connection.prepare("SELECT segment, first, last, filter FROM name_segments ORDER BY segment")?;
    statement.query_map([], Segment::from_row)?.collect()
}

/// The numbers of the segments that are there.
pub(super) fn numbers(connection: &Connection) -> rusqlite::Result<HashSet<i64>> {
    let mut statement = connection.prepare_cached("SELECT segment FROM name_segments")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn bucket(hash: u64) -> u32 {
    // Fewer bits than it has room for.
    u32::try_from(hash >> (64 - BUCKET_BITS)).unwrap_or_default()
}

/// The bits of a hash that an entry keeps.
fn kept(hash: u64) -> [u8; 4] {
    let [.., a, b, c, d] = (hash >> (32 - BUCKET_BITS)).to_be_bytes();
    [a, b, c, d]
}

fn entry(hash: u64, execution: i64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..4].copy_from_slice(&kept(hash));
    entry[4..].copy_from_slice(&execution.to_be_bytes());
    entry
}

/// The execution of an entry, if it is one for the hash.
fn execution(entry: [u8; ENTRY], hash: u64) -> Option<i64> {
    let [a, b, c, d, execution @ ..] = entry;
    ([a, b, c, d] == kept(hash)).then(|| i64::from_be_bytes(execution))
}
