use rusqlite::Connection;

use super::{Names, fill, hash};
use crate::{ExecutionId, StateMachineId, schema};

const MACHINE: StateMachineId = StateMachineId(1);

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate("journal.sqlite".as_ref(), &mut connection).unwrap();
    connection
}

fn names(connection: &Connection, segment: usize) -> Names {
    Names {
        segment,
        ..Names::load(connection).unwrap()
    }
}

fn row(connection: &Connection, execution: i64, name: &str) {
    let sql = "INSERT INTO executions (id, state_machine, revision, name, status, started_at, input)
               VALUES (?1, ?2, 1, ?3, 0, 0, '')";
    connection.execute(sql, (execution, MACHINE.0, name)).unwrap();
}

/// Creates executions named by their numbers, sealing as the writer does after each.
fn create(connection: &Connection, names: &Names, executions: std::ops::Range<i64>) {
    for execution in executions {
        let name = execution.to_string();
        row(connection, execution, &name);
        names.add(connection, MACHINE, &name, ExecutionId(execution)).unwrap();
        if let Some(segment) = names.seal(connection).unwrap() {
            names.sealed(segment);
        }
    }
}

fn found(connection: &Connection, names: &Names, name: &str) -> Option<i64> {
    names.find(connection, MACHINE, name).unwrap().map(|found| found.0)
}

fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn every_name_is_found_whether_recent_or_in_a_segment_and_after_a_start_too() {
    let connection = database();
    let before = names(&connection, 100);
    create(&connection, &before, 0..1_050);
    assert_eq!(
        (count(&connection, "name_segments"), count(&connection, "recent_names")),
        (10, 50)
    );
    for names in [before, names(&connection, 100)] {
        for execution in 0..1_050 {
            assert_eq!(found(&connection, &names, &execution.to_string()), Some(execution));
        }
        assert_eq!(found(&connection, &names, "1050"), None);
        assert_eq!(names.find(&connection, StateMachineId(2), "7").unwrap(), None);
    }
}

#[test]
fn names_whose_hashes_are_the_same_are_told_apart() {
    let connection = database();
    let names = names(&connection, 3);
    // Executions that are in the same place as others: their rows have another name.
    for execution in [1, 2] {
        row(&connection, execution, &format!("another {execution}"));
        names
            .add(&connection, MACHINE, "wanted", ExecutionId(execution))
            .unwrap();
    }
    assert_eq!(found(&connection, &names, "wanted"), None);
    row(&connection, 3, "wanted");
    names.add(&connection, MACHINE, "wanted", ExecutionId(3)).unwrap();
    assert_eq!(found(&connection, &names, "wanted"), Some(3));
    let segment = names.seal(&connection).unwrap().unwrap();
    names.sealed(segment);
    assert_eq!(found(&connection, &names, "wanted"), Some(3));
}

#[test]
fn a_segment_that_is_not_committed_is_none() {
    let mut connection = database();
    let names = names(&connection, 10);
    for execution in 0..9 {
        create(&connection, &names, execution..execution + 1);
    }
    let transaction = connection.transaction().unwrap();
    row(&transaction, 9, "9");
    names.add(&transaction, MACHINE, "9", ExecutionId(9)).unwrap();
    assert!(names.seal(&transaction).unwrap().is_some());
    transaction.rollback().unwrap();
    assert_eq!(found(&connection, &names, "3"), Some(3));
    assert_eq!(found(&connection, &names, "9"), None, "its row is not there");
    create(&connection, &names, 9..10);
    assert_eq!(count(&connection, "name_segments"), 1);
    assert!((0..10).all(|execution| found(&connection, &names, &execution.to_string()) == Some(execution)));
}

#[test]
fn a_segment_goes_with_the_last_of_its_executions_and_a_name_is_free_at_once() {
    let connection = database();
    let names = names(&connection, 10);
    create(&connection, &names, 0..20);
    let delete = |executions: std::ops::Range<i64>| {
        let ids: Vec<_> = executions.map(ExecutionId).collect();
        for id in &ids {
            connection
                .execute("DELETE FROM executions WHERE id = ?1", [id.0])
                .unwrap();
        }
        names.purge(&connection, &ids).unwrap();
        names.purged(&connection).unwrap();
    };
    delete(0..9);
    assert_eq!(count(&connection, "name_segments"), 2);
    assert_eq!(found(&connection, &names, "3"), None);
    assert_eq!(found(&connection, &names, "9"), Some(9));
    delete(9..10);
    assert_eq!(count(&connection, "name_segments"), 1);
    assert_eq!(names.read().segments.len(), 1);
    delete(10..20);
    assert_eq!(
        (count(&connection, "name_segments"), count(&connection, "names")),
        (0, 0)
    );
    create(&connection, &names, 20..30);
    assert_eq!(found(&connection, &names, "25"), Some(25));
}

#[test]
fn executions_of_a_database_without_these_tables_are_found() {
    let connection = database();
    for execution in 0..100 {
        row(&connection, execution, &execution.to_string());
    }
    fill(&connection).unwrap();
    let names = names(&connection, 1_000);
    assert!((0..100).all(|execution| found(&connection, &names, &execution.to_string()) == Some(execution)));
}

/// Hashes stand in databases.
#[test]
fn a_hash_stays_as_it_is() {
    assert_eq!(hash(StateMachineId(7), "name"), HASH);
}

/// `printf '\0\0\0\0\0\0\0\7name' | sha256sum`, the first sixteen digits.
const HASH: u64 = 0xe6e2_a3fa_92d9_6e70;
