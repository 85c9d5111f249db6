//! Calls and their errors.

use dataflow::{Knowledge, analyse};
use serde_json::{Value, json};

use crate::{jsonata, last};

fn greet(payload: &Value, catch: &[&str]) -> Vec<String> {
    let catchers: Vec<_> = catch
        .iter()
        .map(|name| json!({"ErrorEquals": [name], "Next": "B"}))
        .collect();
    jsonata(&json!({
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "greet", "Payload": payload},
            "Catch": catchers, "Output": "{% $states.result.Payload.greeting %}", "Next": "B",
        },
        "B": {"Type": "Succeed"},
    }))
}

#[test]
fn calls_are_held_to_the_contract_of_what_they_call() {
    let name = "{% $states.input.name %}";
    let caught = ["Greeting.Refused"];
    assert_eq!(greet(&json!({"name": name, "note": null}), &caught), [""; 0]);
    for (payload, expected) in [
        (
            json!({"note": null}),
            "/States/A/Arguments/Payload/name: error: `name` is nothing, and a text is wanted by Greet [wrong-kind]; give it a value on every path",
        ),
        (
            json!({"name": 1, "note": null}),
            "/States/A/Arguments/Payload/name: error: `name` is a number, and a text is wanted by Greet [wrong-kind]",
        ),
        (
            json!({"name": name}),
            "/States/A/Arguments/Payload: warning: `note`, which Greet declares, is not given [omitted-field]; give it, if only as `null`",
        ),
        (
            json!({"name": name, "note": null, "nte": 1}),
            "/States/A/Arguments/Payload/nte: warning: `nte` is not declared by Greet [undeclared-field]; did you mean `note`?",
        ),
    ] {
        assert!(
            greet(&payload, &caught).contains(&expected.to_owned()),
            "{payload}: {:#?}",
            greet(&payload, &caught)
        );
    }
}

#[test]
fn declared_errors_are_decided_by_name() {
    let payload = json!({"name": "a", "note": null});
    assert_eq!(
        greet(&payload, &["States.ALL"]),
        [
            "/States/A: warning: `Greeting.Refused`, which Greet declares, is decided by no catcher of its own [undecided-error]; name it in `Catch`"
        ]
    );
    let findings = greet(&payload, &["Greeting.Refused", "Greeting.Refusd"]);
    assert_eq!(
        findings,
        [
            "/States/A/Catch[1]/ErrorEquals[0]: warning: Greet declares no error `Greeting.Refusd` [undeclared-error]; it declares Greeting.Refused"
        ]
    );
}

#[test]
fn an_error_is_caught_by_the_task_or_around_it() {
    let all = json!([{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]);
    let within = |inner: &Value, outer: &Value| {
        let mut task =
            json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": {}, "End": true});
        let mut both = json!({"Type": "Parallel", "End": true, "Branches": []});
        (task["Catch"], both["Catch"]) = (inner.clone(), outer.clone());
        both["Branches"] = json!([{"StartAt": "B", "States": {"B": task, "Caught": {"Type": "Fail"}}}]);
        let definition =
            json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": both, "Caught": {"Type": "Fail"}}});
        let machine = asl::parse(&definition.to_string()).expect("a definition").machine;
        let knowledge = Knowledge {
            every_error_is_caught: true,
            ..Knowledge::default()
        };
        analyse(&machine, &knowledge).findings.len()
    };
    let none = json!([]);
    // What a branch does not catch it fails by, and so does the state around it.
    assert_eq!([within(&none, &none), within(&all, &none)], [2, 1]);
    assert_eq!([within(&none, &all), within(&all, &all)], [0, 0]);
}

#[test]
fn the_fields_of_an_error_are_known_through_both_layers_of_json() {
    let detail = |field: &str| format!("{{% $parse($parse($states.errorOutput.Cause).errorMessage).{field} %}}");
    let states = |field: &str| {
        json!({
            "A": {
                "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "greet", "Payload": {"name": "a", "note": null}},
                "Catch": [{"ErrorEquals": ["Greeting.Refused"], "Output": detail(field), "Next": "B"}], "Next": "B",
            },
            "B": {"Type": "Succeed"},
        })
    };
    assert_eq!(jsonata(&states("reason")), [""; 0]);
    let findings = jsonata(&states("raison"));
    assert!(
        findings[0].contains("has no field `raison` [unknown-field]; did you mean `reason`?"),
        "{findings:?}"
    );
}

#[test]
fn a_reserved_name_that_nothing_raises_is_told() {
    let caught = |name: &str| {
        let branch = json!({"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}});
        jsonata(&json!({
            "A": {"Type": "Parallel", "Branches": [branch], "End": true, "Output": "",
                  "Catch": [{"ErrorEquals": [name], "Next": "B"}, {"ErrorEquals": ["States.ALL"], "Next": "B"}]},
            "B": last("1"),
        }))
    };
    assert_eq!(caught("States.Timeout"), [""; 0]);
    assert_eq!(caught("States.Http.StatusCode.404"), [""; 0]);
    assert_eq!(caught("Own.Timeouts"), [""; 0]);
    let found = caught("States.Timeouts");
    assert!(
        found.len() == 1 && found[0].contains("did you mean `States.Timeout`?"),
        "{found:?}"
    );
}
