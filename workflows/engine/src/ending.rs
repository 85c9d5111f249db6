//! How executions end.

use crate::data::Data;
use crate::details::Members;
use crate::failure::Failure;
use crate::frame::{Doing, ROOT};
use crate::limits::HISTORY_EVENTS;
use crate::redrive::has_room;
use crate::run::Run;
use crate::{Effect, ExecutionStatus, HistoryEventType, TaskId, TimerId};

impl Run<'_> {
    pub(crate) fn end_well(&mut self, output: &Data) {
        if self.history_full {
            return;
        }
        let previous = self.execution.frame(ROOT).previous;
        self.append(
            previous,
            HistoryEventType::ExecutionSucceeded,
            Members::output(output.clone()).into(),
        );
        self.finish(ExecutionStatus::Succeeded, Some(output.text().to_owned()), None, None);
    }

    pub(crate) fn end_in_failure(&mut self, failure: Failure) {
        if self.history_full {
            return;
        }
        let previous = self.execution.frame(ROOT).previous;
        self.append(
            previous,
            HistoryEventType::ExecutionFailed,
            Members::failed(&failure).into(),
        );
        self.finish(ExecutionStatus::Failed, None, failure.error, failure.cause);
    }

    /// The history has room for one more event, which says so.
    pub(crate) fn end_history(&mut self) {
        self.history_full = false;
        let text = format!("The execution reached the maximum number of history events ({HISTORY_EVENTS}).");
        self.end_in_failure(Failure::runtime(text));
    }

    /// The execution's own `TimeoutSeconds` have passed.
    pub(crate) fn time_out(&mut self) {
        let previous = self.execution.frame(ROOT).previous;
        self.append(previous, HistoryEventType::ExecutionTimedOut, Members::default().into());
        self.finish(ExecutionStatus::TimedOut, None, None, None);
    }

    /// `StopExecution`: a cut from outside, which follows no event.
    pub(crate) fn stop(&mut self, error: Option<String>, cause: Option<String>) {
        let failure = Failure::new(error, cause);
        self.append(0, HistoryEventType::ExecutionAborted, Members::failed(&failure).into());
        self.finish(ExecutionStatus::Aborted, None, failure.error, failure.cause);
    }

    fn finish(
        &mut self,
        status: ExecutionStatus,
        output: Option<String>,
        error: Option<String>,
        cause: Option<String>,
    ) {
        self.execution.status = status;
        self.ready.clear();
        self.history_full = false;
        let frames = std::mem::take(&mut self.execution.frames);
        for frame in frames.values() {
            self.cancel(&frame.doing);
        }
        self.execution.waiting.clear();
        if status != ExecutionStatus::Succeeded && has_room(self.execution.events) {
            self.execution.frames = self.fallen.left_behind(frames);
        }
        if let Some(timer) = self.execution.timeout.take() {
            self.step.add(Effect::CancelTimer(timer));
        }
        self.step.effects.push(Effect::Finish {
            status,
            output,
            error,
            cause,
        });
    }

    /// Cancels the task and the timers that somebody waited for.
    pub(crate) fn cancel(&mut self, doing: &Doing) {
        match doing {
            Doing::Waiting(timer) | Doing::Retrying(timer) => self.cancel_timer(*timer),
            Doing::Calling(call) => self.cancel_call(call.task, [call.timeout, call.heartbeat]),
            Doing::Running | Doing::Branching(_) | Doing::Iterating(_) => {}
        }
    }

    pub(crate) fn cancel_call(&mut self, task: TaskId, timers: [Option<TimerId>; 2]) {
        self.cancel_task(task);
        self.cancel_timers(timers);
    }

    pub(crate) fn cancel_timers(&mut self, timers: [Option<TimerId>; 2]) {
        for timer in timers.into_iter().flatten() {
            self.cancel_timer(timer);
        }
    }
}
