//! What can go wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

/// The journal could not be opened. Each says which path is meant and, where it can be known, what to do.
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
    #[error("{} has schema version {found}, this program knows versions up to {known}: use a newer one", file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// The version found.
        found: usize,
        /// The newest version known.
        known: usize,
    },
    /// The file is no database, or parts of it are damaged.
    #[error("{} is damaged: stop every process that uses it and put a copy of the directory in its place, or move the \
             directory away to begin anew", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        source: rusqlite::Error,
    },
    /// The file or what belongs to it (`-wal`, `-shm`) belongs to somebody else or is read-only.
    #[error("{} cannot be opened for writing: this user needs read and write permission on it, on its -wal and -shm \
             files and on its directory", file.display())]
    Permission {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        source: rusqlite::Error,
    },
    /// The disk is full.
    #[error("there is no room for {}: free some space on its disk", file.display())]
    Full {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        source: rusqlite::Error,
    },
    /// The database refused for another reason.
    #[error("{} cannot be opened", file.display())]
    Database {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        source: rusqlite::Error,
    },
}

/// A batch was not written. After a failure of the disk it may still turn up when the journal is opened again, whole, as
/// after a connection that broke before the answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// What the batch wanted to create exists already.
    #[error("it exists already")]
    Exists,
    /// What the batch wanted to redrive has been deleted.
    #[error("it is not there any more")]
    Gone,
    /// The disk is full, or the file may not grow. The same batch succeeds when there is room.
    #[error("there is no room for {}: free some space on its disk", file.display())]
    Full {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// Parts of the database are damaged.
    #[error("{} is damaged: stop the server and put a copy of the directory in its place", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// The disk or the database refused. The same batch may succeed later.
    #[error("the journal cannot be written")]
    Storage(#[source] Arc<rusqlite::Error>),
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}

/// A read failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Parts of the database are damaged.
    #[error("{} is damaged: stop the server and put a copy of the directory in its place", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What SQLite found.
        source: rusqlite::Error,
    },
    /// The database refused.
    #[error("the journal cannot be read")]
    Storage(#[from] rusqlite::Error),
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}

/// What kind of failure of SQLite it is. Source: <https://sqlite.org/rescode.html>.
enum Kind {
    Damaged,
    Permission,
    Full,
    Other,
}

fn kind(error: &rusqlite::Error) -> Kind {
    // Writing beyond the limit of a file's size (`ulimit -f`) is an input/output error to SQLite, as is a quota.
    const IOERR_WRITE: i32 = 778;
    match error.sqlite_error() {
        Some(failure) => match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Kind::Damaged,
            ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Kind::Permission,
            ErrorCode::DiskFull => Kind::Full,
            ErrorCode::SystemIoFailure if failure.extended_code == IOERR_WRITE => Kind::Full,
            _ => Kind::Other,
        },
        None => Kind::Other,
    }
}

impl OpenError {
    pub(crate) fn of(file: &Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match kind(&source) {
            Kind::Damaged => Self::Damaged { file, source },
            Kind::Permission => Self::Permission { file, source },
            Kind::Full => Self::Full { file, source },
            Kind::Other => Self::Database { file, source },
        }
    }
}

impl CommitError {
    pub(crate) fn of(file: &Path, source: rusqlite::Error) -> Self {
        let (file, kind, source) = (file.to_owned(), kind(&source), Arc::new(source));
        match kind {
            Kind::Damaged => Self::Damaged { file, source },
            Kind::Full => Self::Full { file, source },
            Kind::Permission | Kind::Other => Self::Storage(source),
        }
    }
}

impl ReadError {
    pub(crate) fn of(file: &Path, source: rusqlite::Error) -> Self {
        match kind(&source) {
            Kind::Damaged => Self::Damaged {
                file: file.to_owned(),
                source,
            },
            Kind::Permission | Kind::Full | Kind::Other => Self::Storage(source),
        }
    }
}
