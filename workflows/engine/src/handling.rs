//! What becomes of an error: a retry, a catcher, or the end of what is around the state.

use std::sync::Arc;

use crate::data::Data;
use crate::data_flow::{Fault, Seen};
use crate::details::{Details, Members};
use crate::failure::{Failure, Reach};
use crate::frame::{Doing, FrameId};
use crate::jsonpath::RUNTIME;
use crate::machine::{Kind, Next};
use crate::query::QueryError;
use crate::run::Run;
use crate::{HistoryEventType, retry};

impl Run<'_> {
    /// A field of the current state could not be evaluated.
    pub(crate) fn query_failed(&mut self, frame: FrameId, fault: &Fault) {
        let failure = self.failure_of(frame, fault);
        self.handle(frame, failure);
    }

    /// The failure that a fault is. Only JSONata has an event of its own for it.
    pub(crate) fn failure_of(&mut self, frame: FrameId, fault: &Fault) -> Failure {
        match fault {
            Fault::Query(error) => self.write_evaluation_failed(frame, error),
            Fault::Path(error) => {
                self.follow_fault(frame);
                let Failure { cause, .. } = self.state_broke(frame, &error.text);
                let reach = if error.error == RUNTIME {
                    Reach::Nothing
                } else {
                    Reach::Ordinary
                };
                Failure {
                    error: Some(error.error.into()),
                    cause,
                    reach,
                }
            }
        }
    }

    /// A call whose arguments could not be made is followed by an event without a predecessor, as AWS shows it.
    fn follow_fault(&mut self, frame: FrameId) {
        let uncalled = matches!(self.state(frame).kind, Kind::Task(_));
        let current = self.execution.frame_mut(frame);
        if uncalled && current.previous < current.entered {
            current.previous = 0;
        } else {
            current.previous = current.previous.max(current.entered);
        }
    }

    fn write_evaluation_failed(&mut self, frame: FrameId, error: &QueryError) -> Failure {
        let name = &self.state(frame).name;
        let failure = Failure::query(error, name, self.execution.frame(frame).entered);
        let details = Members {
            location: Some(error.location.clone()),
            state: Some(Arc::clone(name)),
            ..Members::failed(&failure)
        };
        self.write_next(frame, HistoryEventType::EvaluationFailed, details.into());
        failure
    }

    /// An error of the definition or the data that shows only while the state runs.
    pub(crate) fn state_broke(&self, frame: FrameId, what: &str) -> Failure {
        let entered = self.execution.frame(frame).entered;
        let state = &self.state(frame).name;
        Failure::runtime(format!(
            "An error occurred while executing the state '{state}' (entered at the event id #{entered}). {what}"
        ))
    }

    /// The current state failed; its events are written. Retriers come first, then catchers, then whatever is around.
    pub(crate) fn handle(&mut self, frame: FrameId, failure: Failure) {
        let reached = std::mem::replace(&mut self.execution.frame_mut(frame).doing, Doing::Running);
        if self.retry(frame, &failure) {
            return self.fallen.forget();
        }
        self.fallen.reached(frame, reached);
        self.write_state_failed(frame);
        self.catch(frame, failure);
    }

    /// Parallel and Map states have events of their own for the failure that they give up on.
    fn write_state_failed(&mut self, frame: FrameId) {
        let event_type = match &self.state(frame).kind {
            Kind::Parallel(_) => HistoryEventType::ParallelStateFailed,
            Kind::Map(_) => HistoryEventType::MapStateFailed,
            _ => return,
        };
        self.write_next(frame, event_type, Details::None);
    }

    /// Schedules a retry, if a retrier answers to the error and has attempts left.
    fn retry(&mut self, frame: FrameId, failure: &Failure) -> bool {
        let policies = &self.state(frame).retry;
        let Some(index) = policies.iter().position(|policy| policy.answers_to(failure)) else {
            return false;
        };
        let retries = &mut self.execution.frame_mut(frame).retries;
        retries.resize(policies.len(), 0);
        let used = retries[index];
        if used >= policies[index].max_attempts {
            return false;
        }
        retries[index] += 1;
        let delay = retry::delay(&policies[index], used, &self.random);
        let timer = self.wait_for_timer(frame, delay);
        self.execution.frame_mut(frame).doing = Doing::Retrying(timer);
        true
    }

    /// The time before a retry has passed: the state begins anew, without being entered again.
    pub(crate) fn try_again(&mut self, frame: FrameId) {
        self.execution.frame_mut(frame).doing = Doing::Running;
        self.work(frame);
    }

    /// Goes on at a catcher, if one answers to the error. An error inside of the catcher itself is not caught again.
    fn catch(&mut self, frame: FrameId, failure: Failure) {
        let state = self.state(frame);
        let Some(catcher) = state.catch.iter().find(|catcher| catcher.answers_to(&failure)) else {
            return self.give_up(frame, failure);
        };
        let error_output = failure.output();
        let seen = Seen {
            error_output: Some(&error_output),
            ..Seen::default()
        };
        let output = Data::from_value(error_output.clone());
        if let Err(error) = self.leave(frame, &catcher.shape, seen, Some(output), Next::State(catcher.next)) {
            let failure = self.failure_of(frame, &error);
            self.give_up(frame, failure);
        }
    }
}
