//! Values of the whole data directory.

use rusqlite::{Connection, OptionalExtension};

use crate::{Journal, ReadError};

/// The key under which the host keeps the time that it trusts for what expires.
pub const RETENTION_CLOCK: &str = "retention_clock";

impl Journal {
    /// The value of a key.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, ReadError> {
        let key = key.to_owned();
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
        .await
    }
}

pub(crate) fn set(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute([key, value])?;
    Ok(())
}
