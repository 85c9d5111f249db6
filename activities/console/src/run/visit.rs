//! One visit of a state: from its entry to whatever ended it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Event, Outcome};

/// One visit of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The id of the event with which it was entered; names the visit.
    pub id: u64,
    /// The state's name.
    pub state: String,
    /// The state's type, for example `Task`.
    pub kind: String,
    /// The Map or Parallel state around it.
    pub inside: Option<Place>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// When it was left, or broken off.
    pub left_at: Option<Timestamp>,
    /// The id of the event with which it was exited.
    pub exited: Option<u64>,
    /// How it stands.
    pub outcome: Outcome,
    /// The attempts of a task, or of a whole Map or Parallel state. Other states have none.
    pub attempts: Vec<Attempt>,
    /// The last error, also one that was retried or caught.
    pub failure: Option<Failure>,
    /// The iterations of a Map state by their index.
    pub iterations: BTreeMap<u32, Iteration>,
    /// How many items a Map state has.
    pub length: Option<u64>,
    /// The ids of its events, without those inside of it.
    pub events: Vec<u64>,
    /// Whether the last thing that happened is a failure that nothing has answered to yet.
    pub(super) broken: bool,
    /// Whether what is around it was tried again since.
    pub superseded: bool,
}

/// Where a visit stands: in a visit of a Map or Parallel state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The position of that visit among the visits of the run.
    pub visit: usize,
    /// The index of the iteration or branch, from 0.
    pub index: u32,
}

/// One attempt of a task, or of a whole Map or Parallel state.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The id of the event that scheduled it.
    pub scheduled: u64,
    /// When it was scheduled.
    pub at: Timestamp,
    /// When somebody began to work on it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The id of the event that ended it.
    pub ended: Option<u64>,
    /// How it stands.
    pub outcome: Outcome,
    /// Its error.
    pub failure: Option<Failure>,
}

/// One iteration of a Map state.
#[derive(Clone, Debug, PartialEq)]
pub struct Iteration {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it stands.
    pub outcome: Outcome,
}

/// An error and its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The error's name.
    pub error: Option<String>,
    /// What happened.
    pub cause: Option<String>,
}

impl Visit {
    pub(super) fn new(event: &Event, state: String, inside: Option<Place>) -> Self {
        Self {
            id: event.id,
            state,
            kind: event.kind.trim_end_matches("StateEntered").to_owned(),
            inside,
            entered_at: event.at,
            left_at: None,
            exited: None,
            outcome: Outcome::Running,
            attempts: Vec::new(),
            failure: None,
            iterations: BTreeMap::new(),
            length: None,
            events: Vec::new(),
            broken: false,
            superseded: false,
        }
    }

    /// How often it was tried again.
    pub fn retries(&self) -> usize {
        self.attempts.len().saturating_sub(1)
    }

    /// Whether it has not come to an end.
    pub fn is_open(&self) -> bool {
        self.left_at.is_none()
    }

    pub(super) fn close(&mut self, at: Timestamp, outcome: Outcome) {
        (self.left_at, self.outcome) = (Some(at), outcome);
    }

    /// Ends it without an event of its own: it failed if that was the last that happened, else somebody else's end is its
    /// end.
    pub(super) fn break_off(&mut self, at: Timestamp) {
        if !self.is_open() {
            return;
        }
        let outcome = match (&self.broken, self.attempts.last()) {
            (true, Some(last)) if last.outcome == Outcome::TimedOut => Outcome::TimedOut,
            (true, _) => Outcome::Failed,
            (false, _) => Outcome::Aborted,
        };
        if let Some(last) = self.attempts.last_mut().filter(|attempt| attempt.ended_at.is_none()) {
            (last.ended_at, last.outcome) = (Some(at), outcome);
        }
        self.close(at, outcome);
    }

    /// It goes on after an end.
    pub(super) fn reopen(&mut self) {
        (self.left_at, self.outcome, self.broken) = (None, Outcome::Running, false);
        let unfinished = |iteration: &&mut Iteration| iteration.outcome != Outcome::Succeeded;
        for iteration in self.iterations.values_mut().filter(unfinished) {
            (iteration.ended_at, iteration.outcome) = (None, Outcome::Running);
        }
    }

    pub(super) fn break_off_iterations(&mut self, at: Timestamp) {
        for iteration in self
            .iterations
            .values_mut()
            .filter(|iteration| iteration.ended_at.is_none())
        {
            (iteration.ended_at, iteration.outcome) = (Some(at), Outcome::Aborted);
        }
    }

    pub(super) fn iteration(&mut self, index: u32, event: &Event) {
        let outcome = match event.kind.as_str() {
            "MapIterationStarted" => {
                let started = Iteration {
                    started_at: event.at,
                    ended_at: None,
                    outcome: Outcome::Running,
                };
                self.iterations.insert(index, started);
                return;
            }
            "MapIterationSucceeded" => Outcome::Succeeded,
            "MapIterationFailed" => Outcome::Failed,
            _ => Outcome::Aborted,
        };
        if let Some(iteration) = self.iterations.get_mut(&index) {
            (iteration.ended_at, iteration.outcome) = (Some(event.at), outcome);
        }
    }

    /// An event of the visit itself.
    pub(super) fn happened(&mut self, event: &Event) {
        let kind = event.kind.as_str();
        if kind.ends_with("StateExited") {
            self.exited = Some(event.id);
            let outcome = if self.broken {
                Outcome::Caught
            } else {
                Outcome::Succeeded
            };
            return self.close(event.at, outcome);
        }
        if kind.ends_with("StateAborted") || kind.starts_with("MapRun") {
            return;
        }
        if event.is_a_failure() {
            return self.fail(event, event.failure());
        }
        if kind.ends_with("Scheduled") || kind.ends_with("StateStarted") {
            self.length = event.number("length").or(self.length);
            return self.attempt(event);
        }
        let Some(last) = self.attempts.last_mut() else { return };
        if kind.ends_with("Succeeded") {
            (last.ended_at, last.ended, last.outcome) = (Some(event.at), Some(event.id), Outcome::Succeeded);
        } else if kind.ends_with("Started") || kind.ends_with("Submitted") {
            last.started_at.get_or_insert(event.at);
        }
    }

    fn attempt(&mut self, event: &Event) {
        (self.broken, self.outcome) = (false, Outcome::Running);
        self.attempts.push(Attempt {
            scheduled: event.id,
            at: event.at,
            started_at: None,
            ended_at: None,
            ended: None,
            outcome: Outcome::Running,
            failure: None,
        });
    }

    /// The attempt, or the state itself, failed. Whether that is the end is for later events to say.
    pub(super) fn fail(&mut self, event: &Event, failure: Option<Failure>) {
        let outcome = if event.kind.ends_with("TimedOut") {
            Outcome::TimedOut
        } else {
            Outcome::Failed
        };
        let timed_out = || Failure {
            error: Some("States.Timeout".to_owned()),
            cause: None,
        };
        let failure = failure.or_else(|| (outcome == Outcome::TimedOut).then(timed_out));
        if let Some(last) = self.attempts.last_mut().filter(|attempt| attempt.ended_at.is_none()) {
            (last.ended_at, last.ended, last.outcome) = (Some(event.at), Some(event.id), outcome);
            last.failure.clone_from(&failure);
        }
        self.failure = failure.or_else(|| self.failure.take());
        (self.broken, self.outcome) = (true, Outcome::Retrying);
    }
}
