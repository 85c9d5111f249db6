//! Schedules.

use serde_json::json;

use crate::process::Rez;

#[test]
fn a_schedule_is_created_shown_paused_resumed_and_deleted() {
    let rez = Rez::new();
    let serving = rez.serve();
    let created = rez.succeeds(&[
        "schedules",
        "create",
        "stand-up",
        "--cron",
        "0 9 ? * MON-FRI *",
        "--timezone",
        "Europe/Berlin",
        "--title",
        "Calendar",
        "--catch-up",
        "1h",
        "--",
        "--all to the stand-up",
    ]);
    assert!(
        created.stdout.starts_with("schedule stand-up created: fires next at 2"),
        "{created:?}"
    );
    assert!(created.stdout.contains("T09:00:00+0"), "{created:?}");
    assert_eq!(created.stderr, "", "it fires by the one that serves");
    let shown = rez
        .succeeds(&["schedules", "show", "stand-up", "--json"])
        .json()
        .remove(0);
    assert_eq!(
        (&shown["expression"], &shown["catch_up"], &shown["message"]["body"]),
        (
            &json!("cron(0 9 ? * MON-FRI *)"),
            &json!(3_600),
            &json!("--all to the stand-up")
        )
    );
    assert_eq!(shown["next"].as_array().unwrap().len(), 5);
    let text = rez.succeeds(&["schedules", "show", "stand-up"]).stdout;
    assert_eq!(text.matches("\nnext ").count(), 5, "{text}");
    assert!(
        text.contains("state        enabled") && text.ends_with("\n\n--all to the stand-up\n"),
        "{text}"
    );

    assert_eq!(
        rez.succeeds(&["schedules", "pause", "stand-up"]).stdout,
        "schedule stand-up paused\n"
    );
    let listed = rez.succeeds(&["schedules"]).stdout;
    assert_eq!(
        listed.lines().filter(|line| line.contains("  paused  ")).count(),
        2,
        "and the daily one: {listed}"
    );
    let paused = rez
        .succeeds(&["schedules", "show", "stand-up", "--json"])
        .json()
        .remove(0);
    let resumed = rez
        .succeeds(&["schedules", "resume", "stand-up", "--json"])
        .json()
        .remove(0);
    for field in [
        "expression",
        "timezone",
        "start",
        "end",
        "catch_up",
        "message",
        "created_at",
    ] {
        assert_eq!(
            (&paused[field], &resumed[field]),
            (&shown[field], &shown[field]),
            "{field}"
        );
    }
    assert_eq!((&paused["enabled"], &resumed["enabled"]), (&json!(false), &json!(true)));

    rez.succeeds(&["schedules", "delete", "stand-up"]);
    let gone = rez.run(&["schedules", "show", "stand-up"]);
    assert_eq!(gone.code, 2, "{gone:?}");
    assert!(
        gone.error().contains("no schedule of this name: see rez schedules"),
        "{gone:?}"
    );
    assert_eq!(rez.succeeds(&["schedules", "list", "--json"]).json().len(), 1);
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_rate_fires_at_once_and_its_message_arrives() {
    let rez = Rez::new();
    let serving = rez.serve();
    rez.succeeds(&[
        "schedules",
        "create",
        "often",
        "--rate",
        "1 hour",
        "--start",
        "2020-01-01T00:00:00Z",
        "--",
        "later",
    ]);
    rez.succeeds(&["schedules", "create", "now", "--rate", "1 hour", "--", "hello"]);
    let sent = loop {
        let schedule = rez.succeeds(&["schedules", "show", "now", "--json"]).json().remove(0);
        if let Some(id) = schedule["last"]["message_id"].as_str() {
            break id.to_owned();
        }
    };
    let message = rez.succeeds(&["message", &sent, "--json"]).json().remove(0);
    assert_eq!(
        (&message["body"], &message["message_type"]),
        (&json!("hello"), &json!("scheduled"))
    );
    let later = rez.succeeds(&["schedules", "show", "often", "--json"]).json().remove(0);
    assert_eq!(later["last"], json!(null), "its next hour is still to come");
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn without_a_server_it_is_said_that_nothing_fires() {
    let rez = Rez::new();
    let created = rez.succeeds(&[
        "schedules",
        "create",
        "x",
        "--at",
        "2199-12-31T23:59:00",
        "--paused",
        "hello",
    ]);
    assert!(created.stderr.contains("schedules fire while one runs"), "{created:?}");
    let same = rez.succeeds(&[
        "schedules",
        "create",
        "x",
        "--at",
        "at(2199-12-31T23:59:00)",
        "--paused",
        "hello",
    ]);
    assert_eq!(same.stdout, created.stdout, "the same again is the same schedule");
    let other = rez.run(&["schedules", "create", "x", "--rate", "1 day", "hello"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.error().contains("another schedule of this name"), "{other:?}");
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_started() {
    let rez = Rez::new();
    let cases: [(&[&str], &str); 6] = [
        (
            &["create", "x", "--cron", "0 25 * * ? *", "t"],
            "expression: hours: 25 is out of range: write 0 to 23",
        ),
        (
            &["create", "x", "--at", "2020-01-01T00:00:00", "t"],
            "expression: lies in the past: name a time ahead",
        ),
        (
            &["create", "x", "--rate", "1 day", "--timezone", "Berlin", "t"],
            "timezone: is no time zone: did you mean Europe/Berlin?",
        ),
        (
            &["create", "no spaces", "--rate", "1 day", "t"],
            "name: must be 1 to 64",
        ),
        (
            &["create", "x", "--rate", "1 day", "--cron", "0 9 * * ? *", "t"],
            "cannot be used with",
        ),
        (
            &["next", "daily"],
            "expression: must be rate(5 minutes), cron(0 9 * * ? *) or at(2030-01-31T09:30:00)",
        ),
    ];
    for (arguments, expected) in cases {
        let refused = rez.run(&[&["schedules"], arguments].concat());
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.error().contains(expected), "{refused:?}");
    }
    let marked = rez.run(&["schedules", "create", "x", "--cron", "0 25 * * ? *", "t"]);
    assert!(
        marked.stderr.starts_with("  cron(0 25 * * ? *)\n         ^^\nerror: "),
        "{marked:?}"
    );
    assert!(rez.is_untouched());
}

#[test]
fn the_next_times_are_told_without_creating_anything() {
    let rez = Rez::new();
    let next = rez.succeeds(&[
        "schedules",
        "next",
        "cron(0 9 * * ? *)",
        "--timezone",
        "Europe/Berlin",
        "--from",
        "2026-03-27T12:00:00Z",
        "--count",
        "3",
    ]);
    let expected = "2026-03-28T09:00:00+01:00\n2026-03-29T09:00:00+02:00\n2026-03-30T09:00:00+02:00\n";
    assert_eq!(next.stdout, expected);
    let json = rez.succeeds(&[
        "schedules",
        "next",
        "rate(1 day)",
        "--from",
        "2026-03-27T12:00:00Z",
        "--count",
        "1",
        "--json",
    ]);
    assert_eq!(json.json(), [json!({ "time": "2026-03-28T12:00:00Z" })]);
    let never = rez.succeeds(&["schedules", "next", "at(2020-01-01T00:00:00)"]);
    assert_eq!(never.stdout, "");
    assert!(never.stderr.contains("does not fire after 2"), "{never:?}");
    assert!(rez.is_untouched());
}
