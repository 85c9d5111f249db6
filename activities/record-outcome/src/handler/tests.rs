//! The handler as its hosts call it, with ports that do what a case says.

use std::sync::Mutex;

use activity_runtime::{FixedClock, Tally, WireError, invoke};
use async_trait::async_trait;
use contracts::Status;
use serde_json::{Value, json};
use tables::{Recording, TableError, TableErrorKind};

use super::*;
use crate::EventError;

/// The outside world: remembers what is published, and fails where it is told to.
#[derive(Default)]
struct World {
    published: Mutex<Vec<MessageEvent>>,
    table_away: bool,
    recorded: Mutex<bool>,
    topic_away: Mutex<bool>,
    another_end_stands: bool,
}

#[async_trait]
impl Outcomes for World {
    async fn record(&self, _: &str, outcome: &Outcome, now: Timestamp) -> Result<Recording, TableError> {
        if self.table_away {
            return Err(TableError {
                operation: "GetItem",
                kind: TableErrorKind::Unavailable,
                source: None,
            });
        }
        let status = match outcome.status {
            _ if self.another_end_stands => Status::Cancelled,
            OutcomeStatus::Completed => Status::Completed,
            OutcomeStatus::Failed => Status::Failed,
            OutcomeStatus::Cancelled => Status::Cancelled,
        };
        let recorded = Recorded {
            message_id: "m".into(),
            status,
            finished_at: now,
        };
        Ok(Recording {
            recorded,
            stands: !self.another_end_stands,
            first: !self.another_end_stands && !std::mem::replace(&mut *self.recorded.lock().unwrap(), true),
        })
    }
}

#[async_trait]
impl Events for World {
    async fn publish(&self, event: &MessageEvent) -> Result<(), EventError> {
        if *self.topic_away.lock().unwrap() {
            return Err(EventError {
                retryable: true,
                detail: "Throttled".into(),
                source: None,
            });
        }
        self.published.lock().unwrap().push(event.clone());
        Ok(())
    }
}

struct Case {
    world: Arc<World>,
    tally: Arc<Tally>,
}

impl Case {
    fn new(world: World) -> Self {
        Self {
            world: Arc::new(world),
            tally: Arc::default(),
        }
    }

    async fn record(&self, outcome: Value) -> Result<Recorded, WireError> {
        let handler = RecordHandler {
            outcomes: self.world.clone(),
            events: self.world.clone(),
            metrics: self.tally.clone(),
            clock: Arc::new(FixedClock::at("2026-11-25T12:00:00Z".parse().unwrap())),
            stage: "dev".into(),
        };
        let answer = invoke(&handler, outcome.to_string().as_bytes(), &Invocation::default()).await;
        answer.map(|json| serde_json::from_slice(&json).unwrap())
    }

    fn processed(&self, status: &str) -> u64 {
        self.tally.series(Metric::MessagesProcessed, status).count
    }

    fn milliseconds(&self) -> Option<f64> {
        let series = self.tally.series(Metric::ProcessingDuration, "api");
        (series.count > 0).then_some(series.sum)
    }
}

fn outcome(status: &str, message: &Value) -> Value {
    let mut whole = json!({ "body": "a secret text", "message_type": "api", "created_at": "2026-11-25T11:59:50Z" });
    for (name, value) in message.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let execution = json!({ "arn": "arn:m", "name": "m", "started_at": "2026-11-25T11:59:58Z" });
    json!({ "status": status, "execution": execution, "message": whole, "reason": "ntfy is away" })
}

#[tokio::test]
async fn an_end_is_recorded_published_and_counted() {
    let case = Case::new(World::default());
    assert_eq!(
        case.record(outcome("failed", &json!({}))).await.unwrap().status,
        Status::Failed
    );
    let published = case.world.published.lock().unwrap();
    assert_eq!((published.len(), published[0].status), (1, Status::Failed));
    assert_eq!(published[0].reason.as_deref(), Some("ntfy is away"));
    assert!(!serde_json::to_string(&published[0]).unwrap().contains("secret"));
    assert_eq!((case.processed("failed"), case.milliseconds()), (1, Some(10_000.0)));
}

#[tokio::test]
async fn processing_begins_when_the_message_is_due() {
    for (message, milliseconds) in [
        (json!({ "deliver_at": "2026-11-25T11:59:59Z" }), 1_000.0),
        (json!({ "deliver_at": "2026-11-01T00:00:00Z" }), 10_000.0),
        (json!({ "redrive": 1 }), 2_000.0),
    ] {
        let case = Case::new(World::default());
        case.record(outcome("completed", &message)).await.unwrap();
        assert_eq!(case.milliseconds(), Some(milliseconds));
    }
    let case = Case::new(World::default());
    case.record(outcome("cancelled", &json!({}))).await.unwrap();
    assert_eq!((case.processed("cancelled"), case.milliseconds()), (1, None));
}

#[tokio::test]
async fn an_end_that_does_not_stand_is_neither_published_nor_counted() {
    let case = Case::new(World {
        another_end_stands: true,
        ..World::default()
    });
    assert_eq!(
        case.record(outcome("failed", &json!({}))).await.unwrap().status,
        Status::Cancelled
    );
    assert!(case.world.published.lock().unwrap().is_empty());
    assert!(case.tally.snapshot().is_empty());
}

#[tokio::test]
async fn a_repetition_publishes_what_could_not_be_published_and_counts_once() {
    let case = Case::new(World {
        topic_away: Mutex::new(true),
        ..World::default()
    });
    let error = case.record(outcome("completed", &json!({}))).await.unwrap_err();
    assert_eq!(
        (error.error_type, error.error_message.as_str()),
        ("Activity.Unavailable", "Publish: Throttled")
    );
    assert_eq!(case.processed("completed"), 1, "it has ended, whoever knows of it");
    *case.world.topic_away.lock().unwrap() = false;
    for published in [1, 2] {
        case.record(outcome("completed", &json!({}))).await.unwrap();
        assert_eq!(
            (case.world.published.lock().unwrap().len(), case.processed("completed")),
            (published, 1)
        );
    }
}

#[tokio::test]
async fn a_table_that_is_away_is_tried_again_and_nothing_is_published() {
    let case = Case::new(World {
        table_away: true,
        ..World::default()
    });
    let error = case.record(outcome("completed", &json!({}))).await.unwrap_err();
    assert_eq!(error.error_type, "Activity.Unavailable");
    assert!(case.world.published.lock().unwrap().is_empty());
}
