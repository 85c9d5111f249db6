//! `rez doctor` beside real servers, and what it says when something is wrong with them.

use serde_json::Value;
use tests::{
    home::Home,
    ntfy::{Ntfy, SIGN_IN, binaries, free_port},
};

/// Runs it; gives its exit status and what it found.
fn doctor(home: &Home, options: &[&str]) -> (i32, Vec<Value>) {
    let ran = home.rez(&[&["doctor", "--json"], options].concat());
    let findings = ran.json();
    (ran.code, findings)
}

/// The one finding of a check, as its level and what was seen.
fn found<'a>(findings: &'a [Value], check: &str) -> (&'a str, &'a str) {
    let of_check: Vec<&Value> = findings.iter().filter(|finding| finding["check"] == check).collect();
    let [finding] = of_check.as_slice() else {
        panic!("{check} in {findings:?}")
    };
    let remedy = finding["remedy"].as_str().unwrap_or_default();
    assert_eq!(
        finding["level"] == "ok",
        remedy.is_empty(),
        "{finding}: what is wrong has a remedy"
    );
    (finding["level"].as_str().unwrap(), finding["seen"].as_str().unwrap())
}

#[test]
fn a_directory_that_is_not_there_is_no_problem_and_is_not_made() {
    let home = Home::new();
    let (code, findings) = doctor(&home, &[]);
    assert_eq!(code, 0, "{findings:?}");
    assert_eq!(found(&findings, "server").0, "warning");
    assert_eq!(doctor(&home, &["--strict"]).0, 1);
    assert!(!home.path().join("lock").exists());
}

#[test]
fn a_server_that_is_well_passes_and_one_that_is_gone_is_missed() {
    let home = Home::new();
    let serve = home.serve();
    let _ = home.rez(&["send", "x"]).ends_with(0);
    let (code, findings) = doctor(&home, &["--strict"]);
    assert_eq!(code, 0, "{findings:?}");
    for check in [
        "data directory",
        "disk space",
        "server",
        "journal",
        "clock",
        "executions",
        "circuit breaker",
        "dead letters",
    ] {
        assert_eq!(found(&findings, check).0, "ok", "{check}");
    }
    serve.kill();
    let (_, findings) = doctor(&home, &[]);
    assert_eq!(found(&findings, "server").0, "warning", "its lock went with it");
    assert_eq!(found(&findings, "journal").0, "ok");
}

#[test]
fn what_looks_like_a_setting_and_is_none_is_named() {
    let home = Home::new().with("NTFY_TOPICS", "x");
    let (_, findings) = doctor(&home, &[]);
    let remedies: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding["remedy"].as_str())
        .collect();
    assert!(
        remedies.contains(&"unset NTFY_TOPICS: was NTFY_TOPIC meant?"),
        "{remedies:?}"
    );
}

#[test]
fn an_ntfy_out_of_reach_and_one_that_hangs_end_in_time() {
    let nobody = Home::new().with("NTFY_URL", format!("http://127.0.0.1:{}", free_port()));
    let (code, findings) = doctor(&nobody, &[]);
    assert_eq!((code, found(&findings, "ntfy").0), (1, "problem"));
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = Home::new().with("NTFY_URL", format!("http://{}", silent.local_addr().unwrap()));
    let (code, findings) = doctor(&silent, &[]);
    assert_eq!((code, found(&findings, "ntfy").0), (1, "problem"));
}

#[test]
fn a_journal_that_is_none_and_one_of_a_newer_version_are_told() {
    let home = Home::new();
    std::fs::write(
        home.path().join("journal.sqlite"),
        "this is no database, and long enough to look like one",
    )
    .unwrap();
    let (code, findings) = doctor(&home, &[]);
    assert_eq!((code, found(&findings, "journal").0), (1, "problem"), "{findings:?}");

    let home = Home::new();
    let _ = home.rez(&["messages"]).ends_with(0);
    let file = home.path().join("journal.sqlite");
    let mut database = std::fs::read(&file).unwrap();
    // The version of the schema stands in SQLite's header, as a number of four bytes.
    database[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&file, database).unwrap();
    // What still stands in the log would count for more than the file.
    for log in ["journal.sqlite-wal", "journal.sqlite-shm"] {
        let _ = std::fs::remove_file(home.path().join(log));
    }
    let (code, findings) = doctor(&home, &[]);
    let (level, seen) = found(&findings, "journal");
    assert_eq!((code, level), (1, "problem"));
    assert!(seen.contains("schema version 99"), "{seen}");
}

#[test]
fn whoever_has_the_directory_and_does_not_answer_is_named() {
    let home = Home::new();
    let journal = journal::Journal::open(home.path()).unwrap();
    let (code, findings) = doctor(&home, &[]);
    let (level, seen) = found(&findings, "server");
    assert_eq!((code, level), (1, "problem"));
    assert!(seen.contains(&format!("process {}", std::process::id())), "{seen}");
    drop(journal);
}

#[test]
fn too_little_room_and_a_directory_that_cannot_be_written_are_problems() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let (code, findings) = doctor(&home, &["--free", "1000000000"]);
    assert_eq!((code, found(&findings, "disk space").0), (1, "problem"));
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(home.path().join("x"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere, so that no directory is read-only");
        return;
    }
    let (code, findings) = doctor(&home, &[]);
    assert_eq!((code, found(&findings, "data directory").0), (1, "problem"));
}

#[test]
fn an_open_breaker_and_a_dead_letter_are_told() {
    let home = Home::new()
        .with("NTFY_URL", format!("http://127.0.0.1:{}", free_port()))
        .with("BREAKER_FAILURES", "1");
    let serve = home.serve();
    let _ = home.rez(&["send", "x", "--patience", "1s"]).ends_with(3);
    let (code, findings) = doctor(&home, &[]);
    assert_eq!((code, found(&findings, "circuit breaker").0), (1, "problem"));
    assert_eq!(
        found(&findings, "dead letters"),
        ("warning", "messages that were not delivered: 1")
    );
    serve.kill();
}

#[test]
fn an_address_with_a_password_is_refused_and_never_shown() {
    let home = Home::new().with("NTFY_URL", "https://user:tk_secret@ntfy.invalid");
    let ran = home.rez(&["doctor"]).ends_with(1);
    assert!(ran.out.contains("PROBLEM  settings"), "{ran:?}");
    assert!(!format!("{ran:?}").contains("secret"), "{ran:?}");
    let refused = home.rez(&["messages"]).ends_with(2);
    assert!(!refused.err.contains("secret") && refused.err.contains("NTFY_URL"));
    assert!(!home.path().join("lock").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn ntfy_is_asked_about_the_token_and_the_topic() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        let token = ntfy.add_user("publisher");
        ntfy.allow("*", "closed", "deny");
        ntfy.allow("publisher", "closed", "read-write");
        ntfy.allow("publisher", "mailbox", "write-only");
        ntfy.allow("publisher", "board", "read-only");
        let home = |topic: &str, token: &str| {
            Home::new()
                .with("NTFY_URL", ntfy.url())
                .with("NTFY_TOPIC", topic)
                .with("NTFY_API_KEY", token)
        };
        let old = ntfy.version() < (2, 16);
        let (code, findings) = doctor(&home("closed", &token), &[]);
        assert_eq!(code, 0, "{findings:?}");
        assert_eq!(found(&findings, "ntfy token"), ("ok", "accepted"));
        assert_eq!(found(&findings, "ntfy topic"), ("ok", "closed takes messages"));
        assert_eq!(found(&findings, "ntfy reading").0, "ok");
        assert!(!findings.iter().any(|finding| finding.to_string().contains(&*token)));
        let (code, findings) = doctor(&home("closed", &token), &["--send-test"]);
        let expected = if old { "warning" } else { "ok" };
        assert_eq!((code, found(&findings, "ntfy test").0), (0, expected), "{findings:?}");
        let left = ntfy.messages("closed", Some(&token)).await;
        assert!(left.is_empty(), "nothing is left behind: {left:?}");
        let (code, findings) = doctor(&home("mailbox", &token), &[]);
        assert_eq!(
            (
                code,
                found(&findings, "ntfy topic").0,
                found(&findings, "ntfy reading").0
            ),
            (0, "ok", "warning")
        );
        for (topic, token) in [("closed", ""), ("board", &*token)] {
            let (code, findings) = doctor(&home(topic, token), &[]);
            let (level, seen) = found(&findings, "ntfy topic");
            assert_eq!((code, level), (1, "problem"), "{topic}");
            assert!(seen.ends_with("refuses messages"), "{seen}");
        }
        let (code, findings) = doctor(&home("closed", "tk_0123456789abcdefghijklmnopqrs"), &[]);
        assert_eq!(
            (code, found(&findings, "ntfy token")),
            (1, ("problem", "refused")),
            "{findings:?}"
        );
        let proxy = Home::new().with("NTFY_URL", format!("{}/v1", ntfy.url()));
        assert_eq!(doctor(&proxy, &[]).0, 1, "another path is no ntfy");
    }
}
