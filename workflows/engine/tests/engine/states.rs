//! What needs more than a literate case: limits, events from outside, and details of events.

use engine::{Effect, Event, Execution, HistoryEvent, Step, TaskId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulation::{Outcome, Simulation, gives as answer, identity, machine};

/// A machine of these states, which starts with the first.
pub(crate) fn asl(states: &Value) -> String {
    let start = states.as_object().unwrap().keys().next().unwrap();
    json!({ "QueryLanguage": "JSONata", "StartAt": start, "States": states }).to_string()
}

/// A run in which tasks give their parameters back.
pub(crate) fn run(states: &Value, input: &Value) -> Outcome {
    Simulation::new(&asl(states), |request| answer(request, request.parameters.clone())).run(&input.to_string())
}

#[track_caller]
pub(crate) fn gives(states: &Value, input: &Value, output: &Value) {
    assert_eq!(&run(states, input).output(), output);
}

#[track_caller]
pub(crate) fn fails(states: &Value, input: &Value, error: &str) {
    assert_eq!(run(states, input).error.as_deref(), Some(error));
}

#[track_caller]
fn emits(states: &Value, input: &Value, types: &[&str]) {
    assert_eq!(run(states, input).types(), types);
}

/// The details of the first event of a type.
pub(crate) fn details(outcome: &Outcome, event_type: &str) -> Value {
    let wire = outcome
        .history
        .iter()
        .map(HistoryEvent::to_wire)
        .find(|event| event["type"] == event_type);
    let wire = wire.unwrap_or_else(|| panic!("no {event_type} in {:?}", outcome.types()));
    let details = wire
        .as_object()
        .unwrap()
        .iter()
        .find(|(name, _)| name.ends_with("EventDetails"));
    details.map_or(Value::Null, |(_, details)| details.clone())
}

pub(crate) fn start(states: &Value) -> (engine::Machine, Execution, Step) {
    let machine = machine(&asl(states));
    let (execution, step) = Execution::start(&machine, identity(), "{}", Timestamp::UNIX_EPOCH, 1);
    (machine, execution, step)
}

#[test]
fn text_is_passed_on_as_written() {
    let states = json!({ "P": { "Type": "Parallel", "End": true, "Branches": [
        { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }] } });
    let outcome = Simulation::new(&asl(&states), |_| Vec::new()).run("[1.0,  2e2]");
    assert_eq!(outcome.output.as_deref(), Some("[[1.0,  2e2]]"));
}

#[test]
fn scheduled_tasks_show_what_they_are_called_with() {
    let states = json!({ "T": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:sendMessage", "End": true,
        "Arguments": { "QueueUrl": "{% $states.input.url %}" }, "TimeoutSeconds": 9, "HeartbeatSeconds": 3,
        "Credentials": { "RoleArn": "{% $states.input.role %}" } } });
    let outcome = run(&states, &json!({ "url": "u", "role": "r" }));
    assert_eq!(
        details(&outcome, "TaskScheduled"),
        json!({
            "resourceType": "aws-sdk:sqs", "resource": "sendMessage", "region": "us-east-1", "parameters": "{\"QueueUrl\":\"u\"}",
            "timeoutInSeconds": 9, "heartbeatInSeconds": 3, "taskCredentials": { "roleArn": "r" },
        })
    );
    let request = &outcome.requests[0];
    assert_eq!(
        (
            request.timeout_seconds,
            request.heartbeat_seconds,
            request.role_arn.as_deref()
        ),
        (Some(9), Some(3), Some("r"))
    );
}

#[test]
fn assigned_variables_stand_in_the_exit_event() {
    let outcome = run(
        &json!({ "A": { "Type": "Pass", "Assign": { "x": "{% [1, 'a'] %}" }, "End": true } }),
        &json!({}),
    );
    assert_eq!(
        details(&outcome, "PassStateExited"),
        json!({
            "name": "A", "output": "{}", "outputDetails": { "truncated": false },
            "assignedVariables": { "x": "[1,\"a\"]" }, "assignedVariablesDetails": { "truncated": false },
        })
    );
}

#[test]
fn branches_take_turns_state_by_state() {
    let branch = |name: &str| json!({ "StartAt": name, "States": { name: { "Type": "Pass", "End": true } } });
    let states = json!({ "P": { "Type": "Parallel", "End": true, "Branches": [
        branch("A"),
        { "StartAt": "S", "States": { "S": { "Type": "Choice", "Default": "T", "Choices": [{ "Condition": false, "Next": "T" }] }, "T": { "Type": "Succeed" } } },
        branch("B"),
    ] } });
    emits(
        &states,
        &json!({}),
        &[
            "ExecutionStarted",
            "ParallelStateEntered",
            "ParallelStateStarted",
            "PassStateEntered",
            "PassStateExited",
            "ChoiceStateEntered",
            "ChoiceStateExited",
            "PassStateEntered",
            "PassStateExited",
            "SucceedStateEntered",
            "SucceedStateExited",
            "ParallelStateSucceeded",
            "ParallelStateExited",
            "ExecutionSucceeded",
        ],
    );
}

#[test]
fn a_result_that_is_not_json_ends_the_execution() {
    let states =
        json!({ "T": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true } });
    let outcome = Simulation::new(&asl(&states), |request| answer(request, "{not json")).run("{}");
    assert_eq!(outcome.error.as_deref(), Some("States.Runtime"));
}

#[test]
fn full_jitter_draws_from_the_random_number_that_comes_in() {
    let states = json!({ "T": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {}, "End": true,
        "Retry": [{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "JitterStrategy": "FULL" }] } });
    let delay = |random| {
        let (machine, mut execution, _) = start(&states);
        let failed = Event::TaskFailed {
            task: TaskId(1),
            error: Some("E".into()),
            cause: None,
        };
        let step = execution.apply(&machine, failed, Timestamp::UNIX_EPOCH, random);
        match step.effects.as_slice() {
            [Effect::StartTimer { at, .. }] => at.as_millisecond(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(delay(7), delay(7));
    let delays: Vec<i64> = (0..50).map(delay).collect();
    assert!(delays.iter().all(|delay| (0..=100_000).contains(delay)));
    assert!(delays.iter().any(|delay| *delay < 50_000) && delays.iter().any(|delay| *delay > 50_000));
}

#[test]
fn a_token_is_new_for_each_attempt() {
    let states = json!({ "T": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
        "Arguments": { "token": "{% $states.context.Task.Token %}" }, "Retry": [{ "ErrorEquals": ["States.ALL"] }] } });
    let outcome = Simulation::new(&asl(&states), |request| {
        vec![(
            0,
            Event::TaskFailed {
                task: request.task,
                error: Some("E".into()),
                cause: None,
            },
        )]
    })
    .run("{}");
    let tokens: Vec<_> = outcome
        .requests
        .iter()
        .map(|request| request.token.clone().unwrap())
        .collect();
    assert_eq!(tokens.len(), 4);
    for (request, token) in outcome.requests.iter().zip(&tokens) {
        assert_eq!(request.parameters, json!({ "token": token }).to_string());
        assert_eq!(tokens.iter().filter(|other| *other == token).count(), 1);
    }
}

#[test]
fn machines_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<engine::Machine>();
}
