//! The variables that a frame can read: its own, then those of the states around it.

use serde_json::Value;

use crate::data::Data;
use crate::execution::Execution;
use crate::frame::FrameId;
use crate::query::Variables;

/// The variables that a frame sees.
pub(super) struct Visible<'a> {
    pub(super) execution: &'a Execution,
    pub(super) frame: FrameId,
}

impl Variables for Visible<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.data(name).map(Data::value)
    }
}

impl Visible<'_> {
    /// A variable as it was written.
    pub(super) fn data(&self, name: &str) -> Option<&Data> {
        let mut next = Some(self.frame);
        while let Some(id) = next {
            let frame = self.execution.frame(id);
            if let Some(data) = frame.variables.get(name) {
                return Some(data);
            }
            next = frame.parent;
        }
        None
    }
}
