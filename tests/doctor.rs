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
fn a_directory_of_a_newer_version_and_a_file_in_its_place_are_told() {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).unwrap();
    std::fs::write(
        home.path().join("journal.sqlite"),
        "this is no database, and long enough to look like one",
    )
    .unwrap();
    let (code, findings) = doctor(&home, &[]);
    assert_eq!((code, found(&findings, "journal").0), (1, "problem"), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ntfy_is_asked_about_the_token_and_the_topic() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        let token = ntfy.add_user("publisher");
        ntfy.allow("*", "closed", "deny");
        ntfy.allow("publisher", "closed", "read-write");
        ntfy.allow("publisher", "mailbox", "write-only");
        let home = |topic: &str, token: &str| {
            Home::new()
                .with("NTFY_URL", ntfy.url())
                .with("NTFY_TOPIC", topic)
                .with("NTFY_API_KEY", token)
        };
        let (code, findings) = doctor(&home("closed", &token), &["--send-test"]);
        assert_eq!(code, 0, "{findings:?}");
        assert_eq!(found(&findings, "ntfy token"), ("ok", "accepted"));
        assert!(!findings.iter().any(|finding| finding.to_string().contains(&*token)));
        let left = ntfy.messages("closed", Some(&token)).await;
        assert!(left.is_empty(), "the test is not kept: {left:?}");
        let (code, findings) = doctor(&home("mailbox", &token), &[]);
        assert_eq!((code, found(&findings, "ntfy topic").0), (0, "warning"), "{findings:?}");
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
