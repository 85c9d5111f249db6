//! One event of a history.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Failure;

/// An event as `GetExecutionHistory` returns it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// 1 for the first event, then one more each.
    pub id: u64,
    /// The event that led to this one; 0 for the first.
    pub previous: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Its type, for example `TaskStateEntered`.
    pub kind: String,
    /// The members of its details; empty if it has none.
    pub details: Map<String, Value>,
}

impl Event {
    /// Reads an event in the shape of the wire; `None` if it has not that shape.
    pub fn read(wire: &Value) -> Option<Self> {
        let details = wire
            .as_object()?
            .iter()
            .find(|(name, _)| name.ends_with("EventDetails"));
        Some(Self {
            id: wire["id"].as_u64()?,
            previous: wire["previousEventId"].as_u64().unwrap_or_default(),
            at: super::event::time(&wire["timestamp"])?,
            kind: wire["type"].as_str()?.to_owned(),
            details: details
                .and_then(|(_, details)| details.as_object())
                .cloned()
                .unwrap_or_default(),
        })
    }

    /// A text of the details.
    pub fn text(&self, name: &str) -> Option<String> {
        self.details.get(name)?.as_str().map(str::to_owned)
    }

    /// A number of the details.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.details.get(name)?.as_u64()
    }

    /// The error and cause of the details, if they have either.
    pub fn failure(&self) -> Option<Failure> {
        let (error, cause) = (self.text("error"), self.text("cause"));
        (error.is_some() || cause.is_some()).then_some(Failure { error, cause })
    }

    /// Whether it is about one attempt of a task. Its details name resources, not states.
    pub(super) fn is_of_a_task(&self) -> bool {
        let task = ["Task", "LambdaFunction", "Activity"]
            .iter()
            .any(|prefix| self.kind.starts_with(prefix));
        task && !self.kind.starts_with("TaskState")
    }

    /// Whether an attempt or a state failed with it.
    pub(super) fn is_a_failure(&self) -> bool {
        self.kind == "EvaluationFailed"
            || self.is_of_a_task() && (self.kind.ends_with("Failed") || self.kind.ends_with("TimedOut"))
    }
}

/// A time as the wire writes it: seconds since the epoch, with milliseconds.
pub(crate) fn time(wire: &Value) -> Option<Timestamp> {
    let seconds = wire.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond the range saturates, and is refused as a time"
    )]
    Timestamp::from_millisecond((seconds * 1_000.0).round() as i64).ok()
}
