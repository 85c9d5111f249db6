//! Executions: a definition that is accepted runs without a panic, and the same with a crash between all events.

use std::collections::VecDeque;

use asl::{Options, check};
use engine::{Effect, Event, Execution, ExecutionStatus, HistoryEvent, Identity, Machine, Step, compile};
use jiff::Timestamp;

/// How many events an execution gets before it is left alone.
const EVENTS: usize = 24;
/// Longer definitions say nothing that shorter ones do not.
const BYTES: usize = 4096;

/// Judges the runs of a definition, given as text.
pub fn judge(input: &[u8]) {
    let Some(text) = std::str::from_utf8(input).ok().filter(|text| text.len() <= BYTES) else {
        return;
    };
    let Ok(parsed) = check(text, &Options::default()) else {
        return;
    };
    let Ok(machine) = compile(&parsed.machine) else { return };
    let straight = run(&machine, false);
    assert_eq!(straight, run(&machine, true), "a crash makes no difference");
    let ids: Vec<u64> = straight.iter().map(|event| event.id).collect();
    assert!((1..).zip(&ids).all(|(expected, id)| expected == *id), "{ids:?}");
    assert!(straight.iter().all(|event| event.previous_event_id < event.id));
}

/// Lets it run; every task succeeds and every timer fires, in the order in which they were asked for.
fn run(machine: &Machine, crashes: bool) -> Vec<HistoryEvent> {
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
        execution_name: "e".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m".into(),
        state_machine_name: "m".into(),
        role_arn: "arn:aws:iam::123456789012:role/r".into(),
    };
    let input = r#"{"a": [1, 2, {"b": "c"}], "n": 3.5, "t": "2026-11-25T08:00:00Z"}"#;
    let mut now = Timestamp::UNIX_EPOCH;
    let (mut execution, step) = Execution::start(machine, identity, input, now, 0);
    let mut agenda = VecDeque::new();
    let mut history = perform(step, &mut agenda, &mut now);
    for random in 1..EVENTS {
        let Some((at, event)) = agenda.pop_front() else { break };
        now = now.max(at);
        if crashes {
            let stored = serde_json::to_vec(&execution).expect("an execution is data");
            execution = serde_json::from_slice(&stored).expect("what was stored reads back");
        }
        let step = execution.apply(machine, event, now, random as u64);
        history.extend(perform(step, &mut agenda, &mut now));
    }
    assert!(
        execution.status() != ExecutionStatus::Running || !agenda.is_empty() || history.len() > EVENTS,
        "nothing can happen any more, and it has not ended"
    );
    history
}

fn perform(step: Step, agenda: &mut VecDeque<(Timestamp, Event)>, now: &mut Timestamp) -> Vec<HistoryEvent> {
    for effect in step.effects {
        match effect {
            Effect::ScheduleTask(request) => agenda.push_back((
                *now,
                Event::TaskSucceeded {
                    task: request.task,
                    output: request.parameters,
                },
            )),
            Effect::StartTimer { timer, at } => agenda.push_back((at, Event::TimerFired { timer })),
            Effect::CancelTask(_) | Effect::CancelTimer(_) | Effect::Finish { .. } => {}
        }
    }
    step.history
}
