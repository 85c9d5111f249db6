//! The history as `GetExecutionHistory` returns it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One event of a history.
///
/// Source: Step Functions API reference, `HistoryEvent`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// 1 for the first event, then one more each.
    pub id: u64,
    /// The event that led to this one; 0 for the first.
    pub previous_event_id: u64,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What happened.
    pub event_type: HistoryEventType,
    /// The name and content of the event's details member, for example `taskScheduledEventDetails`.
    ///
    /// The markers that say whether data was cut off (`inputDetails` and their like) are not stored, since nothing ever is
    /// cut off here; [`HistoryEvent::to_wire`] adds them.
    pub details: Option<(String, Map<String, Value>)>,
}

/// The types of history events. The names are AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's own and documented in its API reference")]
pub enum HistoryEventType {
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

/// Which marker stands beside which data on the wire.
const MARKERS: [(&str, &str); 3] = [
    ("input", "inputDetails"),
    ("output", "outputDetails"),
    ("assignedVariables", "assignedVariablesDetails"),
];

impl HistoryEvent {
    /// The event in the shape of the wire: timestamps as seconds since the epoch with milliseconds.
    pub fn to_wire(&self) -> Value {
        let mut event = Map::new();
        event.insert("timestamp".into(), json!(epoch_seconds(self.timestamp)));
        event.insert("type".into(), json!(self.event_type));
        event.insert("id".into(), json!(self.id));
        event.insert("previousEventId".into(), json!(self.previous_event_id));
        if let Some((name, details)) = &self.details {
            event.insert(name.clone(), Value::Object(with_markers(details)));
        }
        Value::Object(event)
    }
}

fn with_markers(details: &Map<String, Value>) -> Map<String, Value> {
    let mut details = details.clone();
    for (data, marker) in MARKERS {
        if details.contains_key(data) {
            details.insert(marker.into(), json!({ "truncated": false }));
        }
    }
    details
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
    use super::*;

    #[test]
    fn the_wire_has_seconds_with_milliseconds_and_markers_beside_data() {
        let event = HistoryEvent {
            id: 2,
            previous_event_id: 0,
            timestamp: Timestamp::from_millisecond(1_700_000_000_250).unwrap(),
            event_type: HistoryEventType::PassStateEntered,
            details: Some((
                "stateEnteredEventDetails".into(),
                Map::from_iter([("name".into(), json!("A")), ("input".into(), json!("{}"))]),
            )),
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
