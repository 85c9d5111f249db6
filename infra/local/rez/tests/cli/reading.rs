//! Reading executions and histories.

use serde_json::{Value, json};

use crate::process::Rez;

#[test]
fn a_history_is_what_step_functions_returns() {
    let rez = Rez::new();
    let message = rez.succeeds(&["send", "x", "--json"]).json().remove(0);
    let id = message["message_id"].as_str().unwrap();
    let history = rez.succeeds(&["history", id, "--json"]).json();
    let ids: Vec<u64> = history.iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    assert_eq!(history[0]["type"], "ExecutionStarted");
    assert_eq!(history.last().unwrap()["type"], "ExecutionSucceeded");
    assert!(
        history
            .iter()
            .all(|event| event["timestamp"].is_f64() && event["previousEventId"].is_u64())
    );
    let arn = message["execution"]["arn"].as_str().unwrap();
    assert_eq!(rez.succeeds(&["history", arn, "--json"]).json(), history);
    assert!(rez.succeeds(&["history", id]).stdout.contains("TaskStateEntered"));
}

#[test]
fn what_is_not_there_is_said() {
    let rez = Rez::new();
    rez.succeeds(&["send", "x"]);
    let unknown_arn = "arn:aws:states:us-east-1:123456789012:execution:process-message:none";
    let cases: [(&[&str], &str); 6] = [
        (&["message", "none"], "see rez messages"),
        (&["history", "none"], "see rez executions"),
        (&["history", unknown_arn], "see rez executions"),
        (&["messages", "--status", "lost"], "status"),
        (&["dlq", "redrive", "none"], "no message"),
        (&["breaker", "reset", "none"], "see rez breaker"),
    ];
    for (arguments, said) in cases {
        let ended = rez.run(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert!(ended.error().contains(said), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn listings_are_json_lines_and_nothing_else() {
    let rez = Rez::new();
    for command in ["messages", "executions", "dlq", "breaker"] {
        assert_eq!(
            rez.succeeds(&[command, "--json"]).json(),
            Vec::<Value>::new(),
            "{command}"
        );
        let empty = rez.succeeds(&[command]);
        assert_eq!(
            (empty.stdout.as_str(), empty.stderr.lines().count()),
            ("", 1),
            "{command}: {empty:?}"
        );
    }
    rez.succeeds(&["send", "one"]);
    rez.succeeds(&["send", "two"]);
    let names: Vec<Value> = rez
        .succeeds(&["messages", "--json"])
        .json()
        .iter()
        .map(|one| one["body"].clone())
        .collect();
    assert_eq!(names, [json!("two"), json!("one")], "newest first");
    assert_eq!(rez.succeeds(&["messages", "--limit", "1", "--json"]).json().len(), 1);
    assert_eq!(rez.succeeds(&["executions", "--limit", "1", "--json"]).json().len(), 1);
}

/// Deletes a state machine whose execution has ended, and one whose execution runs.
#[test]
fn executions_of_deleted_state_machines_are_listed() {
    let rez = Rez::new();
    let serving = rez.serve();
    let states = [
        ("ends", json!({"Type": "Succeed"})),
        ("waits", json!({"Type": "Wait", "Seconds": 3600, "End": true})),
    ];
    for (name, state) in states {
        let definition = json!({ "StartAt": "S", "States": { "S": state } }).to_string();
        let role = "arn:aws:iam::123456789012:role/test";
        let machine = json!({ "name": name, "definition": definition, "roleArn": role });
        let arn = &rez.step_functions("CreateStateMachine", &machine)["stateMachineArn"];
        rez.step_functions("StartExecution", &json!({ "stateMachineArn": arn, "name": name }));
        rez.step_functions("DeleteStateMachine", &json!({ "stateMachineArn": arn }));
    }
    let listed = |arguments: &[&str]| -> Vec<Value> {
        let listed = rez.succeeds(&[&["executions", "--json"], arguments].concat()).json();
        listed.iter().map(|one| one["executionArn"].clone()).collect()
    };
    let arn = |machine: &str| {
        json!(format!(
            "arn:aws:states:us-east-1:123456789012:execution:{machine}:{machine}"
        ))
    };
    assert_eq!(listed(&[]), [arn("waits"), arn("ends")]);
    assert_eq!(listed(&["--status", "running"]), [arn("waits")]);
    assert_eq!(listed(&["--status", "succeeded"]), [arn("ends")]);
    assert_eq!(listed(&["--limit", "1"]), [arn("waits")]);
    for (name, last) in [("ends", "ExecutionSucceeded"), ("waits", "WaitStateEntered")] {
        let history = rez.succeeds(&["history", name, "--json"]).json();
        assert_eq!(history.last().unwrap()["type"], last);
    }
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_command_is_recommended_as_its_reader_can_type_it() {
    let rez = Rez::new();
    let through_cargo = |arguments: &[&str]| {
        let output = rez.command(arguments).env("CARGO", "cargo").output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert!(through_cargo(&["send", "x"]).contains("read it with: cargo run -- message "));
    assert!(through_cargo(&["message", "none"]).contains("see cargo run -- messages"));
    assert!(through_cargo(&["message"]).contains("see cargo run -- message --help"));
    assert!(
        rez.succeeds(&["send", "x"])
            .stdout
            .contains("read it with: rez message ")
    );
}

#[test]
fn a_message_is_shown_row_by_row() {
    let rez = Rez::new();
    let id = rez.succeeds(&["send", "x", "--json"]).json()[0]["message_id"].clone();
    let shown = rez.succeeds(&["message", id.as_str().unwrap()]).stdout;
    assert!(
        shown
            .lines()
            .any(|line| line.starts_with("receipt.topic ") && line.ends_with(" rez")),
        "{shown}"
    );
    assert!(shown.ends_with("\n\nx\n"), "{shown}");
}
