//! Limits that are said of the next step.

use crate::{Place, Scope};

/// The limits that the author said of the next step.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) timeout_seconds: Option<u32>,
    pub(crate) heartbeat_seconds: Option<u32>,
    pub(crate) max_concurrency: Option<u32>,
}

impl Limits {
    /// For a step that no time limits.
    pub(crate) fn refuse_time(self, scope: &Scope<'_, '_>, place: Place) {
        if self.timeout_seconds.is_some() || self.heartbeat_seconds.is_some() {
            scope.build.find(place, "only a call has a timeout and a heartbeat");
        }
    }

    /// For a step that has no items.
    pub(crate) fn refuse_concurrency(self, scope: &Scope<'_, '_>, place: Place) {
        if self.max_concurrency.is_some() {
            scope.build.find(place, "only a Map has a concurrency");
        }
    }
}
