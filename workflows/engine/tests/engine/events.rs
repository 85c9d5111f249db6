//! What comes from outside, stops an execution or comes too late; and where limits end one.

use engine::{Effect, Event, ExecutionStatus, Step, TaskId, TimerId};
use jiff::Timestamp;
use serde_json::json;

use crate::simulation::{Simulation, gives as answer};
use crate::states::{asl, details, fails, gives, run, start};

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
