//! Writes the history.

use serde_json::{Map, Value, json};

use crate::data::Data;
use crate::frame::FrameId;
use crate::limits::HISTORY_EVENTS;
use crate::machine::Kind;
use crate::run::Run;
use crate::{HistoryEvent, HistoryEventType};

/// An event's details member: its name and content.
pub(crate) type Details = (&'static str, Map<String, Value>);

impl Run<'_> {
    /// Appends an event that follows `previous`, and gives its id.
    ///
    /// The last event that a history has room for is kept for the one that says so.
    pub(crate) fn write(&mut self, previous: u64, event_type: HistoryEventType, details: Option<Details>) -> u64 {
        if self.execution.events + 1 >= HISTORY_EVENTS {
            self.history_full = true;
            return self.execution.events;
        }
        self.append(previous, event_type, details)
    }

    /// Appends an event that ends the history.
    pub(crate) fn append(&mut self, previous: u64, event_type: HistoryEventType, details: Option<Details>) -> u64 {
        self.execution.events += 1;
        let id = self.execution.events;
        self.step.history.push(HistoryEvent {
            id,
            previous_event_id: previous,
            timestamp: self.now,
            event_type,
            details: details.map(|(name, details)| (name.to_owned(), details)),
        });
        id
    }

    /// Appends the next event of a frame, which the one after will follow.
    pub(crate) fn write_next(&mut self, frame: FrameId, event_type: HistoryEventType, details: Option<Details>) -> u64 {
        let previous = self.execution.frame(frame).previous;
        let id = self.write(previous, event_type, details);
        self.execution.frame_mut(frame).previous = id;
        id
    }

    pub(crate) fn write_started(&mut self) {
        let mut details = with_input(&self.execution.input);
        details.insert("roleArn".into(), json!(self.execution.identity.role_arn));
        self.write(
            0,
            HistoryEventType::ExecutionStarted,
            Some(("executionStartedEventDetails", details)),
        );
    }

    /// `…StateEntered`. The frame's next event follows it only once the state has made something of its input: an
    /// evaluation that fails at once follows what came before the state, as in AWS's histories.
    pub(crate) fn write_entered(&mut self, frame: FrameId) {
        let mut details = with_input(self.execution.input_of(frame));
        let state = self.state(frame);
        details.insert("name".into(), json!(state.name));
        let previous = self.execution.frame(frame).previous;
        let id = self.write(
            previous,
            entered_type(&state.kind),
            Some(("stateEnteredEventDetails", details)),
        );
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
        let mut details = with_output(output);
        details.insert("name".into(), json!(state.name));
        if !assigned.is_empty() {
            let variables: Map<_, _> = assigned
                .iter()
                .map(|(name, data)| (name.clone(), json!(data.text())))
                .collect();
            details.insert("assignedVariables".into(), Value::Object(variables));
        }
        self.write_next(frame, event_type, Some(("stateExitedEventDetails", details)));
    }
}

pub(crate) fn with_input(data: &Data) -> Map<String, Value> {
    Map::from_iter([("input".to_owned(), json!(data.text()))])
}

pub(crate) fn with_output(data: &Data) -> Map<String, Value> {
    Map::from_iter([("output".to_owned(), json!(data.text()))])
}

fn entered_type(kind: &Kind) -> HistoryEventType {
    match kind {
        Kind::Task(_) => HistoryEventType::TaskStateEntered,
        Kind::Pass => HistoryEventType::PassStateEntered,
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
        Kind::Pass => HistoryEventType::PassStateExited,
        Kind::Choice(_) => HistoryEventType::ChoiceStateExited,
        Kind::Wait(_) => HistoryEventType::WaitStateExited,
        Kind::Succeed => HistoryEventType::SucceedStateExited,
        Kind::Fail(_) => return None,
        Kind::Parallel(_) => HistoryEventType::ParallelStateExited,
        Kind::Map(_) => HistoryEventType::MapStateExited,
    })
}
