//! What is said of the next step.

use crate::{Place, Scope, limits::Limits, tree::Label};

/// What the author said about the next step.
#[derive(Default)]
pub(crate) struct Pending {
    pub(crate) name: Option<String>,
    comment: Option<String>,
    limits: Limits,
    pub(crate) place: Option<Place>,
}

impl Scope<'_, '_> {
    /// The next step's state gets this name: `PascalCase`, at most 80 characters. Needed where a default name would be
    /// used twice: it says what for. The variable of the step's value is named after it.
    #[track_caller]
    pub fn named(&self, name: &str) -> &Self {
        let mut pending = self.pending.borrow_mut();
        pending.name = Some(name.to_owned());
        pending.place = Some(Place::here());
        drop(pending);
        self
    }

    /// The next step's state gets this comment.
    #[track_caller]
    pub fn commented(&self, comment: &str) -> &Self {
        let mut pending = self.pending.borrow_mut();
        pending.comment = Some(comment.to_owned());
        pending.place = Some(Place::here());
        drop(pending);
        self
    }

    /// The next call waits so many seconds for its answer instead of the function's own timeout and 5 s.
    #[track_caller]
    pub fn timeout(&self, seconds: u32) -> &Self {
        let mut pending = self.pending.borrow_mut();
        pending.limits.timeout_seconds = Some(seconds);
        pending.place = Some(Place::here());
        drop(pending);
        self
    }

    /// The next call must report within this many seconds that it is alive.
    #[track_caller]
    pub fn heartbeat(&self, seconds: u32) -> &Self {
        let mut pending = self.pending.borrow_mut();
        pending.limits.heartbeat_seconds = Some(seconds);
        pending.place = Some(Place::here());
        drop(pending);
        self
    }

    /// The next Map runs for at most so many items at a time, 1 to 40; a distributed one 1 to 10,000.
    #[track_caller]
    pub fn max_concurrency(&self, most: u32) -> &Self {
        let mut pending = self.pending.borrow_mut();
        pending.limits.max_concurrency = Some(most);
        pending.place = Some(Place::here());
        drop(pending);
        self
    }

    /// The label of a step without limits.
    pub(crate) fn label(&self, default: impl FnOnce() -> String, place: Place) -> Label {
        let (label, limits) = self.limited_label(default, place);
        limits.refuse_time(self, place);
        limits.refuse_concurrency(self, place);
        label
    }

    /// The label of a step, and the limits that were said of it.
    pub(crate) fn limited_label(&self, default: impl FnOnce() -> String, place: Place) -> (Label, Limits) {
        let pending = self.pending.take();
        let label = Label {
            name: pending.name.unwrap_or_else(default),
            comment: pending.comment,
            place,
        };
        (label, pending.limits)
    }
}
