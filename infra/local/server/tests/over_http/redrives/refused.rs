//! What is not redriven, and why.

use std::time::Duration;

use serde_json::json;
use server::{Config, ManualClock};

use super::{DAY, noon, redrive, stopped, told, waits};
use crate::support::{Client, server, server_at, start};

#[tokio::test]
async fn what_cannot_be_redriven_is_refused_with_the_reason_that_its_description_gives() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(noon());
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client.create("m", &waits()).await;
    let running = client.start(&machine, "running", "{}").await;
    let ended = stopped(&client, &machine, "stopped").await;
    let doomed = client.create("doomed", &waits()).await;
    let deleted = stopped(&client, &doomed, "deleted").await;
    client
        .call("DeleteStateMachine", json!({ "stateMachineArn": doomed }))
        .await
        .unwrap();
    let refused = async |execution: &str, reason: &str| {
        let described = client.describe(execution).await;
        assert_eq!(told(&described).1, Some("NOT_REDRIVABLE"), "{described}");
        assert_eq!(told(&described).2, Some(reason), "{described}");
        let body = json!({ "executionArn": execution }).to_string().into_bytes();
        let (status, answer) = client.send("RedriveExecution", body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["__type"].as_str().unwrap().ends_with("#ExecutionNotRedrivable"),
            "{answer}"
        );
        assert_eq!(answer["message"], format!("Execution Not Redrivable: '{reason}'"));
        assert_eq!(client.describe(execution).await, described, "nothing has happened");
    };
    refused(&running, "Execution is RUNNING and cannot be redriven").await;
    refused(&deleted, "State machine is in DELETING status").await;
    clock.advance(DAY * 14);
    assert_eq!(told(&client.describe(&ended).await).1, Some("REDRIVABLE"));
    clock.advance(Duration::from_secs(1));
    refused(&ended, "Execution redrivable period exceeded").await;
    let absent = format!("{running}s");
    assert_eq!(redrive(&client, &absent).await, Err("ExecutionDoesNotExist".to_owned()));
    assert_eq!(redrive(&client, &machine).await, Err("InvalidArn".to_owned()));
    for token in ["", "a b", "ä", &"x".repeat(65)] {
        let request = json!({ "executionArn": ended, "clientToken": token });
        let refused = client.call("RedriveExecution", request).await;
        assert_eq!(refused, Err("ValidationException".to_owned()), "{token}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_redriven_execution_is_open_like_any_other() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        most_open: 1,
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let machine = client.create("m", &waits()).await;
    let first = stopped(&client, &machine, "first").await;
    let second = client.start(&machine, "second", "{}").await;
    let full = Err("ExecutionLimitExceeded".to_owned());
    assert_eq!(redrive(&client, &first).await, full);
    client
        .call("StopExecution", json!({ "executionArn": second }))
        .await
        .unwrap();
    redrive(&client, &first).await.unwrap();
    let third = json!({ "stateMachineArn": machine, "name": "third" });
    assert_eq!(client.call("StartExecution", third).await, full);
    assert_eq!(redrive(&client, &second).await, full);
    server.shutdown().await;
}

/// What ended before redrives were known has no state to go on from, and an execution that ended long ago has lost it.
#[tokio::test]
async fn an_end_without_its_state_is_not_redriven() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let machine = client.create("m", &waits()).await;
    let execution = stopped(&client, &machine, "e").await;
    server.shutdown().await;
    let journal = journal::Journal::open(directory.path()).unwrap();
    assert_eq!(journal.purge_redrivable(jiff::Timestamp::MAX, 8).await.unwrap(), 1);
    drop(journal);

    let (server, client) = crate::support::server(directory.path()).await;
    let reason = "Execution was started before the launch of RedriveExecution";
    let described = client.describe(&execution).await;
    assert_eq!(told(&described), (Some(0), Some("NOT_REDRIVABLE"), Some(reason)));
    let refused = redrive(&client, &execution).await;
    assert_eq!(refused, Err("ExecutionNotRedrivable".to_owned()));
    server.shutdown().await;
}

/// A message's end is recorded, and is one: not its execution is redriven, but the message.
#[tokio::test]
async fn an_execution_that_carries_a_message_is_not_redriven() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    // ntfy keeps this topic for itself.
    let execution = client.start(machine, "m", r#"{"body": "x", "topic": "docs"}"#).await;
    let ended = client.ended(&execution).await;
    assert_eq!(ended["status"], "FAILED");
    let (_, status, reason) = told(&ended);
    assert_eq!(status, Some("NOT_REDRIVABLE"));
    assert!(reason.unwrap().contains("redrive the message"), "{ended}");
    let refused = redrive(&client, &execution).await;
    assert_eq!(refused, Err("ExecutionNotRedrivable".to_owned()));
    server.shutdown().await;
}
