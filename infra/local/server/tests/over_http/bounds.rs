//! How much is taken on, and how a server ends while tasks run.

use serde_json::{Value, json};
use server::{Config, Stopped};

use crate::support::{Behaviour, Client, Lambda, http, jsonata, server, start};

fn sleeping() -> Value {
    jsonata(
        "Sleep",
        json!({"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}),
    )
}

#[tokio::test]
async fn more_executions_than_may_be_open_are_refused_until_one_has_ended() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        most_open: 2,
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let arn = client.create("m", &sleeping()).await;
    client.start(&arn, "a", "{}").await;
    client.start(&arn, "b", "{}").await;
    let third = json!({ "stateMachineArn": arn, "name": "c" });
    let full = Err("ExecutionLimitExceeded".to_owned());
    assert_eq!(client.call("StartExecution", third.clone()).await, full);
    client.start(&arn, "a", "{}").await;
    let http = http(&server);
    let url = format!("http://{}/api/messages", server.addresses.api);
    let refused = http.post(&url).json(&json!({ "body": "x" })).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    server.shutdown().await;
    // What a server before this one has left open counts as well.
    let server = start(&config).await;
    let client = Client::of(&server);
    assert_eq!(client.call("StartExecution", third).await, full);
    let first = arn.replace(":stateMachine:", ":execution:") + ":a";
    client
        .call("StopExecution", json!({ "executionArn": first }))
        .await
        .unwrap();
    client.start(&arn, "c", "{}").await;
    server.shutdown().await;
}

#[tokio::test]
async fn what_does_not_end_in_time_is_repeated_after_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let script = [Behaviour::NeverAnswer, Behaviour::Answer(json!("done"))];
    let mut lambda = Lambda::start(script).await;
    let config = Config {
        lambda_endpoint: Some(lambda.url.clone()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let call =
        json!({"Call": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}});
    let arn = client.create("m", &jsonata("Call", call)).await;
    let execution = client.start(&arn, "e", "1").await;
    lambda.payload().await;
    let stopped = server.shutdown().await;
    assert_eq!(
        stopped,
        Stopped {
            finished: 0,
            cut_off: 1
        }
    );
    let server = start(&config).await;
    let client = Client::of(&server);
    let ended = client.ended(&execution).await;
    assert_eq!(
        (&ended["status"], &ended["output"]),
        (&json!("SUCCEEDED"), &json!("\"done\""))
    );
    let types: Vec<Value> = client
        .history(&execution)
        .await
        .iter()
        .map(|event| event["type"].clone())
        .collect();
    let started = types.iter().filter(|kind| **kind == "LambdaFunctionStarted").count();
    assert_eq!(started, 1, "the repetition is the same task: {types:?}");
    assert_eq!(
        server.shutdown().await,
        Stopped {
            finished: 0,
            cut_off: 0
        }
    );
}

/// Whoever opens streams without end keeps nobody else from the server, and themselves neither once they close some.
#[tokio::test]
async fn a_caller_has_so_many_streams_of_events_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _) = server(directory.path()).await;
    let http = http(&server);
    let open = async || {
        let url = format!("http://{}/api/events", server.addresses.api);
        http.get(url).send().await.unwrap()
    };
    let mut streams = Vec::new();
    for _ in 0..64 {
        let stream = open().await;
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }
    let refused = open().await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"1".parse().unwrap())
    );
    let said: Value = refused.json().await.unwrap();
    assert!(said["detail"].as_str().unwrap().contains("64 streams"), "{said}");
    drop(streams.pop());
    let again = async { while open().await.status() != 200 {} };
    tokio::time::timeout(std::time::Duration::from_secs(30), again)
        .await
        .expect("a place is free");
    drop(streams);
    server.shutdown().await;
}
