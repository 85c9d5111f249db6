//! The one thread that writes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::batch::Written;
use crate::checkpoint::{Checkpoints, checkpoint};
use crate::names::Names;
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

/// The thread's own things.
pub(crate) struct Writer {
    pub(crate) file: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) names: Arc<Names>,
    pub(crate) counters: Arc<Counters>,
}

impl Writer {
    /// Runs until every sender is gone.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::new();
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            self.checkpoints.before(&self.connection);
            self.write_group(std::mem::take(&mut group));
            self.checkpoints.after();
        }
        // A clean end leaves one file behind and makes the next start quick.
        if let Err(error) = self
            .connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize")
        {
            tracing::warn!(%error, "the journal could not be checkpointed at its end");
        }
    }

    /// Everything that waits becomes durable by one fsync. If the database refuses the group, each batch is tried alone, so
    /// that one bad batch does not fail its neighbours.
    fn write_group(&mut self, group: Vec<Job>) {
        self.counters.batches.fetch_add(group.len() as u64, Ordering::Relaxed);
        match self.transact_with_room(&group) {
            Ok(results) => group
                .into_iter()
                .zip(results)
                .for_each(|(job, written)| answer(job, written)),
            Err(error) if group.len() == 1 => group.into_iter().for_each(|job| refuse(job, error.clone())),
            Err(_) => group.into_iter().for_each(|job| self.write_alone(job)),
        }
    }

    fn write_alone(&mut self, job: Job) {
        match self.transact(std::slice::from_ref(&job)) {
            Ok(written) => answer(job, written.first().copied().unwrap_or(Written::All)),
            Err(error) => refuse(job, error),
        }
    }

    /// On a full disk the log itself may be what takes the room: it is moved into the database, whose free pages it fills,
    /// and the group is tried once more.
    fn transact_with_room(&mut self, group: &[Job]) -> Result<Vec<Written>, CommitError> {
        match self.transact(group) {
            Err(CommitError::Full { .. }) => {
                checkpoint(&self.connection, "TRUNCATE");
                self.transact(group)
            }
            result => result,
        }
    }

    /// Writes batches in one transaction. On a failure it is rolled back, so that the connection is as before.
    fn transact(&mut self, group: &[Job]) -> Result<Vec<Written>, CommitError> {
        self.counters.transactions.fetch_add(1, Ordering::Relaxed);
        let written = transact(&mut self.connection, &self.names, group);
        written.map_err(|error| CommitError::of(&self.file, error))
    }
}

fn transact(connection: &mut Connection, names: &Names, group: &[Job]) -> rusqlite::Result<Vec<Written>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let written = group
        .iter()
        .map(|job| job.batch.apply(&transaction, names))
        .collect::<rusqlite::Result<_>>()?;
    let sealed = names.seal(&transaction)?;
    transaction.commit()?;
    if let Some(segment) = sealed {
        names.sealed(segment);
    }
    if group.iter().any(|job| job.batch.purges())
        && let Err(error) = names.purged(connection)
    {
        // What is not there is not found in the meantime, only looked for.
        tracing::warn!(%error, "the names of executions that are gone stay in memory");
    }
    Ok(written)
}

fn answer(job: Job, written: Written) {
    tell(
        job,
        match written {
            Written::All => Ok(()),
            Written::Exists => Err(CommitError::Exists),
            Written::Gone => Err(CommitError::Gone),
        },
    );
}

fn refuse(job: Job, error: CommitError) {
    tell(job, Err(error));
}

/// A caller that has gone away is no error: its batch is durable all the same.
fn tell(job: Job, result: Result<(), CommitError>) {
    let _ = job.done.send(result);
}
