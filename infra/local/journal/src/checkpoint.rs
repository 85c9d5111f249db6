//! Moving what is in the write-ahead log into the database, beside the writer.
//!
//! A checkpoint writes every page of the log into the database and waits for the disk: too long for whoever commits. So a
//! thread with a connection of its own does most of it, in passive mode, which keeps nobody from writing; and what was
//! written meanwhile the writer checkpoints itself. Only when the whole log is in the database can it begin anew, and a
//! writer that never pauses would otherwise never let it. Source: <https://sqlite.org/wal.html>, "Avoiding Excessively
//! Large WAL Files".

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;

use crate::connection::LOG_SIZE;

/// After so many transactions the log is checkpointed.
const TRANSACTIONS: u32 = 512;
/// From this size on, in bytes, the log is to begin anew, and the writer waits for readers that are in the way.
const TOO_LARGE: u64 = 16 * LOG_SIZE;

/// The writer's side of it.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    log: PathBuf,
    since: u32,
    wake: SyncSender<()>,
    /// The thread has done its part.
    nearly_done: Arc<AtomicBool>,
}

/// The thread's side of it.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    connection: Connection,
    woken: Receiver<()>,
    nearly_done: Arc<AtomicBool>,
}

/// Both sides, for the database in `file`.
pub(crate) fn pair(file: &Path, connection: Connection) -> (Checkpoints, Checkpointer) {
    let (wake, woken) = sync_channel(1);
    let nearly_done = Arc::<AtomicBool>::default();
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let checkpoints = Checkpoints {
        log: log.into(),
        since: 0,
        wake,
        nearly_done: Arc::clone(&nearly_done),
    };
    let checkpointer = Checkpointer {
        connection,
        woken,
        nearly_done,
    };
    (checkpoints, checkpointer)
}

impl Checkpoints {
    /// Before a transaction: finishes what the thread has begun.
    pub(crate) fn before(&self, connection: &Connection) {
        if self.nearly_done.swap(false, Ordering::AcqRel) {
            let mode = if self.size() > TOO_LARGE { "RESTART" } else { "PASSIVE" };
            checkpoint(connection, mode);
        }
    }

    /// After a transaction: wakes the thread when there is enough for it to do.
    pub(crate) fn after(&mut self) {
        self.since += 1;
        if self.since >= TRANSACTIONS || self.size() > LOG_SIZE {
            self.since = 0;
            // It is awake already if there is no room.
            let _ = self.wake.try_send(());
        }
    }

    fn size(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |log| log.len())
    }
}

impl Checkpointer {
    /// Runs until the writer is gone.
    pub(crate) fn run(self) {
        for () in &self.woken {
            checkpoint(&self.connection, "PASSIVE");
            self.nearly_done.store(true, Ordering::Release);
        }
    }
}

/// Checkpoints as far as the mode allows. A failure costs nothing but room: the log stays, and is tried again.
pub(crate) fn checkpoint(connection: &Connection, mode: &str) {
    let done = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
    if let Err(error) = done {
        tracing::warn!(%error, "the journal could not be checkpointed");
    }
}
