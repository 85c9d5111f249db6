//! Directories and files that cannot be used: each error names the path and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use journal::{Journal, OpenError};

#[test]
fn a_file_is_no_data_directory() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "text").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = Journal::open(&path).unwrap_err();
        assert!(
            matches!(&error, OpenError::Directory { directory, .. } if *directory == path),
            "{error:?}"
        );
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_directory_in_place_of_the_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("journal.sqlite")).unwrap();
    let error = Journal::open(directory.path()).unwrap_err();
    assert!(
        matches!(error, OpenError::Permission { .. } | OpenError::Database { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("journal.sqlite"), "{error}");
}

#[test]
fn a_read_only_directory_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let read_only = directory.path().join("data");
    fs::create_dir(&read_only).unwrap();
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(read_only.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write to read-only directories, as root may");
        return;
    }
    let error = Journal::open(&read_only).unwrap_err();
    assert!(
        matches!(&error, OpenError::Directory { directory, .. } if *directory == read_only),
        "{error:?}"
    );
}

#[test]
fn a_database_that_belongs_to_somebody_else_is_refused_with_what_is_needed() {
    let directory = tempfile::tempdir().unwrap();
    Journal::open(directory.path()).unwrap().close();
    let file = directory.path().join("journal.sqlite");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().append(true).open(&file).is_ok() {
        eprintln!("skipped: this user may write to read-only files, as root may");
        return;
    }
    let error = Journal::open(directory.path()).unwrap_err();
    assert!(matches!(error, OpenError::Permission { .. }), "{error:?}");
    assert!(error.to_string().contains("read and write permission"), "{error}");
}

#[test]
fn a_database_of_a_newer_program_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    Journal::open(directory.path()).unwrap().close();
    let connection = rusqlite::Connection::open(directory.path().join("journal.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 1_000).unwrap();
    drop(connection);
    let error = Journal::open(directory.path()).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("journal.sqlite has schema version 1000") && said.contains("use a newer one"),
        "{said}"
    );
}
