//! A host with a virtual clock that counts what an execution costs.

use std::collections::BTreeMap;

use engine::{
    Effect, Event, Execution, HistoryEvent, HistoryEventType, Identity, Machine, TaskId, TaskRequest, compile,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::program::ASKED_AGAIN;

/// What an execution costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) transitions: u64,
    pub(crate) events: u64,
    /// Rounded up.
    pub(crate) seconds: u64,
}

/// When something happens: answers come before the timers of the same moment, and both in their order.
type Moment = (Timestamp, bool, usize);

pub(crate) struct Host<'a> {
    machine: Machine,
    /// What tasks are answered by, in turn; `None` by somebody who means ill.
    answers: Option<&'a [u8]>,
    now: Timestamp,
    planned: usize,
    agenda: BTreeMap<Moment, Event>,
    cost: Cost,
}

impl<'a> Host<'a> {
    pub(crate) fn new(definition: &str, answers: Option<&'a [u8]>) -> Self {
        let parsed = asl::parse(definition).expect("a definition");
        Self {
            machine: compile(&parsed.machine).expect("a machine"),
            answers,
            now: Timestamp::UNIX_EPOCH,
            planned: 0,
            agenda: BTreeMap::new(),
            cost: Cost::default(),
        }
    }

    /// Runs an execution to its end.
    pub(crate) fn run(mut self) -> Cost {
        let identity = Identity {
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:random:run".into(),
            execution_name: "run".into(),
            state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:random".into(),
            state_machine_name: "random".into(),
            role_arn: "arn:aws:iam::123456789012:role/runner".into(),
        };
        let (mut execution, mut step) = Execution::start(&self.machine, identity, "{}", self.now, 0);
        for seed in 1.. {
            step.history.iter().for_each(|event| self.count(event));
            if step
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::Finish { .. }))
            {
                let passed = self.now.duration_since(Timestamp::UNIX_EPOCH).as_millis();
                self.cost.seconds = u64::try_from(passed).expect("time goes on").div_ceil(1000);
                return self.cost;
            }
            step.effects.into_iter().for_each(|effect| self.perform(effect));
            let ((at, ..), event) = self.agenda.pop_first().expect("something is to happen");
            self.now = at;
            step = execution.apply(&self.machine, event, self.now, seed);
        }
        unreachable!("executions end")
    }

    /// A state is entered by one transition, and each retry is one more: an attempt of a task beyond the first.
    fn count(&mut self, event: &HistoryEvent) {
        self.cost.events += 1;
        let name = format!("{:?}", event.event_type);
        if event.event_type == HistoryEventType::TaskScheduled || name.ends_with("StateEntered") {
            self.cost.transitions += 1;
        }
        if event.event_type == HistoryEventType::TaskStateEntered {
            self.cost.transitions -= 1;
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::ScheduleTask(request) => {
                if let Some((seconds, event)) = self.answer(&request) {
                    let at = self.now + SignedDuration::from_secs(seconds);
                    self.plan(at, false, event);
                }
            }
            Effect::StartTimer { timer, at } => self.plan(at, true, Event::TimerFired { timer }),
            // An event about a timer or a task that is over changes nothing.
            Effect::CancelTimer(_) | Effect::CancelTask(_) | Effect::Finish { .. } => {}
        }
    }

    fn plan(&mut self, at: Timestamp, is_timer: bool, event: Event) {
        self.planned += 1;
        self.agenda.insert((at.max(self.now), is_timer, self.planned), event);
    }

    /// The answer to a task, and after how many seconds it comes; `None` lets it time out. Who means ill answers only where
    /// the workflow would end otherwise, at the last moment, and never decides that it is done.
    fn answer(&mut self, request: &TaskRequest) -> Option<(i64, Event)> {
        let parameters: Value = serde_json::from_str(&request.parameters).expect("JSON");
        let timeout = i64::try_from(request.timeout_seconds.expect("a timeout")).expect("seconds");
        let is_asked = parameters.get("Payload").is_some();
        let Some(answers) = self.answers else {
            let last = is_asked && parameters["Payload"] == ASKED_AGAIN;
            return last.then(|| (timeout, succeeded(request.task, false)));
        };
        let drawn = usize::from(answers[self.planned % answers.len()]);
        let after = i64::try_from(drawn).expect("a byte") % timeout;
        match drawn % 4 {
            0 => None,
            1 => Some((after, failed(request.task))),
            drawn => Some((after, succeeded(request.task, drawn == 2))),
        }
    }
}

fn succeeded(task: TaskId, done: bool) -> Event {
    let output = json!({ "Payload": done }).to_string();
    Event::TaskSucceeded { task, output }
}

fn failed(task: TaskId) -> Event {
    Event::TaskFailed {
        task,
        error: Some("Letters.Lost".into()),
        cause: None,
    }
}
