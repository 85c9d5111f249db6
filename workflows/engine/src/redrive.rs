//! Redrive: an execution that ended without success goes on from where it was.
//!
//! Source: Step Functions Developer Guide, "Restarting state machine executions with redrive". It tells which states begin
//! anew and which of their results stay, and shows no history. So no state is entered twice but `Fail`, of which it says
//! so; and every event follows the last one of its own branch or iteration, which tells where it belongs.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::details::Members;
use crate::frame::{Doing, Frame, FrameId};
use crate::limits::HISTORY_EVENTS;
use crate::machine::Kind;
use crate::run::{Ready, Run};
use crate::{ExecutionStatus, HistoryEventType};

/// For how long after its end an execution can be redriven.
pub const REDRIVE_PERIOD: SignedDuration = SignedDuration::from_hours(14 * 24);
/// For how long an execution can be open, counted from its start.
const LONGEST: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What decides whether an execution can be redriven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedriveFacts {
    /// How it stands.
    pub status: ExecutionStatus,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended; `None` while it runs.
    pub stopped: Option<Timestamp>,
    /// How many events its history has.
    pub events: u64,
    /// Whether its state at the end has been kept.
    pub kept: bool,
}

/// Why an execution cannot be redriven. What it prints is AWS's `redriveStatusReason`.
///
/// Source: Step Functions API reference, `DescribeExecution`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotRedrivable {
    /// It runs.
    #[error("Execution is RUNNING and cannot be redriven")]
    Running,
    /// It has nothing left to do.
    #[error("Execution is SUCCEEDED and cannot be redriven")]
    Succeeded,
    /// It ended when nothing was kept of executions that had ended.
    #[error("Execution was started before the launch of RedriveExecution")]
    NotKept,
    /// Its history has no room for a redrive and what that leads to.
    #[error("Execution history event limit exceeded")]
    HistoryFull,
    /// It was started more than a year ago.
    #[error("Execution has exceeded the max execution time")]
    OpenTooLong,
    /// It ended more than 14 days ago.
    #[error("Execution redrivable period exceeded")]
    EndedTooLongAgo,
}

impl RedriveFacts {
    /// Whether the execution can be redriven at this time, and why not.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub fn redrivable(&self, now: Timestamp) -> Result<(), NotRedrivable> {
        let stopped = match (self.status, self.stopped) {
            (ExecutionStatus::Running, _) | (_, None) => return Err(NotRedrivable::Running),
            (ExecutionStatus::Succeeded, _) => return Err(NotRedrivable::Succeeded),
            (ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted, Some(stopped)) => stopped,
        };
        if !has_room(self.events) {
            return Err(NotRedrivable::HistoryFull);
        }
        if now.duration_since(self.started) > LONGEST {
            return Err(NotRedrivable::OpenTooLong);
        }
        if now.duration_since(stopped) > REDRIVE_PERIOD {
            return Err(NotRedrivable::EndedTooLongAgo);
        }
        if self.kept { Ok(()) } else { Err(NotRedrivable::NotKept) }
    }
}

/// Whether a history has room for a redrive and one event more.
pub(crate) const fn has_room(events: u64) -> bool {
    events < HISTORY_EVENTS - 1
}

/// What states that fail within a step leave behind, until something answers to the failure or the execution ends of it.
///
/// It is empty between two steps: a failure goes its whole way at once.
#[derive(Debug, Default)]
pub(crate) struct Fallen {
    /// Frames that were given up or aborted.
    frames: BTreeMap<FrameId, Frame>,
    /// How far failed Parallel and Map states were.
    reached: BTreeMap<FrameId, Doing>,
}

impl Fallen {
    /// A frame is given up or aborted.
    pub(crate) fn frame(&mut self, id: FrameId, frame: Frame) {
        self.frames.insert(id, frame);
    }

    /// The state of a frame fails, which was so far.
    pub(crate) fn reached(&mut self, id: FrameId, doing: Doing) {
        if matches!(doing, Doing::Branching(_) | Doing::Iterating(_)) {
            self.reached.insert(id, doing);
        }
    }

    /// The failure is answered: nobody goes back behind it.
    pub(crate) fn forget(&mut self) {
        self.frames.clear();
        self.reached.clear();
    }

    /// What a redrive begins with: the frames that are there and those that fell, each at the state that did not succeed.
    pub(crate) fn left_behind(&mut self, mut frames: BTreeMap<FrameId, Frame>) -> BTreeMap<FrameId, Frame> {
        frames.append(&mut self.frames);
        for (id, doing) in std::mem::take(&mut self.reached) {
            if let Some(frame) = frames.get_mut(&id) {
                frame.doing = doing;
            }
        }
        for frame in frames.values_mut() {
            frame.retries.clear();
            if !matches!(frame.doing, Doing::Branching(_) | Doing::Iterating(_)) {
                frame.doing = Doing::Running;
            }
        }
        frames
    }
}

impl Run<'_> {
    /// `RedriveExecution`, of an execution that can be redriven.
    pub(crate) fn redrive(&mut self) {
        let execution = &mut *self.execution;
        execution.status = ExecutionStatus::Running;
        execution.redrives += 1;
        execution.redriven = Some(self.now);
        let (last, count) = (execution.events, execution.redrives);
        let details = Members {
            redrive_count: Some(count),
            ..Members::default()
        };
        self.append(last, HistoryEventType::ExecutionRedriven, details.into());
        self.start_timeout();
        // What is around goes on before what is inside of it: the numbers of frames have this order.
        self.ready
            .extend(self.execution.frames.keys().copied().map(Ready::Resume));
    }

    /// The state of a frame goes on: with what has not succeeded inside of it, else from its beginning.
    pub(crate) fn resume(&mut self, frame: FrameId) {
        let current = self.execution.frame(frame);
        let is_inside = matches!(current.doing, Doing::Branching(_) | Doing::Iterating(_));
        let is_new = current.entered == 0;
        match &self.state(frame).kind {
            Kind::Fail(_) => self.enter(frame),
            _ if is_new => self.enter(frame),
            Kind::Parallel(_) if is_inside => self.join(frame),
            Kind::Map(map) if is_inside => self.start_iterations(frame, map),
            _ => self.work(frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: RedriveFacts = RedriveFacts {
        status: ExecutionStatus::Failed,
        started: Timestamp::UNIX_EPOCH,
        stopped: Some(Timestamp::UNIX_EPOCH),
        events: 24_998,
        kept: true,
    };

    #[test]
    fn what_cannot_be_redriven_has_the_reason_that_aws_gives() {
        let days = |days: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days);
        let of = |status| RedriveFacts { status, ..ENDED };
        for status in [
            ExecutionStatus::Failed,
            ExecutionStatus::TimedOut,
            ExecutionStatus::Aborted,
        ] {
            assert_eq!(of(status).redrivable(days(14)), Ok(()), "{status:?}");
        }
        let running = RedriveFacts {
            stopped: None,
            ..of(ExecutionStatus::Running)
        };
        let full = RedriveFacts {
            events: 24_999,
            ..ENDED
        };
        let old = RedriveFacts {
            stopped: Some(days(366)),
            ..ENDED
        };
        let unknown = RedriveFacts { kept: false, ..ENDED };
        let late = days(14) + SignedDuration::from_secs(1);
        for (facts, now, reason) in [
            (running, days(0), "Execution is RUNNING and cannot be redriven"),
            (
                of(ExecutionStatus::Succeeded),
                days(0),
                "Execution is SUCCEEDED and cannot be redriven",
            ),
            (full, days(0), "Execution history event limit exceeded"),
            (old, days(366), "Execution has exceeded the max execution time"),
            (ENDED, late, "Execution redrivable period exceeded"),
            (
                unknown,
                days(0),
                "Execution was started before the launch of RedriveExecution",
            ),
        ] {
            assert_eq!(facts.redrivable(now).unwrap_err().to_string(), reason);
        }
    }
}
