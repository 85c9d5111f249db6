//! `process-message` on this machine.

use std::time::Duration;

use serde_json::{Value, json};
use server::{Config, Server};

use crate::support::{Client, start};

/// Sends a message over the API and gives its id.
async fn send(server: &Server, message: &Value) -> String {
    let request = reqwest::Client::new()
        .post(format!("http://{}/api/messages", server.addresses.api))
        .json(message);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["message_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

/// The message once it has this status.
async fn message(server: &Server, id: &str, status: &str) -> Value {
    let url = format!("http://{}/api/messages/{id}", server.addresses.api);
    let reached = async {
        loop {
            let message: Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
            if message["status"] == status {
                return message;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reached)
        .await
        .expect("the message gets there")
}

#[tokio::test]
async fn a_message_arrives_in_the_inbox() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let id = send(&server, &json!({"body": "hello"})).await;
    let completed = message(&server, &id, "completed").await;
    let url = format!("http://{}/inbox/rez/json?poll=1", server.addresses.api);
    let inbox: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&inbox["message"], &inbox["id"]),
        (&json!("hello"), &completed["receipt"]["ntfy_id"])
    );
    server.shutdown().await;
}

/// No `Catch` sees that an execution is stopped: the host records it.
#[tokio::test]
async fn a_stopped_execution_cancels_its_message() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let id = send(&server, &json!({"body": "later", "deliver_at": at})).await;
    message(&server, &id, "scheduled").await;
    let execution = format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}");
    Client::of(&server)
        .call("StopExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    message(&server, &id, "cancelled").await;
    server.shutdown().await;
}
