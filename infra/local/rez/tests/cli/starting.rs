//! Starting executions of any state machine.

use serde_json::json;

use crate::process::Rez;

/// A state machine of somebody's own.
fn with(rez: &Rez, name: &str, state: &serde_json::Value) {
    let definition = json!({ "StartAt": "S", "QueryLanguage": "JSONata", "States": { "S": state } }).to_string();
    let role = "arn:aws:iam::123456789012:role/test";
    let machine = json!({ "name": name, "definition": definition, "roleArn": role });
    rez.step_functions("CreateStateMachine", &machine);
}

#[test]
fn an_execution_is_followed_and_its_output_shown() {
    let rez = Rez::new();
    let serving = rez.serve();
    with(
        &rez,
        "doubles",
        &json!({ "Type": "Succeed", "Output": "{% {'twice': $states.input.n * 2} %}" }),
    );
    let shown = rez.succeeds(&["start", "doubles", "--input", r#"{"n": 21}"#, "--name", "first"]);
    let lines: Vec<_> = shown.stdout.lines().collect();
    assert_eq!(lines[0], "execution first started");
    assert!(
        lines[1].ends_with(" s  S") && lines[2].ends_with("execution succeeded"),
        "{shown:?}"
    );
    assert_eq!(lines[3..].join(" "), r#"{   "twice": 42 }"#);

    let piped = rez.run_with_input(&["start", "doubles", "--input", "-", "--json"], br#"{"n": 4}"#);
    assert_eq!((piped.code, piped.json().len()), (0, 1), "{piped:?}");
    assert_eq!(piped.json()[0]["output"], r#"{"twice":8}"#);
    // A name is one execution: with other input it is refused.
    let again = rez.run(&["start", "doubles", "--name", "first", "--input", "1"]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.error().contains("ExecutionAlreadyExists"), "{again:?}");
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn what_fails_or_is_not_there_is_told() {
    let rez = Rez::new();
    let unknown = rez.run(&["start", "none"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.error().contains("there are: process-message, "), "{unknown:?}");

    let serving = rez.serve();
    with(
        &rez,
        "fails",
        &json!({ "Type": "Fail", "Error": "Too.Late", "Cause": "it is over" }),
    );
    let failed = rez.run(&["start", "fails", "--name", "f"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(
        failed
            .error()
            .contains("f ended as FAILED: Too.Late: it is over; see rez history f"),
        "{failed:?}"
    );

    with(&rez, "waits", &json!({ "Type": "Wait", "Seconds": 3600, "End": true }));
    let started = rez.succeeds(&["start", "waits", "--no-wait", "--json"]).json();
    assert_eq!(started[0]["status"], "RUNNING");
    assert_eq!(serving.terminate(), Some(0));
}

/// An execution that fails while nobody has redriven it.
fn undecided(rez: &Rez, name: &str) {
    let choice = json!({ "Type": "Choice",
        "Choices": [{ "Condition": "{% $states.context.Execution.RedriveCount > 0 %}", "Next": "T" }] });
    let definition = json!({ "StartAt": "S", "QueryLanguage": "JSONata",
        "States": { "S": choice, "T": { "Type": "Succeed", "Output": "decided" } } });
    let role = "arn:aws:iam::123456789012:role/test";
    let machine = json!({ "name": name, "definition": definition.to_string(), "roleArn": role });
    rez.step_functions("CreateStateMachine", &machine);
}

#[test]
fn what_failed_goes_on_from_there() {
    let rez = Rez::new();
    let serving = rez.serve();
    undecided(&rez, "undecided");
    assert_eq!(rez.run(&["start", "undecided", "--name", "u"]).code, 1);
    let shown = rez.succeeds(&["redrive-execution", "u"]);
    let lines: Vec<_> = shown.stdout.lines().collect();
    assert_eq!(lines[0], "execution u redriven");
    assert!(
        lines[1].ends_with(" s  T") && lines[2].ends_with("execution succeeded"),
        "only what is new is told: {shown:?}"
    );
    assert_eq!(lines[3..], ["\"decided\""]);
    let again = rez.run(&["redrive-execution", "u", "--json"]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(
        again.error().contains("Execution is SUCCEEDED and cannot be redriven"),
        "{again:?}"
    );
    undecided(&rez, "hesitant");
    assert_eq!(rez.run(&["start", "hesitant", "--name", "u"]).code, 1);
    let which = rez.run(&["redrive-execution", "u"]);
    assert_eq!(which.code, 2, "{which:?}");
    for machine in ["undecided", "hesitant"] {
        assert!(
            which.error().contains(&format!(":execution:{machine}:u")),
            "nobody guesses which is meant: {which:?}"
        );
    }
    let none = rez.run(&["redrive-execution", "none"]);
    assert_eq!(none.code, 2, "{none:?}");
    assert!(none.error().contains("there is no execution none"), "{none:?}");
    assert_eq!(serving.terminate(), Some(0));
}
