//! A world around one execution: answers for its calls, and time that passes at once.

use std::collections::BTreeMap;

use contracts::{DeliverError, Persisted, Receipt, Recorded, Status};
use engine::{Effect, Event, Execution, ExecutionStatus, HistoryEvent, Identity, Step, TaskRequest, TimerId};
use expr::ActivityError;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// When every execution starts.
pub(crate) const START: &str = "2026-03-01T12:00:00Z";

/// A call as the world sees it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The state that calls.
    pub(crate) state: String,
    /// What goes in: the function's payload, or the queue's message.
    pub(crate) payload: Value,
    /// Milliseconds since the start of the execution.
    pub(crate) at: i64,
}

impl Call {
    /// What goes in, as the contract has it.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.payload.clone())
            .unwrap_or_else(|error| panic!("{} takes no {}: {error}", self.state, self.payload))
    }
}

/// What a call is answered with.
pub(crate) type Answer = Result<Value, (String, String)>;

/// An error that an activity declares.
pub(crate) fn declared(error: &impl ActivityError) -> Answer {
    Err((error.error_name().to_owned(), error.payload()))
}

/// An error that no activity declares.
pub(crate) fn infrastructure(name: &str) -> Answer {
    Err((name.to_owned(), "no JSON".to_owned()))
}

pub(crate) fn unavailable() -> Answer {
    declared(&DeliverError::Unavailable {
        reason: "connection refused".into(),
    })
}

/// What became of an execution.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: ExecutionStatus,
    pub(crate) output: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) history: Vec<HistoryEvent>,
    /// Milliseconds from start to end.
    pub(crate) lasted: i64,
}

impl Run {
    /// The names of the states that called something, in order.
    pub(crate) fn called(&self) -> Vec<&str> {
        self.calls.iter().map(|call| call.state.as_str()).collect()
    }

    /// The calls of one state.
    pub(crate) fn calls_of(&self, state: &str) -> Vec<&Call> {
        self.calls.iter().filter(|call| call.state == state).collect()
    }

    /// What is billed: each state entered, and each retry.
    pub(crate) fn transitions(&self) -> usize {
        let entered = self
            .history
            .iter()
            .filter(|event| format!("{:?}", event.event_type).ends_with("StateEntered"));
        let entered = entered.count();
        let tasks = self
            .history
            .iter()
            .filter(|event| format!("{:?}", event.event_type) == "TaskStateEntered")
            .count();
        entered + self.calls.len() - tasks
    }
}

/// What the activities answer when all is well.
#[expect(clippy::unnecessary_wraps, reason = "it is one of several ways to answer")]
pub(crate) fn well(call: &Call) -> Answer {
    let start: Timestamp = START.parse().unwrap();
    Ok(match call.state.as_str() {
        "PersistMessage" => {
            let patience = call.payload["message"]["patience"].as_i64().unwrap_or(3600);
            json!(Persisted {
                message_id: "m-1".into(),
                duplicate: false,
                deliver_at: None,
                patience_ends: start + SignedDuration::from_secs(patience),
            })
        }
        "DeliverMessage" | "DeliverAgain" => json!(receipt()),
        "SendDeadLetter" => json!({ "MessageId": "1" }),
        _ => json!(Recorded {
            message_id: "m-1".into(),
            status: Status::Completed,
            finished_at: start
        }),
    })
}

pub(crate) fn receipt() -> Receipt {
    Receipt {
        ntfy_id: "n-1".into(),
        topic: "alerts".into(),
        delivered_at: START.parse().unwrap(),
        truncated: false,
        found: false,
    }
}

/// Runs the definition to its end.
pub(crate) fn run(input: &Value, seed: u64, world: impl FnMut(&Call) -> Answer) -> Run {
    let machine = engine::compile(&catalog::process_message().definition)
        .unwrap_or_else(|findings| panic!("the engine refuses the definition: {findings:?}"));
    let start: Timestamp = START.parse().unwrap();
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:process-message:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:process-message".into(),
        state_machine_name: "process-message".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    };
    let mut random = seed;
    let (mut execution, step) = Execution::start(&machine, identity, &input.to_string(), start, random);
    let mut host = Host::new(start, world);
    host.perform(step);
    while let Some(((now, _), event)) = host.agenda.pop_first() {
        host.now = now;
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let step = execution.apply(&machine, event, now, random);
        host.perform(step);
    }
    let status = execution.status();
    Run {
        status,
        lasted: millis(start, host.now),
        ..host.run
    }
}

struct Host<W> {
    start: Timestamp,
    now: Timestamp,
    planned: u64,
    agenda: BTreeMap<(Timestamp, u64), Event>,
    timers: BTreeMap<TimerId, (Timestamp, u64)>,
    world: W,
    run: Run,
}

impl<W: FnMut(&Call) -> Answer> Host<W> {
    fn new(start: Timestamp, world: W) -> Self {
        let run = Run {
            status: ExecutionStatus::Running,
            output: None,
            error: None,
            calls: Vec::new(),
            history: Vec::new(),
            lasted: 0,
        };
        Self {
            start,
            now: start,
            planned: 0,
            agenda: BTreeMap::new(),
            timers: BTreeMap::new(),
            world,
            run,
        }
    }

    fn plan(&mut self, at: Timestamp, event: Event) -> (Timestamp, u64) {
        self.planned += 1;
        let key = (at.max(self.now), self.planned);
        self.agenda.insert(key, event);
        key
    }

    fn perform(&mut self, step: Step) {
        self.run.history.extend(step.history);
        for effect in step.effects {
            match effect {
                Effect::ScheduleTask(request) => self.answer(&request),
                Effect::CancelTask(_) => {}
                Effect::StartTimer { timer, at } => {
                    let planned = self.plan(at, Event::TimerFired { timer });
                    self.timers.insert(timer, planned);
                }
                Effect::CancelTimer(timer) => {
                    let planned = self.timers.remove(&timer).expect("only what was started is cancelled");
                    self.agenda.remove(&planned);
                }
                Effect::Finish { output, error, .. } => {
                    self.run.output = output.map(|output| serde_json::from_str(&output).unwrap());
                    self.run.error = error;
                }
            }
        }
    }

    fn answer(&mut self, request: &TaskRequest) {
        let parameters: Value = serde_json::from_str(&request.parameters).unwrap();
        let lambda = request.resource.ends_with("lambda:invoke");
        let payload = parameters[if lambda { "Payload" } else { "MessageBody" }].clone();
        let call = Call {
            state: request.state.clone(),
            payload,
            at: millis(self.start, self.now),
        };
        let task = request.task;
        let event = match (self.world)(&call) {
            Ok(output) if lambda => {
                let answer = json!({ "ExecutedVersion": "$LATEST", "Payload": output, "StatusCode": 200 });
                Event::TaskSucceeded {
                    task,
                    output: answer.to_string(),
                }
            }
            Ok(output) => Event::TaskSucceeded {
                task,
                output: output.to_string(),
            },
            Err((error, message)) => {
                let cause = json!({ "errorMessage": message, "errorType": error }).to_string();
                Event::TaskFailed {
                    task,
                    error: Some(error),
                    cause: Some(cause),
                }
            }
        };
        self.run.calls.push(call);
        self.plan(self.now, event);
    }
}

fn millis(start: Timestamp, now: Timestamp) -> i64 {
    now.as_millisecond() - start.as_millisecond()
}
