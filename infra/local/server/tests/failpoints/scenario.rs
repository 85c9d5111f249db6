//! What the processes do: foreign definitions with everything that a host does something for.

use serde_json::{Value, json};

pub(crate) const WORKER: &str = "arn:aws:states:us-east-1:123456789012:activity:worker";

/// The ARN of a state machine.
pub(crate) fn arn(machine: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}")
}

fn function(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}

/// State machines by name.
pub(crate) fn machines() -> Vec<(&'static str, Value)> {
    let pass = json!({ "Type": "Pass", "Output": { "done": true }, "End": true });
    let wait = |seconds: u32| json!({ "Type": "Wait", "Seconds": seconds, "End": true });
    vec![
        ("work", jsonata("Map", &work())),
        ("child", jsonata("Pass", &json!({ "Pass": pass }))),
        ("nap", jsonata("Wait", &json!({ "Wait": wait(1) }))),
        ("sleeper", jsonata("Wait", &json!({ "Wait": wait(3_600) }))),
        ("orphans", jsonata("Both", &orphans())),
        (AGAIN, jsonata("Undecided", &again())),
    ]
}

/// What is started, and how it ends; `nap` of the name `spoiled` may not end.
pub(crate) const STARTED: [(&str, &str, &str); 6] = [
    ("work", "one", "SUCCEEDED"),
    ("nap", "one", "SUCCEEDED"),
    ("nap", "spoiled", ""),
    ("sleeper", "one", "ABORTED"),
    ("orphans", "one", "FAILED"),
    (AGAIN, "one", "SUCCEEDED"),
];

/// Its executions fail, are redriven, and succeed.
pub(crate) const AGAIN: &str = "again";

fn jsonata(start: &str, states: &Value) -> Value {
    json!({ "QueryLanguage": "JSONata", "StartAt": start, "States": states })
}

/// Map, Parallel and Wait, Retry and Catch, a nested execution, a callback, an activity.
fn work() -> Value {
    json!({
        "Map": {
            "Type": "Map", "Items": [1, 2], "Next": "Parallel",
            "ItemProcessor": { "StartAt": "Double", "States": {
                "Double": { "Type": "Task", "Resource": function("double"), "End": true },
            } },
        },
        "Parallel": {
            "Type": "Parallel", "Next": "Odd",
            "Branches": [
                { "StartAt": "Pass", "States": { "Pass": { "Type": "Pass", "End": true } } },
                { "StartAt": "Wait", "States": { "Wait": { "Type": "Wait", "Seconds": 1, "End": true } } },
            ],
        },
        "Odd": {
            "Type": "Task", "Resource": function("odd"), "Next": "Nested",
            "Retry": [{ "ErrorEquals": ["Odd"], "IntervalSeconds": 1, "MaxAttempts": 1 }],
            "Catch": [{ "ErrorEquals": ["Odd"], "Next": "Nested" }],
        },
        "Nested": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Next": "Callback",
            "Arguments": { "StateMachineArn": arn("child"), "Name": "nested", "Input": {} },
        },
        "Callback": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Next": "Activity",
            "Arguments": { "FunctionName": "callback", "Payload": { "token": "{% $states.context.Task.Token %}" } },
        },
        "Activity": {
            "Type": "Task", "Resource": WORKER, "TimeoutSeconds": 3, "End": true,
            // A task that was handed out with the last breath is lost to its worker, as on AWS.
            "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 5 }],
        },
    })
}

/// A branch that fails while the other waits for an execution, which then nobody waits for.
fn orphans() -> Value {
    json!({ "Both": {
        "Type": "Parallel", "End": true,
        "Branches": [
            { "StartAt": "Nested", "States": { "Nested": {
                "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
                "Arguments": { "StateMachineArn": arn("sleeper"), "Name": "orphan", "Input": {} },
            } } },
            { "StartAt": "Pause", "States": {
                "Pause": { "Type": "Wait", "Seconds": 1, "Next": "Fail" },
                "Fail": { "Type": "Fail", "Error": "Apart" },
            } },
        ],
    } })
}

/// A choice that has no answer in the first run, beside a branch that has given its output.
fn again() -> Value {
    json!({
        "Undecided": {
            "Type": "Parallel", "Next": "Nap",
            "Branches": [
                { "StartAt": "Done", "States": { "Done": { "Type": "Pass", "Output": "done", "End": true } } },
                { "StartAt": "Choice", "States": {
                    "Choice": { "Type": "Choice", "Choices": [
                        { "Condition": "{% $states.context.Execution.RedriveCount = 1 %}", "Next": "Double" },
                    ] },
                    "Double": { "Type": "Task", "Resource": function("double"), "Arguments": 21, "End": true },
                } },
            ],
        },
        "Nap": { "Type": "Wait", "Seconds": 1, "End": true },
    })
}
