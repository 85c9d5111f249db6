//! What the engine does with a definition as it is committed.

use std::collections::VecDeque;

use engine::{Effect, Event, Execution, Identity, Integration, TaskId};
use flow::Workflow;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a call is answered with.
pub(crate) enum Answer {
    Gives(Value),
    Fails {
        error: &'static str,
        cause: String,
    },
    /// An error of which nothing but its name is said.
    FailsWithoutCause(&'static str),
    /// Nothing, so that time runs out.
    Silence,
}

impl Answer {
    /// What Lambda gives for an activity's output.
    pub(crate) fn payload(output: &Value) -> Self {
        Self::Gives(json!({ "Payload": output, "StatusCode": 200 }))
    }

    /// An error with nothing but a name.
    pub(crate) fn fails(error: &'static str) -> Self {
        Self::Fails {
            error,
            cause: String::new(),
        }
    }

    /// What Lambda reports of an error that the activity declares.
    pub(crate) fn declared(error: &'static str, fields: &Value) -> Self {
        let cause = json!({ "errorType": error, "errorMessage": fields.to_string() }).to_string();
        Self::Fails { error, cause }
    }
}

/// The order that these executions are about.
fn input() -> Value {
    json!({
        "id": "ü-7", "cents": 300, "tagNames": ["ä", "b"], "method": { "kind": "cash" }, "urgency": "later",
    })
}

/// What the engine asks for, in order, and how the execution ends.
pub(crate) fn run(workflow: &Workflow, answer: impl Fn(&Value) -> Answer) -> (Vec<Value>, Result<Value, String>) {
    let activity = "arn:aws:states:us-east-1:123456789012:activity:pack-order";
    let text = asl::print(&workflow.definition).replace("${PackOrderActivityArn}", activity);
    let parsed = asl::parse(&text).unwrap();
    let machine = engine::compile(&parsed.machine).unwrap_or_else(|findings| panic!("{findings:?}"));
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:order:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:order".into(),
        state_machine_name: "order".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    };
    let (mut requests, mut timers, mut events) = (Vec::new(), Vec::new(), VecDeque::new());
    let mut now = Timestamp::UNIX_EPOCH;
    let (mut execution, mut step) = Execution::start(&machine, identity, &input().to_string(), now, 0);
    for seed in 1.. {
        for effect in step.effects {
            match effect {
                Effect::ScheduleTask(request) => {
                    let parameters = serde_json::from_str(&request.parameters).unwrap();
                    if matches!(request.integration, Integration::Sync | Integration::WaitForTaskToken) {
                        events.push_back(Event::TaskSubmitted {
                            task: request.task,
                            output: "{}".to_owned(),
                        });
                    }
                    events.extend(reply(request.task, answer(&parameters)));
                    requests.push(parameters);
                }
                Effect::StartTimer { timer, at } => timers.push((at, timer)),
                Effect::CancelTimer(over) => timers.retain(|(_, timer)| *timer != over),
                Effect::CancelTask(_) => {}
                Effect::Finish { output, error, .. } => {
                    let end = output.map(|output| output.parse().unwrap());
                    return (requests, end.ok_or_else(|| error.unwrap_or_default()));
                }
            }
        }
        let event = events.pop_front().unwrap_or_else(|| {
            timers.sort_by_key(|(at, _)| *at);
            let (at, timer) = timers.remove(0);
            now = at;
            Event::TimerFired { timer }
        });
        step = execution.apply(&machine, event, now, seed);
    }
    unreachable!("the loop ends with the execution")
}

fn reply(task: TaskId, answer: Answer) -> Option<Event> {
    match answer {
        Answer::Gives(output) => Some(Event::TaskSucceeded {
            task,
            output: output.to_string(),
        }),
        Answer::Fails { error, cause } => Some(Event::TaskFailed {
            task,
            error: Some(error.to_owned()),
            cause: Some(cause),
        }),
        Answer::FailsWithoutCause(error) => Some(Event::TaskFailed {
            task,
            error: Some(error.to_owned()),
            cause: None,
        }),
        Answer::Silence => None,
    }
}
