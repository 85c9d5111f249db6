//! Settings of connections. Source: <https://sqlite.org/pragma.html>.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::Settings;

/// The size to which the write-ahead log is cut back, in bytes. It grows beyond while a checkpoint runs. What a checkpoint
/// moves goes to the disk in one go, and commits meanwhile wait behind it: with four times as much the slowest hundredth
/// of starts takes 12 ms where it takes 8, and no more of them are done (`map100` of the comparison, 32 clients).
pub(crate) const LOG_SIZE: u64 = 4 * 1024 * 1024;
/// The size of pages of a new database, in bytes; one that is there keeps its own. Every page that a commit touches is
/// written whole, twice, and a commit touches the last pages of many tables and indexes: half of SQLite's usual size means
/// less to write for each, at the same processor time. Still smaller pages cost time and save nothing (`cargo bench -p
/// journal`).
const PAGE_SIZE: u32 = 2_048;
/// How long a reader or a checkpoint may be in the way.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database in a data directory.
pub(crate) fn file(directory: &Path) -> PathBuf {
    directory.join("journal.sqlite")
}

/// The connection that writes. It does not checkpoint by itself: that would make whoever commits wait for it.
pub(crate) fn writer(file: &Path, settings: Settings) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "page_size", PAGE_SIZE)?;
    prepare(&connection)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;")?;
    connection.pragma_update(None, "journal_size_limit", LOG_SIZE)?;
    if let Some(pages) = settings.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// The connection that checkpoints beside the writer.
pub(crate) fn checkpointer(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    prepare(&connection)?;
    Ok(connection)
}

/// A connection that reads.
pub(crate) fn reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// `synchronous = FULL` is the promise of the journal: the log is on the disk when a commit returns.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")
}
