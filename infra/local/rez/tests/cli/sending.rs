//! Sending in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::process::{Rez, nobody};

#[test]
fn a_message_is_carried_to_its_end() {
    let rez = Rez::new();
    let ended = rez.succeeds(&[
        "send",
        "grüße",
        "--title",
        "T",
        "--priority",
        "high",
        "--tags",
        "a,b",
        "--markdown",
    ]);
    for said in [
        "accepted",
        "PersistMessage",
        "DeliverMessage",
        "RecordOutcome",
        "completed",
        "read it with: rez message",
    ] {
        assert!(ended.stdout.contains(said), "{said}: {ended:?}");
    }
    assert!(!ended.stdout.contains('\u{1b}'), "no colours where nobody looks");
    let messages = rez.succeeds(&["messages", "--json"]).json();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(
        (&message["status"], &message["body"]),
        (&json!("completed"), &json!("grüße"))
    );
    assert_eq!(
        (&message["tags"], &message["priority"]),
        (&json!(["a", "b"]), &json!("high"))
    );
    let id = message["message_id"].as_str().unwrap();
    assert!(ended.stdout.contains(id));
    assert_eq!(rez.succeeds(&["message", id, "--json"]).json(), messages);
    assert!(rez.succeeds(&["message", id]).stdout.ends_with("\ngrüße\n"));
}

#[test]
fn standard_input_is_a_body() {
    let rez = Rez::new();
    let ended = rez.run_with_input(&["send", "-", "--json"], "line\nline".as_bytes());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        (ended.json().len(), &ended.json()[0]["body"]),
        (1, &json!("line\nline"))
    );
}

#[test]
fn one_key_sends_one_message() {
    let rez = Rez::new();
    let first = rez.succeeds(&["send", "x", "--dedup-key", "k", "--json"]).json();
    let again = rez.succeeds(&["send", "x", "--dedup-key", "k", "--json"]).json();
    assert_eq!(first, again);
    assert!(
        rez.succeeds(&["send", "x", "--dedup-key", "k"])
            .stdout
            .contains("accepted before")
    );
    assert_eq!(rez.succeeds(&["executions", "--json"]).json().len(), 1);
    assert_eq!(rez.run(&["send", "y", "--dedup-key", "k"]).code, 2);
    for key in ["\"nightly\"", "nightly "] {
        rez.succeeds(&["send", "x", "--dedup-key", key]);
    }
}

#[test]
fn a_message_that_nobody_waits_for_is_carried_on_later() {
    let rez = Rez::new();
    let ended = rez.succeeds(&["send", "x", "--in", "1h", "--no-wait", "--json"]);
    assert!(ended.stderr.contains("no rez serve is running"), "{ended:?}");
    let id = ended.json()[0]["message_id"].as_str().unwrap().to_owned();
    let running = rez.succeeds(&["executions", "--status", "RUNNING", "--json"]).json();
    assert_eq!((running.len(), &running[0]["name"]), (1, &json!(id)));
}

#[test]
fn a_message_that_cannot_be_delivered_ends_with_3() {
    let rez = Rez::new();
    let ended = rez.run(&["send", "secret text", "--patience", "0", "--ntfy-url", &nobody()]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.error().contains("rez dlq redrive"), "{ended:?}");
    for said in [
        "DeliverMessage failed: Delivery.Unavailable",
        "retry 1 after",
        "execution failed: Message.DeadLettered",
    ] {
        assert!(ended.stdout.contains(said), "{said}: {ended:?}");
    }
    assert!(!format!("{ended:?}").contains("secret text"), "{ended:?}");
}

#[test]
fn a_message_is_carried_to_its_end_though_nobody_reads_on() {
    let rez = Rez::new();
    let mut sending = rez.command(&["send", "x"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    // The reader goes after one line, as `head -n 1` does.
    BufReader::new(sending.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    sending.wait().unwrap();
    assert!(first.ends_with(" accepted\n"), "{first}");
    assert_eq!(rez.succeeds(&["messages", "--json"]).json()[0]["status"], "completed");
}

/// One of them is the server of the others, and ends as soon as its own message has.
#[test]
fn several_at_once_without_a_server_all_arrive() {
    let rez = Rez::new();
    let sent: Vec<_> = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
        .map(|body| {
            let mut command = rez.command(&["send", body]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    for output in sent {
        assert!(output.status.success(), "{output:?}");
    }
    let messages = rez.succeeds(&["messages", "--json"]).json();
    // A request whose answer was lost with its server is repeated, and is one message all the same.
    assert_eq!(messages.len(), 8);
    assert!(messages.iter().all(|message| message["status"] == "completed"));
}

#[test]
fn a_message_that_waits_is_cancelled_and_one_that_has_ended_is_not() {
    let rez = Rez::new();
    let sent = rez.succeeds(&["send", "x", "--in", "1h", "--no-wait", "--json"]).json();
    let id = sent[0]["message_id"].as_str().unwrap();
    let cancelled = rez.succeeds(&["cancel", id]);
    assert!(cancelled.stdout.contains("cancelled"), "{cancelled:?}");
    let again = rez.run(&["cancel", id]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.error().contains("cancelled already"), "{again:?}");
    assert_eq!(rez.run(&["cancel", "none"]).code, 2);
}

#[test]
fn a_file_is_sent_once_however_often_it_is_given() {
    let rez = Rez::new();
    let lines: Vec<String> = (0..30)
        .map(|number| format!("{{\"body\": \"number {number}\"}}\n"))
        .collect();
    let lines = lines.concat();
    // The same line twice is two messages; blank lines are none.
    let input = format!("{lines}\n{{\"body\": \"twice\"}}\n{{\"body\": \"twice\"}}\n");
    let sent = rez.run_with_input(&["send", "--file", "-"], input.as_bytes());
    assert_eq!(
        (sent.code, sent.stdout.trim()),
        (0, "32 messages: 32 completed"),
        "{sent:?}"
    );
    let again = rez.run_with_input(&["send", "--file", "-", "--no-wait"], input.as_bytes());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stderr.contains("32 of 32 were accepted before"), "{again:?}");
    assert_eq!(rez.succeeds(&["messages", "--json"]).json().len(), 32);
    let other = rez.run_with_input(&["send", "--file", "-", "--batch", "second"], input.as_bytes());
    assert_eq!(other.code, 0, "{other:?}");
    assert_eq!(rez.succeeds(&["messages", "--json", "--limit", "100"]).json().len(), 64);
}

#[test]
fn a_file_with_a_fault_is_refused_as_a_whole() {
    let rez = Rez::new();
    let refused = rez.run_with_input(&["send", "--file", "-"], b"{\"body\": \"x\"}\n{\"body\": 1}\nno\n");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.error().contains("line 2: body") && refused.error().contains("line 3"),
        "{refused:?}"
    );
    assert_eq!(rez.run_with_input(&["send", "--file", "-"], b"\n").code, 2);
    assert!(
        rez.succeeds(&["messages", "--json"]).json().is_empty(),
        "nothing was sent"
    );
}
