//! The handler as its hosts call it, with a store that does what a case says.

use std::sync::Mutex;

use activity_runtime::{FixedClock, WireError, invoke};
use async_trait::async_trait;
use serde_json::{Value, json};
use tables::{TableError, TableErrorKind};

use super::*;

/// Remembers what is put, and answers as it is told.
#[derive(Default)]
struct Desk {
    items: Mutex<Vec<MessageItem>>,
    fails: Option<TableErrorKind>,
    taken: bool,
}

#[async_trait]
impl Store for Desk {
    async fn put(&self, item: &MessageItem) -> Result<Put, TableError> {
        if let Some(kind) = self.fails {
            return Err(TableError {
                operation: "PutItem",
                kind,
                source: None,
            });
        }
        self.items.lock().unwrap().push(item.clone());
        Ok(if self.taken { Put::Duplicate } else { Put::Fresh })
    }
}

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

async fn persist(desk: Desk, message: Value) -> (Result<Persisted, WireError>, Vec<MessageItem>) {
    let desk = Arc::new(desk);
    let handler = PersistHandler {
        store: desk.clone(),
        clock: Arc::new(FixedClock::at(now())),
        stage: "dev".into(),
    };
    let execution = json!({ "arn": "arn:e", "name": "e", "started_at": "2026-11-25T11:59:59Z" });
    let payload = json!({ "message": message, "execution": execution }).to_string();
    let answer = invoke(&handler, payload.as_bytes(), &Invocation::default()).await;
    let items = desk.items.lock().unwrap().clone();
    (answer.map(|json| serde_json::from_slice(&json).unwrap()), items)
}

#[tokio::test]
async fn a_message_is_written_under_its_executions_name() {
    let (persisted, items) = persist(Desk::default(), json!({ "body": "hello" })).await;
    let expected = Persisted {
        message_id: "e".into(),
        duplicate: false,
        deliver_at: None,
        patience_ends: now() + SignedDuration::from_hours(1),
    };
    assert_eq!(persisted.unwrap(), expected);
    let [item] = &items[..] else { panic!("one item") };
    assert_eq!((item.status, item.stage.as_str()), (Status::Processing, "dev"));
    assert_eq!(item.created_date, "2026-11-25T11:59:59.000Z");
}

#[tokio::test]
async fn a_message_for_later_is_scheduled_and_its_patience_begins_then() {
    let at = now() + SignedDuration::from_hours(48);
    let (persisted, items) = persist(
        Desk::default(),
        json!({ "body": "hello", "deliver_at": at.to_string(), "patience": 10 }),
    )
    .await;
    let persisted = persisted.unwrap();
    assert_eq!(persisted.deliver_at, Some(at));
    assert_eq!(persisted.patience_ends, at + SignedDuration::from_secs(10));
    assert_eq!(items[0].status, Status::Scheduled);
}

#[tokio::test]
async fn a_message_that_is_late_is_delivered_at_once() {
    let (persisted, items) = persist(
        Desk::default(),
        json!({ "body": "hello", "deliver_at": "2026-10-01T00:00:00Z" }),
    )
    .await;
    assert_eq!(persisted.unwrap().deliver_at, None);
    assert_eq!(items[0].status, Status::Processing);
}

#[tokio::test]
async fn a_second_execution_learns_that_it_is_one() {
    let (persisted, _) = persist(
        Desk {
            taken: true,
            ..Desk::default()
        },
        json!({ "body": "hello" }),
    )
    .await;
    assert!(persisted.unwrap().duplicate);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_and_not_written() {
    let (persisted, items) = persist(Desk::default(), json!({ "body": "hello", "topic": "secret topic" })).await;
    let error = persisted.unwrap_err();
    assert_eq!(error.error_type, "Message.Invalid");
    let fields: Value = serde_json::from_str(&error.error_message).unwrap();
    assert_eq!(fields["field"], "topic");
    assert!(!error.error_message.contains("secret"));
    assert!(items.is_empty());
}

#[tokio::test]
async fn what_is_no_message_is_invalid_input() {
    let (persisted, _) = persist(Desk::default(), json!({ "body": "hello", "priority": "secret" })).await;
    let error = persisted.unwrap_err();
    assert_eq!(error.error_type, "Activity.InvalidInput");
    assert!(error.error_message.starts_with("message.priority: "), "{error}");
    assert!(!error.error_message.contains("secret"));
}

#[tokio::test]
async fn a_store_that_is_away_is_tried_again_and_one_that_is_missing_is_not() {
    for (kind, name) in [
        (TableErrorKind::Unavailable, "Activity.Unavailable"),
        (TableErrorKind::Throttled, "Activity.Unavailable"),
        (TableErrorKind::Contended, "Activity.Unavailable"),
        (TableErrorKind::Misconfigured, "Activity.Misconfigured"),
        (TableErrorKind::Refused, "Activity.Failed"),
    ] {
        let (persisted, _) = persist(
            Desk {
                fails: Some(kind),
                ..Desk::default()
            },
            json!({ "body": "hello" }),
        )
        .await;
        assert_eq!(persisted.unwrap_err().error_type, name);
    }
}
