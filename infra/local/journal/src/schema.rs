//! The schema and its versions.

use std::path::Path;

use rusqlite::Connection;

use crate::{OpenError, names};

/// What makes the next version of the schema: a script, and then what no script can do.
type Migration = (&'static str, Option<fn(&Connection) -> rusqlite::Result<()>>);

/// One for each version, oldest first. A script that has been released is never changed.
const MIGRATIONS: &[Migration] = &[
    (include_str!("schema/001_first.sql"), None),
    (include_str!("schema/002_retention.sql"), None),
    (include_str!("schema/003_listings.sql"), None),
    (include_str!("schema/004_names.sql"), Some(names::fill)),
    (include_str!("schema/005_schedules.sql"), None),
    (include_str!("schema/006_redrives.sql"), None),
];

/// The newest version that this program knows.
pub(crate) fn newest() -> usize {
    MIGRATIONS.len()
}

/// Brings the schema to the newest version, each step in a transaction of its own. `user_version` counts the scripts that
/// have run.
pub(crate) fn migrate(file: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let refused = |error| OpenError::of(file, error);
    let found: usize = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(refused)?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer {
            file: file.to_owned(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        step(connection, *migration, index + 1).map_err(refused)?;
    }
    Ok(())
}

fn step(connection: &mut Connection, (script, fill): Migration, version: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(script)?;
    fill.map_or(Ok(()), |fill| fill(&transaction))?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{MIGRATIONS, migrate};
    use crate::OpenError;

    const FILE: &str = "journal.sqlite";

    #[test]
    fn a_schema_is_created_once_and_kept() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(FILE.as_ref(), &mut connection).unwrap();
        connection.execute("INSERT INTO meta VALUES ('k', 'v')", []).unwrap();
        migrate(FILE.as_ref(), &mut connection).unwrap();
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
        let error = migrate(FILE.as_ref(), &mut connection).unwrap_err();
        assert!(matches!(error, OpenError::Newer { .. }), "{error}");
    }

    /// The schema of the first version as its databases have it, with a row in every table. It is never changed: there
    /// are databases of it.
    const FIRST: &str = include_str!("schema/tests/first.sql");

    /// Every object of a database with the text that made it.
    fn objects(connection: &Connection) -> Vec<(String, String)> {
        let sql = "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_database_of_the_first_version_becomes_what_a_new_one_is_and_keeps_its_rows() {
        let mut old = Connection::open_in_memory().unwrap();
        old.execute_batch(FIRST).unwrap();
        let count = |connection: &Connection, table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let tables: Vec<String> = objects(&old)
            .into_iter()
            .filter(|(_, sql)| sql.starts_with("CREATE TABLE"))
            .map(|(name, _)| name)
            .filter(|name| name != "sqlite_sequence")
            .collect();
        assert_eq!(tables.len(), 13, "{tables:?}");
        migrate(FILE.as_ref(), &mut old).unwrap();
        let mut new = Connection::open_in_memory().unwrap();
        migrate(FILE.as_ref(), &mut new).unwrap();
        assert_eq!(objects(&old), objects(&new));
        for table in tables {
            assert_eq!(count(&old, &table), 1, "{table}");
        }
        let damage: String = old.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(damage, "ok");
    }

    /// A step that fails half-way leaves nothing of itself, so that it can be tried again.
    #[test]
    fn a_step_is_taken_whole_or_not_at_all() {
        let mut connection = Connection::open_in_memory().unwrap();
        let script = "CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);";
        super::step(&mut connection, (script, None), 1).unwrap_err();
        assert_eq!(objects(&connection), []);
        migrate(FILE.as_ref(), &mut connection).unwrap();
    }
}
