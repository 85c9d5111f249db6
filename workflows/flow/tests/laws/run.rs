//! What the engine does with the printed definition.

use std::collections::BTreeMap;

use asl::StateMachine;
use engine::{Effect, Event, Execution, Identity, TaskRequest};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::meaning::{Asked, Fault, answer};

/// What was done.
pub(crate) struct Done {
    pub(crate) calls: Vec<Asked>,
    /// The output, or the error's name.
    pub(crate) end: Result<Value, String>,
}

pub(crate) fn run(definition: &StateMachine, input: &Value) -> Done {
    // As it is committed: printed and read again.
    let parsed = asl::parse(&asl::print(definition)).unwrap();
    let machine = engine::compile(&parsed.machine).unwrap_or_else(|findings| panic!("{findings:?}"));
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:random:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:random".into(),
        state_machine_name: "random".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    };
    let mut now = Timestamp::UNIX_EPOCH;
    let mut agenda = BTreeMap::new();
    let mut done = Done {
        calls: Vec::new(),
        end: Err("never ended".into()),
    };
    let (mut execution, mut step) = Execution::start(&machine, identity, &input.to_string(), now, 0);
    for planned in 0_u64.. {
        for (nth, effect) in step.effects.into_iter().enumerate() {
            let key = |at: Timestamp| (at.max(now), planned, nth);
            match effect {
                Effect::ScheduleTask(request) => {
                    agenda.insert(key(now), reply(&request, &mut done.calls));
                }
                Effect::StartTimer { timer, at } => {
                    agenda.insert(key(at), Event::TimerFired { timer });
                }
                // An event about a timer or task that is over changes nothing.
                Effect::CancelTimer(_) | Effect::CancelTask(_) => {}
                Effect::Finish { output, error, .. } => {
                    done.end = output
                        .map(|output| output.parse().unwrap())
                        .ok_or_else(|| error.unwrap_or_default());
                    return done;
                }
            }
        }
        let Some(((at, ..), event)) = agenda.pop_first() else {
            break;
        };
        now = at;
        step = execution.apply(&machine, event, now, planned);
    }
    done
}

fn reply(request: &TaskRequest, calls: &mut Vec<Asked>) -> Event {
    let parameters: Value = serde_json::from_str(&request.parameters).unwrap();
    let field = |name: &str| u32::try_from(parameters["Payload"][name].as_u64().unwrap()).unwrap();
    let (step, number) = (field("step"), field("number"));
    calls.push((step, number));
    let task = request.task;
    let (error, payload) = match answer(step, number) {
        Ok(number) => {
            let output = json!({ "Payload": { "number": number }, "StatusCode": 200 }).to_string();
            return Event::TaskSucceeded { task, output };
        }
        Err(Fault::Declined) => ("Compute.Declined", json!({})),
        Err(Fault::Locked(number)) => ("Compute.Locked", json!({ "number": number })),
        Err(Fault::Busy) => ("Compute.Busy", json!({})),
    };
    let cause = json!({ "errorMessage": payload.to_string(), "errorType": error }).to_string();
    Event::TaskFailed {
        task,
        error: Some(error.into()),
        cause: Some(cause),
    }
}
