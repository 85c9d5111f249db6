//! Bad input: exit 2, one line that names the field, and nothing is started.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::process::Rez;

#[test]
fn bad_input_is_refused_by_name_before_anything_starts() {
    let rez = Rez::new();
    let cases: [(&[&str], &str); 38] = [
        (&["send"], "<BODY>"),
        (&["send", ""], "body"),
        (&["send", " \n"], "body"),
        (&["send", "x", "--priority", "loud"], "priority"),
        (&["send", "x", "--priority", "6"], "priority"),
        (&["send", "x", "--topic", "no spaces"], "topic"),
        (&["send", "x", "--topic", "docs"], "topic"),
        (&["send", "x", "--tags", "a,,b"], "tags"),
        (&["send", "x", "--click", "javascript:alert(1)"], "click"),
        (&["send", "x", "--at", "2020-01-01T00:00:00Z"], "deliver_at"),
        (&["send", "x", "--at", "tomorrow"], "--at"),
        (&["send", "x", "--in", "-1h"], "deliver_at"),
        (&["send", "x", "--in", "400d"], "deliver_at"),
        (&["send", "x", "--in", "1s", "--at", "2030-01-01T00:00:00Z"], "--at"),
        (&["send", "x", "--patience", "forever"], "patience"),
        (&["send", "x", "--patience", "8d"], "patience"),
        (&["send", "x", "--dedup-key", ""], "dedup_key"),
        (&["send", "x", "--ntfy-topic", "no spaces"], "NTFY_TOPIC"),
        (&["send", "x", "--ntfy-url", "nowhere"], "NTFY_URL"),
        (&["send", "x", "--ntfy-url", "ftp://ntfy.sh"], "NTFY_URL"),
        (&["send", "--titel", "x"], "--title"),
        (&["dlq", "redrive"], "--all"),
        (&["dlq", "redrive", "--workflow", "--all"], "--all"),
        (&["dlq", "redrive", "--workflow", "--limit", "101"], "--limit"),
        (&["dlq", "redrive", "--all", "--reason", "x"], "--all"),
        (&["dlq", "redrive", "--limit", "3"], "--workflow"),
        (&["start"], "<STATE_MACHINE>"),
        (
            &["start", "redrive-dead-letters", "--input", "{dry_run: true}"],
            "input",
        ),
        (&["dlq", "redrive", "--everything"], "see rez dlq redrive --help"),
        (&["messages", "--limit", "0"], "see rez messages --help"),
        (&["executions", "--status", "lost"], "TIMED_OUT"),
        (&["message", ""], "<ID>"),
        (&["token", "--scope", "everything"], "messages:read"),
        (&["token", "--expires", "0s"], "--expires"),
        (&["token", "--expires", "5000d"], "ten years"),
        (&["token", "--subject", "a b"], "--subject"),
        (&["serve", "--listen", "0.0.0.0:0"], "REZ_LISTEN"),
        (&["serve", "--sfn-listen", "[::]:0"], "REZ_SFN_LISTEN"),
    ];
    for (arguments, named) in cases {
        let ended = rez.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {ended:?}");
        assert!(ended.error().contains(named), "{arguments:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    assert!(rez.is_untouched());
}

#[test]
fn a_body_that_is_too_long_or_not_text_is_refused() {
    let rez = Rez::new();
    let long = "x".repeat(70 * 1024);
    let not_text = OsStr::from_bytes(b"caf\xe9");
    let cases = [
        rez.run(&["send", &long]),
        rez.run_with_input(&["send", "-"], long.as_bytes()),
        rez.run(&[OsStr::new("send"), not_text]),
        rez.run_with_input(&["send", "-"], b"caf\xe9"),
        rez.run_with_input(&["send", "-"], b""),
    ];
    for ended in cases {
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.error().starts_with("error: body: "), "{ended:?}");
        assert!(!ended.stderr.contains("xxx"), "a text is not quoted");
    }
    assert!(rez.is_untouched());
}

#[test]
fn a_wrong_log_level_is_named() {
    let rez = Rez::new();
    let ended = rez.command(&["messages"]).env("LOG_LEVEL", "loud").output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("LOG_LEVEL"));
    assert!(rez.is_untouched());
}

#[test]
fn help_is_no_error() {
    let rez = Rez::new();
    for arguments in [
        &["--help"][..],
        &["send", "--help"],
        &["dlq", "redrive", "--help"],
        &["--version"],
    ] {
        let ended = rez.run(arguments);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!ended.stdout.is_empty());
    }
    assert!(rez.is_untouched());
}
