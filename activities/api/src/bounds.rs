//! What one caller may take of the server at once, so that nobody's haste is everybody's wait.

mod open;
mod places;
mod recent;

pub(crate) use open::OpenMessages;
pub(crate) use places::{Place, Places};
pub(crate) use recent::Recent;

use crate::handlers::metrics::Metrics;

/// How much each caller may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Streams of events that are open at once: a tab of a browser has one.
    pub streams: usize,
    /// Searches for a text that run at once: each reads every message that its list has.
    pub searches: usize,
    /// Messages that have not ended, scheduled ones among them. Administrators are bound by the host alone.
    pub open_messages: u64,
    /// Schedules. Administrators are not bound.
    pub schedules: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            streams: 64,
            searches: 4,
            open_messages: 100_000,
            schedules: 1_000,
        }
    }
}

/// The bounds of all callers, and what was looked up for all of them a moment ago.
#[derive(Debug)]
pub struct Bounds {
    pub(crate) limits: Limits,
    pub(crate) streams: Places,
    pub(crate) searches: Places,
    pub(crate) open_messages: OpenMessages,
    pub(crate) metrics: Recent<Metrics>,
}

impl Bounds {
    /// Bounds within which nobody has taken anything yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            streams: Places::new(limits.streams),
            searches: Places::new(limits.searches),
            open_messages: OpenMessages::new(limits.open_messages),
            metrics: Recent::default(),
        }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}
