//! Redrives, step by step.

use engine::{Effect, Event, Execution, ExecutionStatus, Machine, Step};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulation::{Simulation, gives as answer, machine};
use crate::states::{asl, start};

fn stop(execution: &mut Execution, machine: &Machine) {
    let stopped = Event::Stopped {
        error: None,
        cause: None,
    };
    execution.apply(machine, stopped, Timestamp::UNIX_EPOCH, 2);
}

/// The events of the last step of an execution that is stopped at once and redriven after `seconds`.
fn redriven(states: &Value, seconds: i64) -> (Execution, Step) {
    let (machine, mut execution, _) = start(states);
    stop(&mut execution, &machine);
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
fn an_execution_is_called_off_before_its_first_end_and_not_after_a_redrive() {
    let states = json!({ "W": { "Type": "Wait", "Seconds": 60, "End": true } });
    let (machine, mut first, _) = start(&states);
    let step = first.apply(&machine, Event::CalledOff, Timestamp::UNIX_EPOCH, 2);
    assert_eq!(types(&step), ["ExecutionAborted"]);
    let (mut again, _) = redriven(&states, 1);
    let step = again.apply(&machine, Event::CalledOff, Timestamp::UNIX_EPOCH, 4);
    assert_eq!((step, again.status()), (Step::default(), ExecutionStatus::Running));
}

/// Room is kept for one event, which ends the history. A redrive needs one more, and then leads to nothing but that end.
#[test]
fn a_redrive_into_the_last_events_of_a_history_ends_it() {
    let states = json!({ "W": { "Type": "Wait", "Seconds": 0, "End": true } });
    let (machine, mut execution, _) = start(&states);
    stop(&mut execution, &machine);
    let mut stored = serde_json::to_value(&execution).unwrap();
    for (events, redrivable) in [(24_998, true), (24_999, false)] {
        stored["events"] = json!(events);
        let mut execution: Execution = serde_json::from_value(stored.clone()).unwrap();
        let step = execution.apply(&machine, Event::Redriven, Timestamp::UNIX_EPOCH, 3);
        assert_eq!(execution.status() == ExecutionStatus::Running, redrivable, "{events}");
        let [Effect::StartTimer { timer, at }] = step.effects.as_slice() else {
            assert_eq!(step, Step::default());
            continue;
        };
        let step = execution.apply(&machine, Event::TimerFired { timer: *timer }, *at, 4);
        assert_eq!(types(&step), ["ExecutionFailed"]);
        assert_eq!(step.history[0].id, 25_000);
        assert!(!execution.is_worth_keeping());
    }
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
    stop(&mut stopped, &machine);
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
