//! One step of an execution: from an event to the next thing that only the outside world can answer.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::execution::Execution;
use crate::failure::Failure;
use crate::frame::{Doing, FrameId, ROOT};
use crate::machine::{Machine, State};
use crate::query::Random;
use crate::redrive::Fallen;
use crate::{Effect, Event, Step, TaskId, TimerId};

/// The step while it is made.
pub(crate) struct Run<'a> {
    pub(crate) execution: &'a mut Execution,
    pub(crate) machine: &'a Machine,
    pub(crate) now: Timestamp,
    pub(crate) random: Random,
    pub(crate) step: Step,
    pub(crate) ready: VecDeque<Ready>,
    /// The token of the call whose arguments are being evaluated.
    pub(crate) new_token: Option<String>,
    /// Whether the history has no room for more.
    pub(crate) history_full: bool,
    /// What falls with a failure on its way.
    pub(crate) fallen: Fallen,
}

/// What can go on at once. First come, first served: that gives the order in which AWS writes the events of branches.
#[derive(Debug)]
pub(crate) enum Ready {
    /// A frame enters its state.
    Enter(FrameId),
    /// A frame goes on in a redriven execution.
    Resume(FrameId),
    /// A frame's state failed, which its history says already.
    Failed(FrameId, Failure),
    /// A call was handed over.
    CallStarted(FrameId, TaskId),
}

impl<'a> Run<'a> {
    pub(crate) fn new(execution: &'a mut Execution, machine: &'a Machine, now: Timestamp, random: u64) -> Self {
        Self {
            execution,
            machine,
            now,
            random: Random::new(random),
            step: Step::default(),
            ready: VecDeque::new(),
            new_token: None,
            history_full: false,
            fallen: Fallen::default(),
        }
    }

    pub(crate) fn start(mut self) -> Step {
        self.write_started();
        self.start_timeout();
        self.ready.push_back(Ready::Enter(ROOT));
        self.run()
    }

    /// The execution's own `TimeoutSeconds` begin.
    pub(crate) fn start_timeout(&mut self) {
        if let Some(seconds) = self.machine.timeout_seconds {
            let timer = TimerId(self.new_number());
            self.execution.timeout = Some(timer);
            self.start_timer(timer, seconds.saturating_mul(1000));
        }
    }

    pub(crate) fn apply(mut self, event: Event) -> Step {
        match event {
            Event::ActivityStarted { task, worker_name } => self.activity_started(task, worker_name),
            Event::TaskStarted { task } => self.task_started(task),
            Event::TaskSubmitted { task, output } => self.task_submitted(task, output),
            Event::TaskSubmitFailed { task, error, cause } => self.task_submit_failed(task, Failure::new(error, cause)),
            Event::TaskSucceeded { task, output } => self.task_succeeded(task, output),
            Event::TaskFailed { task, error, cause } => self.task_failed(task, Failure::new(error, cause)),
            Event::TaskHeartbeat { task } => self.task_heartbeat(task),
            Event::TimerFired { timer } => self.timers_fired(&[timer]),
            Event::TimersFired { timers } => self.timers_fired(&timers),
            Event::Stopped { error, cause } => self.stop(error, cause),
            Event::CalledOff => self.stop(None, None),
            Event::Redriven => self.redrive(),
        }
        self.run()
    }

    fn run(mut self) -> Step {
        while !self.history_full {
            let Some(ready) = self.ready.pop_front() else { break };
            match ready {
                Ready::Enter(frame) if self.execution.frames.contains_key(&frame) => self.enter(frame),
                Ready::Resume(frame) if self.execution.frames.contains_key(&frame) => self.resume(frame),
                Ready::CallStarted(frame, task) if self.execution.waiting.get(&task.0) == Some(&frame) => {
                    self.call_started(frame);
                }
                Ready::Failed(frame, failure) if self.execution.frames.contains_key(&frame) => {
                    self.handle(frame, failure);
                }
                Ready::Enter(_) | Ready::Resume(_) | Ready::Failed(..) | Ready::CallStarted(..) => {}
            }
        }
        if self.history_full {
            self.end_history();
        }
        self.step
    }

    fn timers_fired(&mut self, timers: &[TimerId]) {
        // All of them are spent before any state goes on, so that none of them is called off.
        let spent: Vec<_> = timers
            .iter()
            .filter_map(|timer| Some((*timer, self.execution.waiting.remove(&timer.0)?)))
            .collect();
        if self
            .execution
            .timeout
            .take_if(|timeout| timers.contains(timeout))
            .is_some()
        {
            return self.time_out();
        }
        for (timer, frame) in spent {
            self.timer_fired(timer, frame);
        }
    }

    fn timer_fired(&mut self, timer: TimerId, frame: FrameId) {
        let Some(waiting) = self.execution.frames.get(&frame) else {
            return;
        };
        match &waiting.doing {
            Doing::Waiting(_) => self.waited(frame),
            Doing::Retrying(_) => self.try_again(frame),
            Doing::Calling(call) => {
                let heartbeat = call.heartbeat == Some(timer);
                self.call_timed_out(frame, heartbeat);
            }
            Doing::Running | Doing::Branching(_) | Doing::Iterating(_) => {}
        }
    }

    /// A frame's current state.
    pub(crate) fn state(&self, frame: FrameId) -> &'a State {
        let machine: &'a Machine = self.machine;
        machine.state(self.execution.frame(frame).state)
    }

    /// The number of a new frame, task or timer.
    pub(crate) fn new_number(&mut self) -> u64 {
        let number = self.execution.next;
        self.execution.next += 1;
        number
    }

    /// A timer that a frame waits for.
    pub(crate) fn wait_for_timer(&mut self, frame: FrameId, milliseconds: u64) -> TimerId {
        let timer = TimerId(self.new_number());
        self.execution.waiting.insert(timer.0, frame);
        self.start_timer(timer, milliseconds);
        timer
    }

    pub(crate) fn start_timer(&mut self, timer: TimerId, milliseconds: u64) {
        let at = later(self.now, milliseconds);
        self.step.effects.push(Effect::StartTimer { timer, at });
    }

    /// Calls off a timer that a frame waits for, unless it has fired.
    pub(crate) fn cancel_timer(&mut self, timer: TimerId) {
        if self.execution.waiting.remove(&timer.0).is_some() {
            self.step.add(Effect::CancelTimer(timer));
        }
    }

    pub(crate) fn cancel_task(&mut self, task: TaskId) {
        self.execution.waiting.remove(&task.0);
        self.step.add(Effect::CancelTask(task));
    }
}

/// A time from now, or the end of time.
pub(crate) fn later(now: Timestamp, milliseconds: u64) -> Timestamp {
    let wait = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
