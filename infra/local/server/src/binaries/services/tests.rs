//! What functions ask, as the SDKs write it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::Timestamp;
use journal::{Batch, Journal, QueueMessage};
use tower::ServiceExt as _;

use super::*;
use crate::clock::ManualClock;
use crate::meters::Meters;
use crate::runners::{DynamoDb, Linked, Runners};

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/letters";

/// The services of a server of which nothing else runs.
struct World {
    host: Arc<Host>,
    clock: ManualClock,
    router: Router,
    _directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::new("2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap());
        // No database listens here: nobody asks one.
        let nowhere = DynamoDb::new(SocketAddr::from(([127, 0, 0, 1], 1)));
        let host = Host::new(
            Arc::new(Journal::open(directory.path()).unwrap()),
            Arc::new(clock.clone()),
            Runners::new(Linked::default(), None, nowhere),
            Meters::new("dev", Arc::new(clock.clone())),
            1_000,
        );
        let values = Values::of("dev", "http://ntfy".to_owned().into(), None, "key".to_owned().into());
        let mut grants = Grants::default();
        let parameters = ["ntfy-url", "ntfy-api-key"].map(|name| parameter("dev", name));
        let actions = [
            "ssm:GetParameter",
            "sns:Publish",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
        ];
        for (function, actions) in [("token", &actions[..]), ("poor", &[])] {
            let grant = Grant {
                function: function.to_owned(),
                actions: actions.iter().map(|&action| action.to_owned()).collect(),
                parameters: parameters.clone().into(),
            };
            grants.add(&function.to_owned().into(), grant);
        }
        let services = Services::new(&host, values, grants);
        Self {
            router: router(services),
            host,
            clock,
            _directory: directory,
        }
    }

    async fn send(&self, token: &str, target: Option<&str>, body: String) -> (u16, String) {
        let request = Request::post("/").header("x-amz-security-token", token);
        let request = target
            .into_iter()
            .fold(request, |request, target| request.header("x-amz-target", target));
        let answer = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), BODY_BYTES).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn ask(&self, target: &str, body: Value) -> (u16, Value) {
        let (status, answer) = self.send("token", Some(target), body.to_string()).await;
        (status, serde_json::from_str(&answer).unwrap())
    }

    /// The bodies and receipts of messages that nobody has.
    async fn receive(&self, most: u64) -> Vec<(String, String)> {
        let asked = json!({ "QueueUrl": QUEUE, "MaxNumberOfMessages": most, "VisibilityTimeout": 30 });
        let (status, answer) = self.ask("AmazonSQS.ReceiveMessage", asked).await;
        assert_eq!(status, 200, "{answer}");
        let text = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
        let messages = answer["Messages"].as_array().unwrap().iter();
        messages
            .map(|one| (text(one, "Body"), text(one, "ReceiptHandle")))
            .collect()
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_token_learns_nothing() {
    let world = World::new();
    let asked = json!({ "Name": "/rez-agent/dev/ntfy-url" }).to_string();
    for token in ["", "other", "token2"] {
        let (status, answer) = world.send(token, Some("AmazonSSM.GetParameter"), asked.clone()).await;
        assert_eq!(status, 400);
        assert!(
            answer.contains("UnrecognizedClientException") && !answer.contains("ntfy"),
            "{answer}"
        );
    }
    let (status, answer) = world
        .ask("AmazonSSM.GetParameter", json!({ "Name": "/rez-agent/dev/ntfy-url" }))
        .await;
    assert_eq!((status, &answer["Parameter"]["Value"]), (200, &json!("http://ntfy")));
    let (status, answer) = world
        .ask(
            "AmazonSSM.GetParameter",
            json!({ "Name": "/rez-agent/dev/ntfy-api-key" }),
        )
        .await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("ParameterNotFound")),
        "there is no token"
    );
    let (status, answer) = world.ask("AmazonSSM.PutParameter", json!({})).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("UnknownOperationException")));
    assert_eq!(world.ask("nonsense", json!([])).await.0, 400);
}

#[tokio::test]
async fn a_function_may_do_what_it_lists_and_nothing_else() {
    let world = World::new();
    let url = json!({ "Name": "/rez-agent/dev/ntfy-url" }).to_string();
    let key = json!({ "Name": "/rez-agent/dev/session-key" }).to_string();
    let publish = "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Aevents&Message=%7B%7D";
    let queue = json!({ "QueueUrl": QUEUE }).to_string();
    for (token, target, body, action) in [
        ("poor", Some("AmazonSSM.GetParameter"), url.as_str(), "ssm:GetParameter"),
        ("poor", Some("AmazonSQS.ReceiveMessage"), &queue, "sqs:ReceiveMessage"),
        ("poor", None, publish, "sns:Publish"),
        ("token", Some("AmazonSQS.SendMessage"), &queue, "sqs:SendMessage"),
        (
            "token",
            Some("AmazonSSM.GetParameter"),
            &key,
            "ssm:GetParameter on /rez-agent/dev/session-key",
        ),
    ] {
        let (status, answer) = world.send(token, target, body.to_owned()).await;
        let said = format!("{token} is not authorized to perform {action}: its function.toml does not list it");
        assert!((400..500).contains(&status) && answer.contains(&said), "{answer}");
    }
    assert!(world.host.journal.events(0, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_that_is_received_is_hidden_until_its_time_is_over() {
    let world = World::new();
    let mut batch = Batch::new();
    for number in 0..300 {
        batch.send(QueueMessage {
            position: 0,
            queue: "letters".to_owned(),
            message_id: number.to_string(),
            sent_at: world.host.now(),
            body: format!("body {number}"),
            attributes: "null".to_owned(),
        });
    }
    world.host.journal.commit(batch).await.unwrap();
    let first = world.receive(2).await;
    assert_eq!(
        first.iter().map(|(body, _)| body.as_str()).collect::<Vec<_>>(),
        ["body 0", "body 1"]
    );
    let second = world.receive(10).await;
    assert_eq!((second.len(), second[0].0.as_str()), (10, "body 2"));

    let back = json!({ "QueueUrl": QUEUE, "ReceiptHandle": first[1].1, "VisibilityTimeout": 0 });
    assert_eq!(
        world.ask("AmazonSQS.ChangeMessageVisibility", back).await,
        (200, json!({}))
    );
    assert_eq!(world.receive(1).await[0].0, "body 1", "it was given back");
    let entries = json!([{ "Id": "a", "ReceiptHandle": first[0].1 }]);
    let delete = json!({ "QueueUrl": QUEUE, "Entries": entries });
    let (status, answer) = world.ask("AmazonSQS.DeleteMessageBatch", delete).await;
    assert_eq!((status, &answer["Successful"]), (200, &json!([{ "Id": "a" }])));

    world.clock.advance(Duration::from_secs(31));
    let mut seen = Vec::new();
    loop {
        let received = world.receive(10).await;
        if received.is_empty() {
            break;
        }
        seen.extend(received);
    }
    assert_eq!(
        (seen.len(), seen[0].0.as_str()),
        (299, "body 1"),
        "all that was not deleted, once"
    );
    let bad = json!({ "QueueUrl": QUEUE, "ReceiptHandle": "x" });
    let (status, answer) = world.ask("AmazonSQS.ChangeMessageVisibility", bad).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("ReceiptHandleIsInvalid")));
    assert_eq!(world.ask("AmazonSQS.ReceiveMessage", json!({})).await.0, 400);
}

#[tokio::test]
async fn what_is_published_is_in_the_topic() {
    let world = World::new();
    let publish =
        "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Aevents&Message=%7B%7D";
    let (status, answer) = world.send("token", None, publish.to_owned()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("<PublishResult><MessageId>"), "{answer}");
    let events = world.host.journal.events(0, 10).await.unwrap();
    let published: Vec<_> = events
        .iter()
        .map(|event| (event.topic.as_str(), event.message.as_str()))
        .collect();
    assert_eq!(published, [("events", "{}")]);
    for (body, code) in [
        ("Action=Subscribe", "InvalidAction"),
        ("Action=Publish", "InvalidParameter"),
        ("", "InvalidAction"),
    ] {
        let (status, answer) = world.send("token", None, body.to_owned()).await;
        assert_eq!(status, 400);
        assert!(answer.contains(&format!("<Code>{code}</Code>")), "{answer}");
    }
}
