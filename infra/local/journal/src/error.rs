//! What can go wrong.

use std::path::PathBuf;
use std::sync::Arc;

/// The journal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the data directory.
    #[error("the data directory {} is in use by process {pid}", directory.display())]
    InUse {
        /// The data directory.
        directory: PathBuf,
        /// The process, as it wrote its id into the lock file; `?` if it has not yet.
        pid: String,
    },
    /// The data directory cannot be created or written.
    #[error("the data directory {} cannot be used", directory.display())]
    Directory {
        /// The data directory.
        directory: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A newer version of this program has written the data.
    #[error("the data has schema version {found}, this program knows versions up to {known}: use a newer one")]
    Newer {
        /// The version found.
        found: usize,
        /// The newest version known.
        known: usize,
    },
    /// The database refused.
    #[error("the journal cannot be opened")]
    Database(#[from] rusqlite::Error),
}

/// A batch was not written; nothing of it is durable.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// What the batch wanted to create exists already.
    #[error("it exists already")]
    Exists,
    /// The disk or the database refused, for example because the disk is full. The same batch may succeed later.
    #[error("the journal cannot be written")]
    Storage(#[source] Arc<rusqlite::Error>),
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}

/// A read failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database refused.
    #[error("the journal cannot be read")]
    Storage(#[from] rusqlite::Error),
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}
