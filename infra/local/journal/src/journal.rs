//! The journal: opening, committing, closing.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::lock::DirectoryLock;
use crate::names::Names;
use crate::purge::LAST_EXECUTION;
use crate::readers::Readers;
use crate::writer::{self, Counters, Job, Writer};
use crate::{
    Batch, CommitError, ExecutionId, OpenError, OutboxId, ReadError, StateMachineId, checkpoint, connection, schema,
};

/// The open journal of one data directory. Cheap to share behind an `Arc`.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let journal = journal::Journal::open(".rez".as_ref())?;
/// let mut batch = journal::Batch::new();
/// batch.set_meta("colour", "blue");
/// journal.commit(batch).await?; // durable from here on
/// assert_eq!(journal.meta("colour").await?, Some("blue".to_owned()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Journal {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    /// The writer and the checkpointer, which ends with it.
    threads: Mutex<Vec<JoinHandle<()>>>,
    counters: Arc<Counters>,
    readers: Readers,
    names: Arc<Names>,
    ids: Ids,
    /// Released last, when nothing writes any more: another process may take the directory although something here still
    /// reads.
    lock: Mutex<Option<DirectoryLock>>,
}

/// The identifiers given out last. They are given out before the row is written, so that a caller knows them.
#[derive(Debug)]
struct Ids {
    execution: AtomicI64,
    state_machine: AtomicI64,
    outbox: AtomicI64,
}

/// What can be set for a journal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// How many pages, of 2,048 bytes in a new database, it may have at most; as many as the disk holds when absent.
    pub max_pages: Option<u32>,
}

/// How much has been written since the journal was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Batches committed or refused.
    pub batches: u64,
    /// Transactions, each with one fsync.
    pub transactions: u64,
}

impl Journal {
    /// Opens the journal in `directory`, which is created if need be, and takes the directory for this process.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        Self::open_with(directory, Settings::default())
    }

    /// Opens the journal with other settings than usual.
    pub fn open_with(directory: &Path, settings: Settings) -> Result<Self, OpenError> {
        let lock = DirectoryLock::acquire(directory)?;
        let file = connection::file(directory);
        let refused = |error| OpenError::of(&file, error);
        let mut writer = connection::writer(&file, settings).map_err(refused)?;
        schema::migrate(&file, &mut writer)?;
        let ids = Ids::load(&writer).map_err(refused)?;
        let names = Arc::new(Names::load(&writer).map_err(refused)?);
        let (checkpoints, checkpointer) = checkpoint::pair(&file, connection::checkpointer(&file).map_err(refused)?);
        let (jobs, receiver) = mpsc::channel(writer::WAITING);
        let counters = Arc::<Counters>::default();
        let writer = Writer {
            file: file.clone(),
            connection: writer,
            checkpoints,
            names: Arc::clone(&names),
            counters: Arc::clone(&counters),
        };
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
            thread.map_err(|source| OpenError::Directory {
                directory: directory.to_owned(),
                source,
            })
        };
        let threads = vec![
            spawn("journal", Box::new(move || writer.run(receiver)))?,
            spawn("checkpoints", Box::new(move || checkpointer.run()))?,
        ];
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            threads: Mutex::new(threads),
            counters,
            readers: Readers::new(&file),
            names,
            ids,
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Writes a batch and returns when it is durable. Waits for room when too many batches wait.
    pub async fn commit(&self, batch: Batch) -> Result<(), CommitError> {
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or(CommitError::Closed)?;
        let (done, result) = oneshot::channel();
        jobs.send(Job { batch, done }).await.map_err(|_| CommitError::Closed)?;
        drop(jobs);
        result.await.map_err(|_| CommitError::Closed)?
    }

    /// Writes what still waits, stops the writer and lets go of the directory. Commits after it answer [`CommitError::Closed`].
    pub fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the journal has panicked");
            }
        }
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// An identifier for a new execution, greater than all before.
    pub fn next_execution_id(&self) -> ExecutionId {
        ExecutionId(next(&self.ids.execution))
    }

    /// An identifier for a new state machine, greater than all before.
    pub fn next_state_machine_id(&self) -> StateMachineId {
        StateMachineId(next(&self.ids.state_machine))
    }

    /// An identifier for a new entry of the outbox, greater than all before.
    pub fn next_outbox_id(&self) -> OutboxId {
        OutboxId(next(&self.ids.outbox))
    }

    /// How much has been written.
    pub fn stats(&self) -> Stats {
        Stats {
            batches: self.counters.batches.load(Ordering::Relaxed),
            transactions: self.counters.transactions.load(Ordering::Relaxed),
        }
    }

    /// Where executions are found by name.
    pub(crate) fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names)
    }

    /// Runs a read.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        self.readers.run(read).await
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

impl Ids {
    fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let last = |table: &str| {
            connection.query_row(&format!("SELECT coalesce(max(id), 0) FROM {table}"), [], |row| {
                row.get(0)
            })
        };
        let purged: i64 = connection.query_row(
            "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?1), 0)",
            [LAST_EXECUTION],
            |row| row.get(0),
        )?;
        Ok(Self {
            execution: AtomicI64::new(purged.max(last("executions")?)),
            state_machine: AtomicI64::new(last("state_machines")?),
            outbox: AtomicI64::new(last("outbox")?),
        })
    }
}

fn next(id: &AtomicI64) -> i64 {
    id.fetch_add(1, Ordering::Relaxed) + 1
}
