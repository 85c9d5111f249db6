//! Branches and iterations: how they begin, end, and take each other down.

use std::sync::Arc;

use crate::HistoryEventType;
use crate::data::Data;
use crate::details::Details;
use crate::failure::Failure;
use crate::frame::{Doing, Frame, FrameId, ROOT};
use crate::machine::{Kind, StateId};
use crate::run::{Ready, Run};

impl Run<'_> {
    /// A new frame inside another one, ready to enter its first state.
    pub(crate) fn start_child(&mut self, parent: FrameId, index: u32, start: StateId, previous: u64) -> FrameId {
        let child = FrameId(self.new_number());
        self.execution
            .frames
            .insert(child, Frame::new(Some(parent), index, start, previous, self.now));
        self.ready.push_back(Ready::Enter(child));
        child
    }

    /// A frame reached an end. What follows in its parent follows the frame's last event.
    pub(crate) fn complete(&mut self, frame: FrameId, output: Data) {
        let Some(parent) = self.execution.frame(frame).parent else {
            return self.end_well(&output);
        };
        let Some(done) = self.execution.frames.remove(&frame) else {
            return;
        };
        self.execution.frame_mut(parent).previous = done.previous;
        match &self.state(parent).kind {
            Kind::Map(map) => self.iteration_done(parent, map, &done, output),
            _ => self.branch_done(parent, done.index, output),
        }
    }

    /// Nothing in a frame answers to the error: what is around it fails, and its siblings with it.
    pub(crate) fn give_up(&mut self, frame: FrameId, failure: Failure) {
        if frame == ROOT {
            return self.end_in_failure(failure);
        }
        let Some(failed) = self.execution.frames.remove(&frame) else {
            return;
        };
        let Some(parent) = failed.parent else { return };
        self.execution.frame_mut(parent).previous = failed.previous;
        self.write_iteration_end(parent, failed.index, HistoryEventType::MapIterationFailed);
        self.write_state_aborted(parent, &failed);
        self.fallen.frame(frame, failed);
        self.abort_children(parent, Some(frame));
        self.handle(parent, failure);
    }

    /// Ends all children of a failing frame but the one that failed by itself, which is gone already.
    pub(crate) fn abort_children(&mut self, failing: FrameId, failed: Option<FrameId>) {
        for child in self.execution.frame(failing).children() {
            if Some(child) != failed {
                self.abort(child, failing);
            }
        }
    }

    /// Ends a frame for the sake of another; its events follow the one that made `failing` fail.
    fn abort(&mut self, frame: FrameId, failing: FrameId) {
        let children = self.execution.frame(frame).children();
        let Some(aborted) = self.execution.frames.remove(&frame) else {
            return;
        };
        self.cancel(&aborted.doing);
        if aborted.parent == Some(failing) {
            self.write_iteration_end(failing, aborted.index, HistoryEventType::MapIterationAborted);
        }
        self.write_state_aborted(failing, &aborted);
        self.fallen.frame(frame, aborted);
        for child in children {
            self.abort(child, failing);
        }
    }

    /// The event of an iteration that did not succeed, if the parent is a map.
    fn write_iteration_end(&mut self, parent: FrameId, index: u32, event_type: HistoryEventType) {
        if !matches!(self.state(parent).kind, Kind::Map(_)) {
            return;
        }
        let details = self.iteration_details(parent, index);
        let previous = self.execution.frame(parent).previous;
        self.write(previous, event_type, details);
    }

    /// The event of a state that was left without an end, where its kind has one.
    fn write_state_aborted(&mut self, failing: FrameId, aborted: &Frame) {
        let event_type = match (&self.machine.state(aborted.state).kind, &aborted.doing) {
            _ if aborted.entered == 0 => return,
            (Kind::Task(_), _) => HistoryEventType::TaskStateAborted,
            (Kind::Wait(_), _) => HistoryEventType::WaitStateAborted,
            // A frame that failed by itself has written that its state failed.
            (Kind::Parallel(_), Doing::Branching(_) | Doing::Retrying(_)) => HistoryEventType::ParallelStateAborted,
            (Kind::Map(_), Doing::Iterating(_) | Doing::Retrying(_)) => HistoryEventType::MapStateAborted,
            _ => return,
        };
        let previous = self.execution.frame(failing).previous;
        self.write(previous, event_type, Details::None);
    }

    /// `name` and `index`, as all events of iterations have them.
    pub(crate) fn iteration_details(&self, parent: FrameId, index: u32) -> Details {
        let name = Arc::clone(&self.state(parent).name);
        Details::Iteration { name, index }
    }
}

/// All results, if none is missing.
pub(crate) fn all_results(results: &[Option<Data>]) -> Option<Data> {
    let results: Option<Vec<&Data>> = results.iter().map(Option::as_ref).collect();
    results.map(|results| Data::array(results.into_iter()))
}
