//! `process-message` on this machine.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use server::{Config, ManualClock, Server};

use crate::support::{Client, http, start};
use crate::table::MessageTable;

/// The execution that carries a message.
fn execution(id: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}")
}

/// What has arrived in the inbox.
async fn inbox(server: &Server) -> Vec<Value> {
    let url = format!("http://{}/inbox/rez/json?poll=1", server.addresses.api);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until an event of this type stands in the history of an execution.
async fn happened(client: &Client, execution: &str, event: &str) {
    let happened = async {
        while !client.history(execution).await.iter().any(|one| one["type"] == event) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), happened)
        .await
        .expect("it happens");
}

/// Sends a message over the API and gives its id.
async fn send(server: &Server, message: &Value) -> String {
    let request = http(server)
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
    let http = http(server);
    let reached = async {
        loop {
            let message: Value = http.get(&url).send().await.unwrap().json().await.unwrap();
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
    let inbox = inbox(&server).await;
    assert_eq!(
        (&inbox[0]["message"], &inbox[0]["id"]),
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
    Client::of(&server)
        .call("StopExecution", json!({ "executionArn": execution(&id) }))
        .await
        .unwrap();
    message(&server, &id, "cancelled").await;
    server.shutdown().await;
}

/// A message that ntfy has: stopped before it could be recorded, it fails as delivered, and its redrive only records.
#[tokio::test]
async fn a_delivered_message_whose_execution_is_stopped_is_never_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(jiff::Timestamp::now());
    let config = Config {
        clock: Arc::new(clock.clone()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let id = send(&server, &json!({"body": "once", "deliver_at": later})).await;
    message(&server, &id, "scheduled").await;
    // Without its table, RecordOutcome cannot succeed.
    let table = MessageTable::of(&server);
    table.delete().await;
    clock.advance(Duration::from_hours(2));
    let (client, execution) = (Client::of(&server), execution(&id));
    happened(&client, &execution, "TaskFailed").await;
    assert_eq!(inbox(&server).await.len(), 1, "it was delivered");
    client
        .call("StopExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    table.create().await;

    let failed = message(&server, &id, "failed").await;
    assert_eq!(failed["dead_letter"]["delivered"], true, "{failed}");
    let redrive = format!("http://{}/api/messages/{id}/redrive", server.addresses.api);
    let redriven = http(&server).post(redrive).send().await.unwrap();
    assert_eq!(redriven.status(), 202);
    let completed = message(&server, &id, "completed").await;
    assert_eq!(completed["receipt"], failed["receipt"]);
    let history = client.history(&format!("{execution}-r1")).await;
    let entered: Vec<_> = history
        .iter()
        .filter_map(|event| event["stateEnteredEventDetails"]["name"].as_str())
        .collect();
    assert_eq!(entered, ["PersistMessage", "WhatIsLeftToDo", "RecordOutcome"]);
    assert_eq!(inbox(&server).await.len(), 1, "it arrived once");
    server.shutdown().await;
}

/// Executions of `process-message`, newest first.
async fn executions(client: &Client) -> Vec<String> {
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    let listed = client
        .call("ListExecutions", json!({ "stateMachineArn": machine }))
        .await
        .unwrap();
    let names = listed["executions"].as_array().unwrap().iter();
    names.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// Sends the same request many times at once; the answers' statuses and bodies.
async fn at_once(server: &Server, times: usize, url: String, body: Value) -> Vec<(u16, Value)> {
    let client = http(server);
    let requests: tokio::task::JoinSet<_> = (0..times)
        .map(|_| {
            let request = client.post(&url).json(&body).send();
            async move {
                let answer = request.await.unwrap();
                (answer.status().as_u16(), answer.json().await.unwrap())
            }
        })
        .collect();
    requests.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_starts_one_execution_however_many_ask_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let url = format!("http://{}/api/messages", server.addresses.api);
    let answers = at_once(&server, 32, url, json!({"body": "once", "dedup_key": "k"})).await;
    let id = answers[0].1["message_id"].as_str().unwrap().to_owned();
    for (status, answer) in &answers {
        assert_eq!((*status, &answer["message_id"]), (202, &json!(id)), "{answer}");
    }
    message(&server, &id, "completed").await;
    assert_eq!(executions(&Client::of(&server)).await, [id]);
    assert_eq!(inbox(&server).await.len(), 1);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_redrive_is_started_however_many_ask_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(jiff::Timestamp::now());
    let mut config = Config {
        clock: Arc::new(clock.clone()),
        ..Config::new(directory.path())
    };
    // Nobody listens at this port.
    config.ntfy.url = Some("http://127.0.0.1:1".to_owned());
    let server = start(&config).await;
    let id = send(&server, &json!({"body": "never", "patience": 0})).await;
    let client = Client::of(&server);
    // The clock goes on only while the message is tried again; in its redrive it stands still after the first attempt.
    let failed = async {
        while client.describe(&execution(&id)).await["status"] == "RUNNING" {
            clock.advance(Duration::from_millis(100));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), failed).await.unwrap();
    message(&server, &id, "failed").await;

    let url = format!("http://{}/api/messages/{id}/redrive", server.addresses.api);
    for (status, answer) in at_once(&server, 16, url, json!({})).await {
        let begun = status == 202 && answer["redrive"] == 1;
        assert!(begun || status == 409, "{status} {answer}");
    }
    message(&server, &id, "processing").await;
    assert_eq!(executions(&client).await, [format!("{id}-r1"), id]);
    server.shutdown().await;
}

/// On AWS too nobody looks at the input before the first state does: what is no message must fail at once, not after hours.
#[tokio::test]
async fn an_execution_whose_input_is_no_message_fails_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let client = Client::of(&server);
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    let execution = client.start(machine, "none", r#"{"text":"no message"}"#).await;
    let ended = client.ended(&execution).await;
    assert_eq!(
        (&ended["status"], &ended["error"], &ended["cause"]),
        (
            &json!("FAILED"),
            &json!("Message.Unrecorded"),
            &json!("PersistMessage failed: Activity.InvalidInput")
        )
    );
    let history = client.history(&execution).await;
    let calls = history.iter().filter(|event| event["type"] == "TaskScheduled");
    assert_eq!(calls.count(), 2, "nothing is repeated");
    server.shutdown().await;
}
