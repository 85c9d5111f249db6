//! Limits that are said of the next step, and those of Step Functions.

use std::rc::Rc;

use expr::Node;

use crate::{Place, Scope};

/// The longest wait and the longest timeout, in seconds. Source:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html> and
/// <https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>.
pub(crate) const LONGEST_SECONDS: u32 = 99_999_999;

/// Seconds that the data decide, within what Step Functions takes: beyond it the state would fail, and nothing catches
/// what a Wait fails with. Written seconds stay as they are, for [`checks`](crate::checks) to find.
pub(crate) fn within(seconds: &Rc<Node>, least: u32) -> Rc<Node> {
    match &**seconds {
        Node::Literal(_) => Rc::clone(seconds),
        _ => seconds.clamped(least.into(), LONGEST_SECONDS.into()),
    }
}

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
