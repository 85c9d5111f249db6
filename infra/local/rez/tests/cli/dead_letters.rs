//! Dead letters and the breaker.

use serde_json::json;

use crate::process::{Rez, nobody};

#[test]
fn a_dead_letter_is_sent_again_and_gone() {
    let rez = Rez::new();
    let away = nobody();
    for text in ["one", "two"] {
        assert_eq!(rez.run(&["send", text, "--patience", "0", "--ntfy-url", &away]).code, 3);
    }
    let letters = rez.succeeds(&["dlq", "--json"]).json();
    assert_eq!(
        (letters.len(), &letters[0]["delivered"], &letters[0]["n"]),
        (2, &json!(false), &json!(0))
    );
    assert_eq!(rez.succeeds(&["dlq", "list"]).stdout.lines().count(), 2);

    let trial = rez.succeeds(&["dlq", "redrive", "--all", "--dry-run"]);
    assert_eq!(trial.stdout.matches("would be sent again").count(), 2, "{trial:?}");
    assert_eq!(rez.succeeds(&["dlq", "--json"]).json().len(), 2, "a trial does nothing");

    // Now the inbox is the target: each is delivered once.
    let id = letters[0]["message_id"].as_str().unwrap();
    let one = rez.succeeds(&["dlq", "redrive", id, "--json"]).json();
    assert_eq!(
        (one.len(), &one[0]["message_id"], &one[0]["redrive"]),
        (1, &json!(id), &json!(1))
    );
    assert_eq!(rez.succeeds(&["dlq", "--json"]).json().len(), 1);
    rez.succeeds(&["dlq", "redrive", "--all"]);
    assert!(rez.succeeds(&["dlq", "--json"]).json().is_empty());
    assert_eq!(
        rez.succeeds(&["messages", "--status", "completed", "--json"])
            .json()
            .len(),
        2
    );
    let again = rez.run(&["dlq", "redrive", id]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.error().contains("only failed messages"), "{again:?}");
    let history = rez.succeeds(&["history", &format!("{id}-r1"), "--json"]).json();
    assert_eq!(history.last().unwrap()["type"], "ExecutionSucceeded");
}

#[test]
fn a_workflow_sends_again_what_it_is_asked_to() {
    let rez = Rez::new();
    let away = nobody();
    for text in ["one", "two", "three"] {
        assert_eq!(rez.run(&["send", text, "--patience", "0", "--ntfy-url", &away]).code, 3);
    }
    let redrive = |more: &[&str]| rez.succeeds(&[&["dlq", "redrive", "--workflow"], more].concat());
    let trial = redrive(&["--dry-run"]);
    assert_eq!(trial.stdout.matches("would be sent again as").count(), 3, "{trial:?}");
    assert!(
        trial.stdout.contains("  ListDeadLetters\n"),
        "its states are told: {trial:?}"
    );
    assert_eq!(rez.succeeds(&["dlq", "--json"]).json().len(), 3, "a trial does nothing");
    assert_eq!(redrive(&["--reason", "another", "--json"]).json(), [json!(null); 0]);

    let two = redrive(&["--limit", "2", "--json"]);
    let outcomes: Vec<_> = two.json().iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes, ["redriven", "redriven"]);
    assert!(two.stderr.contains("there are more"), "{two:?}");
    let last = redrive(&[]);
    assert!(
        last.stdout.contains("sent again as") && last.stdout.contains("completed"),
        "{last:?}"
    );
    assert!(rez.succeeds(&["dlq", "--json"]).json().is_empty());
    let none = redrive(&[]);
    assert!(none.stderr.contains("no dead letters"), "{none:?}");
}

#[test]
fn an_open_breaker_is_closed_by_hand() {
    let rez = Rez::new();
    let away = nobody();
    // Four attempts a message: the second message opens it.
    for _ in 0..2 {
        rez.run(&["send", "x", "--patience", "0", "--ntfy-url", &away]);
    }
    let open = rez.succeeds(&["breaker", "--json"]).json();
    assert_eq!(
        (open.len(), &open[0]["state"], &open[0]["service_name"]),
        (1, &json!("OPEN"), &json!(away))
    );
    assert!(rez.succeeds(&["breaker"]).stdout.contains("OPEN until"));
    assert_eq!(
        rez.succeeds(&["breaker", "reset", "--json"]).json()[0]["state"],
        "CLOSED"
    );
    assert_eq!(rez.succeeds(&["breaker", "--json"]).json()[0]["state"], "CLOSED");
}

/// On a terminal, whoever sends many messages again sees how far that is.
#[test]
fn a_person_sees_how_far_a_redrive_is() {
    let rez = Rez::new();
    let away = nobody();
    for text in ["one", "two"] {
        assert_eq!(rez.run(&["send", text, "--patience", "0", "--ntfy-url", &away]).code, 3);
    }
    let Some(shown) = rez.on_a_terminal("dlq redrive --all") else {
        eprintln!("skipped: script, which makes a terminal, is not on this machine");
        return;
    };
    assert!(shown.contains("2 of 2 ended"), "{shown}");
    assert!(rez.succeeds(&["dlq", "--json"]).json().is_empty());
}
