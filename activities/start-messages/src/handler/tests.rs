use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;
use redrive_message::{ExecutionState, PortError, StartOutcome};
use serde_json::json;

use super::*;

/// Step Functions: executions by name; some names are throttled.
#[derive(Default)]
struct World {
    started: Mutex<BTreeMap<String, String>>,
    throttled: Option<&'static str>,
}

#[async_trait]
impl Executions for World {
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError> {
        if self.throttled == Some(name) {
            return Err(PortError {
                what: "StartExecution",
                detail: "ThrottlingException".to_owned(),
                retryable: true,
            });
        }
        let before = self.started.lock().unwrap().insert(name.to_owned(), input.to_owned());
        Ok(match before {
            Some(_) => StartOutcome::AlreadyExists,
            None => StartOutcome::Started(format!("arn:{name}")),
        })
    }

    async fn describe(&self, _: &str) -> Result<Option<ExecutionState>, PortError> {
        Ok(None)
    }

    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<bool, PortError> {
        Ok(false)
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        "2026-11-25T00:00:00Z".parse().unwrap()
    }
}

/// An event as Lambda writes it.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>, "Example Amazon SQS message event (standard queue)".
fn event(records: &[(&str, &str)]) -> Batch {
    let records: Vec<Value> = records
        .iter()
        .map(|(id, body)| {
            json!({
                "messageId": id,
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1545082649183",
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                    "ApproximateFirstReceiveTimestamp": "1545082649185",
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:rez-agent-message-queue-dev",
                "awsRegion": "us-east-2",
            })
        })
        .collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

async fn failures(world: &Arc<World>, records: &[(&str, &str)]) -> Vec<String> {
    let intake = Intake {
        executions: world.clone(),
        clock: world.clone(),
    };
    let answer = intake.start(event(records)).await.unwrap();
    let failures = answer.batch_item_failures.into_iter();
    failures.map(|failure| failure.item_identifier).collect()
}

#[tokio::test]
async fn each_message_is_started_under_its_id_or_the_queues() {
    let world = Arc::new(World::default());
    let records = [
        ("059f36b4-87a3-44ab-83d2-661975830a7d", r#"{"body": "one"}"#),
        (
            "2e1424d4-f796-459a-8184-9c92662be6da",
            r#"{"body": "two", "message_id": "mine", "message_type": "manual"}"#,
        ),
    ];
    assert_eq!(failures(&world, &records).await, [""; 0]);
    // The queue delivers at least once.
    assert_eq!(failures(&world, &records).await, [""; 0]);
    let started = world.started.lock().unwrap();
    let kinds: Vec<_> = started
        .iter()
        .map(|(name, input)| {
            let input: Value = serde_json::from_str(input).unwrap();
            assert_eq!(input["message_id"], name.as_str());
            (name.as_str(), input["message_type"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("059f36b4-87a3-44ab-83d2-661975830a7d", "api".to_owned()),
            ("mine", "manual".to_owned()),
        ]
    );
}

#[tokio::test]
async fn what_fails_comes_again_alone() {
    let world = Arc::new(World {
        throttled: Some("c"),
        ..World::default()
    });
    let records = [
        ("a", r#"{"body": "good"}"#),
        ("b", "not JSON"),
        ("c", r#"{"body": "too many"}"#),
        ("d", r#"{"body": " "}"#),
        ("e", r#"{"body": "x", "unknown": 1}"#),
        ("f", r#"{"body": "x", "deliver_at": "2020-01-01T00:00:00Z"}"#),
    ];
    assert_eq!(failures(&world, &records).await, ["b", "c", "d", "e", "f"]);
    assert_eq!(world.started.lock().unwrap().len(), 1);
}

proptest::proptest! {
    #[test]
    fn whatever_lies_in_the_queue_is_started_or_named(bodies in proptest::collection::vec(".{0,40}", 0..10)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = Arc::new(World::default());
        let ids: Vec<String> = (0..bodies.len()).map(|number| format!("id-{number}")).collect();
        let records: Vec<(&str, &str)> =
            ids.iter().map(String::as_str).zip(bodies.iter().map(String::as_str)).collect();
        let failed = runtime.block_on(failures(&world, &records));
        assert_eq!(failed.len() + world.started.lock().unwrap().len(), records.len());
    }
}
