//! The one thread that writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::{Batch, CommitError};

/// How many batches may wait: callers beyond it wait for room, so that memory stays bounded.
pub(crate) const WAITING: usize = 4_096;
/// How many batches one transaction takes at most, so that the first of them does not wait for ever.
const GROUP: usize = 1_024;

/// A batch and who waits for it.
pub(crate) struct Job {
    pub(crate) batch: Batch,
    pub(crate) done: oneshot::Sender<Result<(), CommitError>>,
}

/// What the writer has done since it was started.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) batches: AtomicU64,
    pub(crate) transactions: AtomicU64,
}

/// Runs until every sender is gone.
pub(crate) fn run(mut connection: Connection, mut jobs: mpsc::Receiver<Job>, counters: &Arc<Counters>) {
    let mut group = Vec::new();
    while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
        write_group(&mut connection, std::mem::take(&mut group), counters);
    }
    // A clean end leaves one file behind and makes the next start quick.
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize") {
        tracing::warn!(%error, "the journal could not be checkpointed at its end");
    }
}

/// Everything that waits becomes durable by one fsync. If the database refuses the group, each batch is tried alone, so
/// that one bad batch does not fail its neighbours.
fn write_group(connection: &mut Connection, group: Vec<Job>, counters: &Counters) {
    counters.batches.fetch_add(group.len() as u64, Ordering::Relaxed);
    match transact(connection, group.iter().map(|job| &job.batch), counters) {
        Ok(results) => group
            .into_iter()
            .zip(results)
            .for_each(|(job, result)| answer(job, result)),
        Err(error) if group.len() == 1 => group.into_iter().for_each(|job| answer(job, Err(error.clone()))),
        Err(_) => group
            .into_iter()
            .for_each(|job| write_group(connection, vec![job], counters)),
    }
}

/// Writes batches in one transaction. The inner results say which of them found that what they create exists.
fn transact<'a>(
    connection: &mut Connection,
    batches: impl Iterator<Item = &'a Batch>,
    counters: &Counters,
) -> Result<Vec<Result<(), CommitError>>, CommitError> {
    let storage = |error| CommitError::Storage(Arc::new(error));
    counters.transactions.fetch_add(1, Ordering::Relaxed);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(storage)?;
    let mut results = Vec::new();
    for batch in batches {
        match batch.apply(&transaction) {
            Err(error @ (CommitError::Storage(_) | CommitError::Closed)) => return Err(error),
            result => results.push(result),
        }
    }
    transaction.commit().map_err(storage)?;
    Ok(results)
}

/// A caller that has gone away is no error: its batch is durable all the same.
fn answer(job: Job, result: Result<(), CommitError>) {
    let _ = job.done.send(result);
}
