//! The schema and its versions.

use rusqlite::Connection;

use crate::OpenError;

/// One script for each version of the schema, oldest first. A script that has been released is never changed.
const MIGRATIONS: &[&str] = &[include_str!("schema/001_first.sql")];

/// The newest version that this program knows.
pub(crate) fn newest() -> usize {
    MIGRATIONS.len()
}

/// Settings of a connection that writes. Source: <https://sqlite.org/pragma.html>.
pub(crate) fn prepare_writer(connection: &mut Connection) -> Result<(), OpenError> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    migrate(connection)
}

/// Brings the schema to the newest version. `user_version` counts the scripts that have run.
fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let found: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            found,
            known: MIGRATIONS.len(),
        });
    }
    for (index, script) in MIGRATIONS.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", index + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{MIGRATIONS, migrate};
    use crate::OpenError;

    #[test]
    fn a_schema_is_created_once_and_kept() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO meta VALUES ('k', 'v')", []).unwrap();
        migrate(&mut connection).unwrap();
        let kept: String = connection
            .query_row("SELECT value FROM meta", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "v");
    }

    #[test]
    fn a_schema_of_a_newer_program_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .pragma_update(None, "user_version", MIGRATIONS.len() + 1)
            .unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert!(matches!(error, OpenError::Newer { .. }), "{error}");
    }
}
