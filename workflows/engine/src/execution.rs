//! One execution.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::data::Data;
use crate::frame::{Branches, Doing, Frame, FrameId, ROOT};
use crate::run::Run;
use crate::{Event, Machine, RedriveFacts, Step};

/// Names a task within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskId(pub u64);

/// Names a timer within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TimerId(pub u64);

/// What the context object says of an execution, fixed at its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// `$states.context.Execution.Id`.
    pub execution_arn: String,
    /// `$states.context.Execution.Name`.
    pub execution_name: String,
    /// `$states.context.StateMachine.Id`.
    pub state_machine_arn: String,
    /// `$states.context.StateMachine.Name`.
    pub state_machine_name: String,
    /// `$states.context.Execution.RoleArn`.
    pub role_arn: String,
}

/// The status of an execution. The names are AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// Not ended.
    Running,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Ended by the execution's own `TimeoutSeconds`.
    TimedOut,
    /// Ended by `StopExecution`.
    Aborted,
}

/// The state of one execution: everything that must survive a crash, and nothing that can be derived from the machine.
///
/// It is serde data of an opaque shape: store it after each step and read it back before the next.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Execution {
    pub(crate) identity: Identity,
    pub(crate) input: Data,
    pub(crate) started: Timestamp,
    /// The time of the last step. A clock that is set back does not lead a history back.
    #[serde(default)]
    pub(crate) latest: Timestamp,
    pub(crate) status: ExecutionStatus,
    /// How often it was redriven.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) redrives: u32,
    /// When it was redriven last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redriven: Option<Timestamp>,
    /// How many events the history has.
    pub(crate) events: u64,
    /// The timer of the execution's own `TimeoutSeconds`.
    pub(crate) timeout: Option<TimerId>,
    /// The number of the next frame, task or timer.
    pub(crate) next: u64,
    /// What runs; after an end without success, what a redrive goes on with.
    pub(crate) frames: BTreeMap<FrameId, Frame>,
    /// Which frame waits for a task or timer, by its number.
    pub(crate) waiting: BTreeMap<u64, FrameId>,
}

impl Execution {
    /// Starts an execution. `input` is JSON text and kept as it was written.
    pub fn start(machine: &Machine, identity: Identity, input: &str, now: Timestamp, random: u64) -> (Self, Step) {
        let mut execution = Self {
            identity,
            input: Data::from_text(input),
            started: now,
            latest: now,
            status: ExecutionStatus::Running,
            redrives: 0,
            redriven: None,
            events: 0,
            timeout: None,
            next: 1,
            frames: BTreeMap::from([(ROOT, Frame::new(None, 0, machine.start, 0, now))]),
            waiting: BTreeMap::new(),
        };
        let step = Run::new(&mut execution, machine, now, random).start();
        (execution, step)
    }

    /// Applies one event and runs on to the next thing that only the outside world can answer.
    ///
    /// An event about a task or timer that nobody waits for, or that comes after the end, changes nothing and gives an
    /// empty step; so does a redrive that cannot be, and calling off what has been redriven. A time before that of the step
    /// before counts as that: the times of a history never go back.
    pub fn apply(&mut self, machine: &Machine, event: Event, now: Timestamp, random: u64) -> Step {
        let now = self.latest.max(now);
        let is_taken = match event {
            Event::Redriven => self.redrive_facts().redrivable(now).is_ok(),
            Event::CalledOff => self.status == ExecutionStatus::Running && self.redrives == 0,
            _ => self.status == ExecutionStatus::Running,
        };
        if !is_taken {
            return Step::default();
        }
        self.latest = now;
        Run::new(self, machine, now, random).apply(event)
    }

    /// What decides whether it can be redriven.
    fn redrive_facts(&self) -> RedriveFacts {
        RedriveFacts {
            status: self.status,
            started: self.started,
            // Nothing happens after the end: the last step was the one that ended it.
            stopped: (self.status != ExecutionStatus::Running).then_some(self.latest),
            events: self.events,
            kept: !self.frames.is_empty(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.identity.execution_name
    }

    /// How often it was redriven.
    pub fn redrives(&self) -> u32 {
        self.redrives
    }

    /// Whether it has ended and can be redriven for a while: it is worth keeping.
    pub fn is_worth_keeping(&self) -> bool {
        self.redrive_facts().redrivable(self.latest).is_ok()
    }

    /// The status.
    pub fn status(&self) -> ExecutionStatus {
        self.status
    }

    /// The task whose timeout or heartbeat a timer is.
    pub fn call_timed_by(&self, timer: TimerId) -> Option<TaskId> {
        let frame = self.waiting.get(&timer.0)?;
        match &self.frame(*frame).doing {
            Doing::Calling(call) => Some(call.task),
            _ => None,
        }
    }

    pub(crate) fn frame(&self, id: FrameId) -> &Frame {
        self.frames
            .get(&id)
            .expect("a frame stays as long as somebody may name it")
    }

    pub(crate) fn frame_mut(&mut self, id: FrameId) -> &mut Frame {
        self.frames
            .get_mut(&id)
            .expect("a frame stays as long as somebody may name it")
    }

    /// The input of the state that a frame is in.
    pub(crate) fn input_of(&self, id: FrameId) -> &Data {
        let frame = self.frame(id);
        match (&frame.input, frame.parent) {
            (Some(data), _) => data,
            (None, None) => &self.input,
            (None, Some(parent)) => match &self.frame(parent).doing {
                Doing::Branching(Branches {
                    arguments: Some(data), ..
                }) => data,
                _ => self.input_of(parent),
            },
        }
    }
}

/// Whether it is left out of what is stored.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
