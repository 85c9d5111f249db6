//! The embedded DynamoDB behind the real client, and a few messages.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use contracts::{Execution, Message, Outcome, OutcomeStatus, Status, execution_name};
use dynoxide::Database;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{MessageItem, Messages};

/// A fresh store in memory, spoken to over HTTP.
pub(crate) async fn store() -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}

/// `seconds` after the day of these tests began.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A message of this id.
pub(crate) fn message(id: &str) -> Message {
    serde_json::from_value(json!({ "body": "hello", "message_id": id, "owner": "ada" })).unwrap()
}

/// The execution of this name, started as the day began.
pub(crate) fn execution(name: &str) -> Execution {
    let arn = format!("arn:aws:states:us-east-1:000000000000:execution:process-message:{name}");
    Execution {
        arn,
        name: name.to_owned(),
        started_at: at(0),
    }
}

/// The table of messages of a fresh store.
pub(crate) async fn messages() -> Messages {
    let client = store().await;
    crate::ensure(&client, "messages", "breakers").await.unwrap();
    Messages::new(client, "messages")
}

/// The item of message `id`, in the hands of this execution of its `redrive`.
pub(crate) fn item(id: &str, execution_named: &str, redrive: u32) -> MessageItem {
    let message = Message { redrive, ..message(id) };
    MessageItem::new("dev", Status::Processing, message, execution(execution_named), at(1))
}

/// An end of message `id`, reported by the execution that carries its `redrive`.
pub(crate) fn outcome(id: &str, redrive: u32, status: OutcomeStatus) -> Outcome {
    let reason = (status == OutcomeStatus::Failed).then(|| "ntfy is away".to_owned());
    Outcome {
        status,
        execution: execution(&execution_name(id, redrive)),
        message: Message { redrive, ..message(id) },
        receipt: None,
        reason,
    }
}
