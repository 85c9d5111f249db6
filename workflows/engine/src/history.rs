//! The history as `GetExecutionHistory` returns it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::details::Details;

/// One event of a history.
///
/// Source: Step Functions API reference, `HistoryEvent`.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// 1 for the first event, then one more each.
    pub id: u64,
    /// The event that led to this one; 0 for the first.
    pub previous_event_id: u64,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What happened.
    pub event_type: HistoryEventType,
    /// The content of the event's details member, for example `taskScheduledEventDetails`.
    pub(crate) details: Details,
}

/// Declares the types of events with their names.
macro_rules! event_types {
    ($($name:ident,)*) => {
        /// The types of history events. The names are AWS's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "the names are AWS's own and documented in its API reference")]
        pub enum HistoryEventType {
            $($name,)*
        }

        impl HistoryEventType {
            /// The name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The type of this name.
            pub(crate) fn of(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

event_types! {
    ActivityFailed,
    ActivityScheduled,
    ActivityScheduleFailed,
    ActivityStarted,
    ActivitySucceeded,
    ActivityTimedOut,
    ChoiceStateEntered,
    ChoiceStateExited,
    EvaluationFailed,
    ExecutionAborted,
    ExecutionFailed,
    ExecutionRedriven,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    FailStateEntered,
    LambdaFunctionFailed,
    LambdaFunctionScheduled,
    LambdaFunctionScheduleFailed,
    LambdaFunctionStarted,
    LambdaFunctionStartFailed,
    LambdaFunctionSucceeded,
    LambdaFunctionTimedOut,
    MapIterationAborted,
    MapIterationFailed,
    MapIterationStarted,
    MapIterationSucceeded,
    MapRunAborted,
    MapRunFailed,
    MapRunRedriven,
    MapRunStarted,
    MapRunSucceeded,
    MapStateAborted,
    MapStateEntered,
    MapStateExited,
    MapStateFailed,
    MapStateStarted,
    MapStateSucceeded,
    ParallelStateAborted,
    ParallelStateEntered,
    ParallelStateExited,
    ParallelStateFailed,
    ParallelStateStarted,
    ParallelStateSucceeded,
    PassStateEntered,
    PassStateExited,
    SucceedStateEntered,
    SucceedStateExited,
    TaskFailed,
    TaskScheduled,
    TaskStarted,
    TaskStartFailed,
    TaskStateAborted,
    TaskStateEntered,
    TaskStateExited,
    TaskSubmitFailed,
    TaskSubmitted,
    TaskSucceeded,
    TaskTimedOut,
    WaitStateAborted,
    WaitStateEntered,
    WaitStateExited,
}

impl HistoryEventType {
    /// The name of the member that holds the details of such an event.
    fn details_member(self) -> Cow<'static, str> {
        use HistoryEventType as T;
        match self {
            T::ChoiceStateEntered
            | T::FailStateEntered
            | T::MapStateEntered
            | T::ParallelStateEntered
            | T::PassStateEntered
            | T::SucceedStateEntered
            | T::TaskStateEntered
            | T::WaitStateEntered => "stateEnteredEventDetails".into(),
            T::ChoiceStateExited
            | T::MapStateExited
            | T::ParallelStateExited
            | T::PassStateExited
            | T::SucceedStateExited
            | T::TaskStateExited
            | T::WaitStateExited => "stateExitedEventDetails".into(),
            T::MapIterationStarted => "mapIterationStartedEventDetails".into(),
            T::MapIterationSucceeded => "mapIterationSucceededEventDetails".into(),
            other => {
                let (first, rest) = other.name().split_at(1);
                format!("{}{rest}EventDetails", first.to_ascii_lowercase()).into()
            }
        }
    }
}

impl HistoryEvent {
    /// The event in the shape of the wire, which is also its serialisation.
    pub fn to_wire(&self) -> Value {
        serde_json::to_value(self).expect("the keys are texts, and nothing of it can fail")
    }
}

/// The shape of the wire: timestamps as seconds since the epoch with milliseconds.
impl Serialize for HistoryEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_map(None)?;
        event.serialize_entry("timestamp", &epoch_seconds(self.timestamp))?;
        event.serialize_entry("type", &self.event_type)?;
        event.serialize_entry("id", &self.id)?;
        event.serialize_entry("previousEventId", &self.previous_event_id)?;
        if self.details != Details::None {
            event.serialize_entry(&self.event_type.details_member(), &self.details)?;
        }
        event.end()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of our time fit the 53 bits of an f64"
)]
fn epoch_seconds(timestamp: Timestamp) -> f64 {
    timestamp.as_millisecond() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::data::Data;

    #[test]
    fn the_wire_has_seconds_with_milliseconds_and_markers_beside_data() {
        let event = HistoryEvent {
            id: 2,
            previous_event_id: 0,
            timestamp: Timestamp::from_millisecond(1_700_000_000_250).unwrap(),
            event_type: HistoryEventType::PassStateEntered,
            details: Details::Entered {
                input: Data::from_text("{}"),
                name: "A".into(),
            },
        };
        assert_eq!(
            event.to_wire(),
            json!({
                "timestamp": 1_700_000_000.25, "type": "PassStateEntered", "id": 2, "previousEventId": 0,
                "stateEnteredEventDetails": { "name": "A", "input": "{}", "inputDetails": { "truncated": false } },
            })
        );
    }
}
