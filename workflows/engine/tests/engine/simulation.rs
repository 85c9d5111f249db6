//! A host with virtual time: tasks are answered by a closure, waits cost nothing.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    Effect, Event, Execution, ExecutionStatus, HistoryEvent, HistoryEventType, Identity, Machine, Step, TaskId,
    TaskRequest, TimerId, compile,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// What happens after a task was scheduled, and how many milliseconds later.
pub(crate) type Replies = Vec<(i64, Event)>;

/// Answers tasks.
pub(crate) type Worker<'w> = Box<dyn FnMut(&TaskRequest) -> Replies + 'w>;

/// A run from start to end.
pub(crate) struct Simulation<'w> {
    machine: Machine,
    worker: Worker<'w>,
    /// Store the execution and read it back between all events.
    pub(crate) crashes: bool,
    /// Events that come from outside, with the time after the start.
    pub(crate) agenda: Replies,
    /// How often it is redriven, each time as soon as it has ended without success.
    pub(crate) redrives: u8,
}

/// What came of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) status: ExecutionStatus,
    pub(crate) output: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) history: Vec<HistoryEvent>,
    pub(crate) requests: Vec<TaskRequest>,
    /// Everything that the host was asked for, the requests too.
    pub(crate) effects: Vec<Effect>,
}

/// Reads and compiles a definition that must be good.
pub(crate) fn machine(asl: &str) -> Machine {
    let parsed = asl::parse(asl).unwrap_or_else(|findings| panic!("{findings:?}"));
    compile(&parsed.machine).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The identity that all simulated executions have.
pub(crate) fn identity() -> Identity {
    Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:machine:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:machine".into(),
        state_machine_name: "machine".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    }
}

impl<'w> Simulation<'w> {
    pub(crate) fn new(asl: &str, worker: impl FnMut(&TaskRequest) -> Replies + 'w) -> Self {
        Self {
            machine: machine(asl),
            worker: Box::new(worker),
            crashes: false,
            agenda: Vec::new(),
            redrives: 0,
        }
    }

    /// Runs to the end, or until nothing can happen any more.
    pub(crate) fn run(mut self, input: &str) -> Outcome {
        let start = Timestamp::from_second(1_700_000_000).unwrap();
        let (mut execution, step) = Execution::start(&self.machine, identity(), input, start, 0);
        let mut host = Host::new(start);
        for (after, event) in std::mem::take(&mut self.agenda) {
            host.plan(after, event);
        }
        host.perform(step, &mut self.worker);
        for seed in 1.. {
            let Some(event) = self.redrive(&execution).or_else(|| host.next()) else {
                break;
            };
            if self.crashes {
                execution = restored(&execution);
            }
            let step = execution.apply(&self.machine, event, host.now, seed);
            host.perform(step, &mut self.worker);
        }
        host.outcome.status = execution.status();
        host.outcome
    }

    /// The redrive of an execution that has ended. Whatever was on its way to it still comes.
    fn redrive(&mut self, execution: &Execution) -> Option<Event> {
        if !execution.is_worth_keeping() {
            return None;
        }
        self.redrives = self.redrives.checked_sub(1)?;
        Some(Event::Redriven)
    }
}

/// The execution as it is after it was stored, in the form in which the server stores it, and read back.
fn restored(execution: &Execution) -> Execution {
    let stored = serde_json::to_vec(execution).unwrap();
    let restored = serde_json::from_slice(&stored).unwrap();
    assert_eq!(serde_json::to_vec(&restored).unwrap(), stored, "storing loses nothing");
    restored
}

/// The world around one execution.
struct Host {
    now: Timestamp,
    planned: u64,
    agenda: BTreeMap<(Timestamp, u64), Event>,
    /// Timers that have not fired.
    timers: BTreeMap<TimerId, (Timestamp, u64)>,
    /// Tasks that have not answered.
    tasks: BTreeSet<TaskId>,
    outcome: Outcome,
}

impl Host {
    fn new(now: Timestamp) -> Self {
        let outcome = Outcome {
            status: ExecutionStatus::Running,
            output: None,
            error: None,
            cause: None,
            history: Vec::new(),
            requests: Vec::new(),
            effects: Vec::new(),
        };
        Self {
            now,
            planned: 0,
            agenda: BTreeMap::new(),
            timers: BTreeMap::new(),
            tasks: BTreeSet::new(),
            outcome,
        }
    }

    fn plan(&mut self, after: i64, event: Event) -> (Timestamp, u64) {
        let at = self.now.checked_add(SignedDuration::from_millis(after)).unwrap();
        self.plan_at(at, event)
    }

    fn plan_at(&mut self, at: Timestamp, event: Event) -> (Timestamp, u64) {
        self.planned += 1;
        self.agenda.insert((at.max(self.now), self.planned), event);
        (at.max(self.now), self.planned)
    }

    /// What happens next. Timers that are due one after the other at the same time fire together.
    fn next(&mut self) -> Option<Event> {
        let ((now, _), event) = self.agenda.pop_first()?;
        self.now = now;
        self.forget(&event);
        let Event::TimerFired { timer } = event else {
            return Some(event);
        };
        let mut timers = vec![timer];
        while let Some(((at, _), Event::TimerFired { timer })) = self.agenda.first_key_value()
            && *at == now
        {
            timers.push(*timer);
            self.timers.remove(timer);
            self.agenda.pop_first();
        }
        Some(match timers.as_slice() {
            [timer] => Event::TimerFired { timer: *timer },
            _ => Event::TimersFired { timers },
        })
    }

    /// What an event is about is over.
    fn forget(&mut self, event: &Event) {
        match event {
            Event::TimerFired { timer } => drop(self.timers.remove(timer)),
            Event::TaskSucceeded { task, .. }
            | Event::TaskFailed { task, .. }
            | Event::TaskSubmitFailed { task, .. } => {
                self.tasks.remove(task);
            }
            _ => {}
        }
    }

    fn perform(&mut self, step: Step, worker: &mut Worker<'_>) {
        let first = self.outcome.history.len() as u64 + 1;
        let kept = engine::pack(&step.history);
        assert_eq!(
            engine::unpack(&kept, first).unwrap(),
            step.history,
            "what is kept is what was"
        );
        let ended = matches!(self.outcome.effects.last(), Some(Effect::Finish { .. }));
        let redriven = |event: &HistoryEvent| event.event_type == HistoryEventType::ExecutionRedriven;
        assert!(
            !ended || step.history.first().is_some_and(redriven) || step.effects.is_empty() && step.history.is_empty(),
            "after the end nothing happens but a redrive"
        );
        self.outcome.effects.extend(step.effects.iter().cloned());
        self.outcome.history.extend(step.history);
        for effect in step.effects {
            match effect {
                Effect::ScheduleTask(request) => {
                    for (after, event) in worker(&request) {
                        self.plan(after, event);
                    }
                    self.tasks.insert(request.task);
                    self.outcome.requests.push(request);
                }
                Effect::CancelTask(task) => assert!(self.tasks.remove(&task), "only what runs is cancelled"),
                Effect::StartTimer { timer, at } => {
                    let planned = self.plan_at(at, Event::TimerFired { timer });
                    self.timers.insert(timer, planned);
                }
                Effect::CancelTimer(timer) => {
                    let planned = self.timers.remove(&timer).expect("only what runs is cancelled");
                    self.agenda.remove(&planned);
                }
                Effect::Finish {
                    output, error, cause, ..
                } => {
                    assert!(
                        self.timers.is_empty() && self.tasks.is_empty(),
                        "nothing is left behind"
                    );
                    self.outcome.output = output;
                    self.outcome.error = error;
                    self.outcome.cause = cause;
                }
            }
        }
    }
}

impl Outcome {
    /// The types of the events, in order.
    pub(crate) fn types(&self) -> Vec<String> {
        self.history
            .iter()
            .map(|event| format!("{:?}", event.event_type))
            .collect()
    }

    /// `id < previous id: type` of each event: the shape of the history.
    pub(crate) fn shape(&self) -> Vec<String> {
        let line = |event: &HistoryEvent| format!("{} < {}: {:?}", event.id, event.previous_event_id, event.event_type);
        self.history.iter().map(line).collect()
    }

    pub(crate) fn output(&self) -> Value {
        let output = self
            .output
            .as_deref()
            .unwrap_or_else(|| panic!("no output: {:?} {:?}", self.error, self.cause));
        serde_json::from_str(output).unwrap()
    }
}

/// The task's result.
pub(crate) fn gives(request: &TaskRequest, output: impl Into<String>) -> Replies {
    vec![(
        0,
        Event::TaskSucceeded {
            task: request.task,
            output: output.into(),
        },
    )]
}

/// The task's error.
pub(crate) fn fails(request: &TaskRequest, error: &str, cause: &str) -> Replies {
    vec![(
        0,
        Event::TaskFailed {
            task: request.task,
            error: Some(error.into()),
            cause: Some(cause.into()),
        },
    )]
}
