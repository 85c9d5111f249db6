//! Writes the history.

use std::sync::Arc;

use crate::data::Data;
use crate::details::{Details, Members};
use crate::frame::FrameId;
use crate::limits::HISTORY_EVENTS;
use crate::machine::Kind;
use crate::run::Run;
use crate::{HistoryEvent, HistoryEventType};

impl Run<'_> {
    /// Appends an event that follows `previous`, and gives its id.
    ///
    /// The last event that a history has room for is kept for the one that says so.
    pub(crate) fn write(&mut self, previous: u64, event_type: HistoryEventType, details: Details) -> u64 {
        if self.execution.events + 1 >= HISTORY_EVENTS {
            self.history_full = true;
            return self.execution.events;
        }
        self.append(previous, event_type, details)
    }

    /// Appends an event that ends the history.
    pub(crate) fn append(&mut self, previous: u64, event_type: HistoryEventType, details: Details) -> u64 {
        self.execution.events += 1;
        let id = self.execution.events;
        self.step.history.push(HistoryEvent {
            id,
            previous_event_id: previous,
            timestamp: self.now,
            event_type,
            details,
        });
        id
    }

    /// Appends the next event of a frame, which the one after will follow.
    pub(crate) fn write_next(&mut self, frame: FrameId, event_type: HistoryEventType, details: Details) -> u64 {
        let previous = self.execution.frame(frame).previous;
        let id = self.write(previous, event_type, details);
        self.execution.frame_mut(frame).previous = id;
        id
    }

    pub(crate) fn write_started(&mut self) {
        let details = Members {
            role_arn: Some(self.execution.identity.role_arn.clone()),
            ..Members::input(self.execution.input.clone())
        };
        self.write(0, HistoryEventType::ExecutionStarted, details.into());
    }

    /// `…StateEntered`. The frame's next event follows it only once the state has made something of its input: an
    /// evaluation that fails at once follows what came before the state, as in AWS's histories.
    pub(crate) fn write_entered(&mut self, frame: FrameId) {
        let state = self.state(frame);
        let details = Details::Entered {
            input: self.execution.input_of(frame).clone(),
            name: Arc::clone(&state.name),
        };
        let previous = self.execution.frame(frame).previous;
        let id = self.write(previous, entered_type(&state.kind), details);
        self.execution.frame_mut(frame).entered = id;
    }

    /// Lets the frame's next event follow the entry of its state, unless the state has written more already.
    pub(crate) fn follow_entered(&mut self, frame: FrameId) {
        let frame = self.execution.frame_mut(frame);
        frame.previous = frame.previous.max(frame.entered);
    }

    /// `…StateExited`.
    pub(crate) fn write_exited(&mut self, frame: FrameId, output: &Data, assigned: &[(String, Data)]) {
        let state = self.state(frame);
        let Some(event_type) = exited_type(&state.kind) else {
            return;
        };
        let details = Details::Exited {
            output: output.clone(),
            name: Arc::clone(&state.name),
            assigned: assigned.into(),
        };
        self.write_next(frame, event_type, details);
    }
}

fn entered_type(kind: &Kind) -> HistoryEventType {
    match kind {
        Kind::Task(_) => HistoryEventType::TaskStateEntered,
        Kind::Pass(_) => HistoryEventType::PassStateEntered,
        Kind::Choice(_) => HistoryEventType::ChoiceStateEntered,
        Kind::Wait(_) => HistoryEventType::WaitStateEntered,
        Kind::Succeed => HistoryEventType::SucceedStateEntered,
        Kind::Fail(_) => HistoryEventType::FailStateEntered,
        Kind::Parallel(_) => HistoryEventType::ParallelStateEntered,
        Kind::Map(_) => HistoryEventType::MapStateEntered,
    }
}

fn exited_type(kind: &Kind) -> Option<HistoryEventType> {
    Some(match kind {
        Kind::Task(_) => HistoryEventType::TaskStateExited,
        Kind::Pass(_) => HistoryEventType::PassStateExited,
        Kind::Choice(_) => HistoryEventType::ChoiceStateExited,
        Kind::Wait(_) => HistoryEventType::WaitStateExited,
        Kind::Succeed => HistoryEventType::SucceedStateExited,
        Kind::Fail(_) => return None,
        Kind::Parallel(_) => HistoryEventType::ParallelStateExited,
        Kind::Map(_) => HistoryEventType::MapStateExited,
    })
}
