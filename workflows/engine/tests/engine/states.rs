//! What needs more than a literate case: limits, events from outside, and details of events.

use engine::{Effect, Event, Execution, ExecutionStatus, HistoryEvent, Step, TaskId, TimerId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulation::{Outcome, Simulation, gives as answer, identity, machine};

/// A machine of these states, which starts with the first.
fn asl(states: &Value) -> String {
    let start = states.as_object().unwrap().keys().next().unwrap();
    json!({ "QueryLanguage": "JSONata", "StartAt": start, "States": states }).to_string()
}

/// A run in which tasks give their parameters back.
fn run(states: &Value, input: &Value) -> Outcome {
    Simulation::new(&asl(states), |request| answer(request, request.parameters.clone())).run(&input.to_string())
}

#[track_caller]
fn gives(states: &Value, input: &Value, output: &Value) {
    assert_eq!(&run(states, input).output(), output);
}

#[track_caller]
fn fails(states: &Value, input: &Value, error: &str) {
    assert_eq!(run(states, input).error.as_deref(), Some(error));
}

#[track_caller]
fn emits(states: &Value, input: &Value, types: &[&str]) {
    assert_eq!(run(states, input).types(), types);
}

/// The details of the first event of a type.
fn details(outcome: &Outcome, event_type: &str) -> Value {
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

fn start(states: &Value) -> (engine::Machine, Execution, Step) {
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
fn a_result_over_the_limit_is_an_error_that_all_catches() {
    let task = |catch: &str| {
        json!({
        "T": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true,
            "Catch": [{ "ErrorEquals": [catch], "Output": "{% $states.errorOutput.Error %}", "Next": "S" }] },
        "S": { "Type": "Succeed" } })
    };
    for name in ["States.ALL", "States.DataLimitExceeded"] {
        let large = format!("\"{}\"", "a".repeat(256 * 1024 - 1));
        let outcome = Simulation::new(&asl(&task(name)), |request| answer(request, large.clone())).run("{}");
        assert_eq!(outcome.output(), json!("States.DataLimitExceeded"));
        assert!(outcome.types().contains(&"LambdaFunctionFailed".into()));
    }
}

#[test]
fn data_at_the_limit_is_allowed() {
    let output = |length: u32| json!({ "A": { "Type": "Pass", "Output": format!("{{% $pad('', {length}, 'x') %}}"), "End": true } });
    gives(&output(10), &json!({}), &json!("x".repeat(10)));
    assert_eq!(run(&output(262_142), &json!({})).status, ExecutionStatus::Succeeded);
    fails(&output(262_143), &json!({}), "States.DataLimitExceeded");
}

#[test]
fn a_history_ends_at_its_limit() {
    let states = json!({ "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } });
    let outcome = run(&states, &json!({}));
    assert_eq!(outcome.history.len(), 25_000);
    assert_eq!(
        details(&outcome, "ExecutionFailed"),
        json!({
            "error": "States.Runtime", "cause": "The execution reached the maximum number of history events (25000).",
        })
    );
}

#[test]
fn a_history_at_its_limit_cancels_what_runs() {
    let states = json!({ "P": { "Type": "Parallel", "End": true, "Branches": [
        { "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 9, "End": true } } },
        { "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } } }] } });
    let (_, execution, step) = start(&states);
    assert_eq!(execution.status(), ExecutionStatus::Failed);
    assert!(
        matches!(step.effects.as_slice(), [Effect::Finish { .. }]),
        "{:?}",
        step.effects
    );
}

#[test]
fn stopping_cancels_tasks_and_timers() {
    let states = json!({ "T": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {}, "TimeoutSeconds": 5, "End": true } });
    let (machine, mut execution, _) = start(&states);
    let stopped = Event::Stopped {
        error: Some("E".into()),
        cause: None,
    };
    let step = execution.apply(&machine, stopped, Timestamp::UNIX_EPOCH, 2);
    assert!(
        matches!(
            step.effects.as_slice(),
            [
                Effect::CancelTask(_),
                Effect::CancelTimer(_),
                Effect::Finish {
                    status: ExecutionStatus::Aborted,
                    ..
                }
            ]
        ),
        "{:?}",
        step.effects
    );
    let wire = step.history[0].to_wire();
    assert_eq!(
        (&wire["type"], &wire["previousEventId"]),
        (&json!("ExecutionAborted"), &json!(0))
    );
    assert_eq!(wire["executionAbortedEventDetails"], json!({ "error": "E" }));
}

#[test]
fn stale_events_change_nothing() {
    let states = json!({ "W": { "Type": "Wait", "Seconds": 5, "End": true } });
    let (machine, mut execution, step) = start(&states);
    let Effect::StartTimer { timer, .. } = step.effects[0] else {
        panic!("{:?}", step.effects)
    };
    let before = serde_json::to_string(&execution).unwrap();
    let task = TaskId(timer.0);
    for event in [
        Event::TimerFired { timer: TimerId(99) },
        Event::TimersFired {
            timers: vec![TimerId(98), TimerId(99)],
        },
        Event::TaskSucceeded {
            task,
            output: "1".into(),
        },
        Event::TaskFailed {
            task,
            error: None,
            cause: None,
        },
        Event::TaskSubmitted {
            task,
            output: "1".into(),
        },
        Event::TaskHeartbeat { task },
        Event::ActivityStarted {
            task,
            worker_name: None,
        },
    ] {
        assert_eq!(
            execution.apply(&machine, event, Timestamp::UNIX_EPOCH, 2),
            Step::default()
        );
    }
    assert_eq!(serde_json::to_string(&execution).unwrap(), before);
    execution.apply(&machine, Event::TimerFired { timer }, Timestamp::UNIX_EPOCH, 3);
    assert_eq!(execution.status(), ExecutionStatus::Succeeded);
    assert_eq!(
        execution.apply(&machine, Event::TimerFired { timer }, Timestamp::UNIX_EPOCH, 4),
        Step::default()
    );
}

#[test]
fn an_execution_has_a_timeout_of_its_own() {
    let definition = json!({ "QueryLanguage": "JSONata", "TimeoutSeconds": 10, "StartAt": "W", "States": {
        "W": { "Type": "Wait", "Seconds": 60, "End": true } } });
    let outcome = Simulation::new(&definition.to_string(), |_| Vec::new()).run("{}");
    assert_eq!(outcome.status, ExecutionStatus::TimedOut);
    assert_eq!(
        outcome.shape(),
        [
            "1 < 0: ExecutionStarted",
            "2 < 0: WaitStateEntered",
            "3 < 2: ExecutionTimedOut"
        ]
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

/// The events of the last step of an execution that is stopped at once and redriven after `seconds`.
fn redriven(states: &Value, seconds: i64) -> (Execution, Step) {
    let (machine, mut execution, _) = start(states);
    let stopped = Event::Stopped {
        error: None,
        cause: None,
    };
    execution.apply(&machine, stopped, Timestamp::UNIX_EPOCH, 2);
    let stored = serde_json::to_string(&execution).unwrap();
    let mut execution: Execution = serde_json::from_str(&stored).unwrap();
    let at = Timestamp::from_second(seconds).unwrap();
    let step = execution.apply(&machine, Event::Redriven, at, 3);
    (execution, step)
}

fn types(step: &Step) -> Vec<&'static str> {
    step.history.iter().map(|event| event.event_type.name()).collect()
}

#[test]
fn a_redriven_wait_ends_at_the_time_that_it_names_and_at_once_when_that_is_past() {
    let states = json!({ "W": { "Type": "Wait", "Timestamp": "1970-01-01T00:01:00Z", "End": true } });
    for (seconds, due) in [(59, 60), (61, 61)] {
        let (mut execution, step) = redriven(&states, seconds);
        let [Effect::StartTimer { timer, at }] = step.effects.as_slice() else {
            panic!("{:?}", step.effects)
        };
        assert_eq!(*at, Timestamp::from_second(due).unwrap());
        let fired = Event::TimerFired { timer: *timer };
        let step = execution.apply(&machine(&asl(&states)), fired, *at, 4);
        assert_eq!(types(&step), ["WaitStateExited", "ExecutionSucceeded"]);
    }
}

#[test]
fn a_redrive_asks_for_a_new_token_and_knows_the_old_one_no_more() {
    let states = json!({ "T": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": { "Token": "{% $states.context.Task.Token %}" }, "End": true } });
    let (machine, _, before) = start(&states);
    let (mut execution, step) = redriven(&states, 1);
    let request = |step: &Step| match step.effects.first() {
        Some(Effect::ScheduleTask(request)) => request.clone(),
        other => panic!("{other:?}"),
    };
    let (old, new) = (request(&before), request(&step));
    assert_ne!(old.task, new.task);
    assert_ne!(old.token, new.token);
    assert_eq!(types(&step), ["ExecutionRedriven", "TaskScheduled", "TaskStarted"]);
    let wire = step.history[0].to_wire();
    assert_eq!(wire["executionRedrivenEventDetails"], json!({ "redriveCount": 1 }));
    let answered = |task| Event::TaskSucceeded {
        task,
        output: "1".into(),
    };
    let late = execution.apply(&machine, answered(old.task), Timestamp::UNIX_EPOCH, 4);
    assert_eq!(late, Step::default());
    let done = execution.apply(&machine, answered(new.task), Timestamp::UNIX_EPOCH, 5);
    assert_eq!(types(&done), ["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]);
}

#[test]
fn what_cannot_be_redriven_stays_as_it_is() {
    let states = json!({ "W": { "Type": "Wait", "Seconds": 5, "End": true } });
    let (machine, mut execution, step) = start(&states);
    let redrive = |execution: &mut Execution, seconds| {
        let before = serde_json::to_string(execution).unwrap();
        let at = Timestamp::from_second(seconds).unwrap();
        let step = execution.apply(&machine, Event::Redriven, at, 2);
        assert_eq!(step, Step::default());
        assert_eq!(serde_json::to_string(execution).unwrap(), before);
    };
    redrive(&mut execution, 1);
    let mut stopped = execution.clone();
    let Effect::StartTimer { timer, at } = step.effects[0] else {
        panic!("{:?}", step.effects)
    };
    execution.apply(&machine, Event::TimerFired { timer }, at, 3);
    assert_eq!(execution.status(), ExecutionStatus::Succeeded);
    assert!(!execution.is_worth_keeping());
    redrive(&mut execution, 6);
    let aborting = Event::Stopped {
        error: None,
        cause: None,
    };
    stopped.apply(&machine, aborting, Timestamp::UNIX_EPOCH, 3);
    assert!(stopped.is_worth_keeping());
    redrive(&mut stopped, 14 * 24 * 60 * 60 + 1);
}

/// Source: the guide on redrives: a Parallel or Map state that failed of too much data is run again as a whole.
#[test]
fn a_state_whose_results_are_too_much_together_runs_all_of_its_branches_again() {
    let large = format!("\"{}\"", "a".repeat(200 * 1024));
    let task = json!({ "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true });
    let branch = |name: &str| json!({ "StartAt": name, "States": { name: task } });
    let states = json!({ "P": { "Type": "Parallel", "End": true, "Branches": [branch("A"), branch("B")] } });
    let mut calls = 0;
    let mut simulation = Simulation::new(&asl(&states), |request| {
        calls += 1;
        answer(request, if calls > 2 { "1".to_owned() } else { large.clone() })
    });
    simulation.redrives = 1;
    let outcome = simulation.run("{}");
    assert_eq!(outcome.output(), json!([1, 1]));
    assert_eq!(outcome.requests.len(), 4);
}
