//! `RedriveExecution`: what ended without success goes on.

mod nested;
mod refused;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use server::{Config, ManualClock};

use crate::support::{Behaviour, Client, Lambda, jsonata, server, server_at, start, types};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const DAY: Duration = Duration::from_hours(24);

fn noon() -> jiff::Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

/// A machine that waits to be stopped.
fn waits() -> Value {
    jsonata("Wait", json!({"Wait": {"Type": "Wait", "Seconds": 3_600, "End": true}}))
}

/// A machine that fails until it is redriven.
fn undecided() -> Value {
    let redriven = "{% $states.context.Execution.RedriveCount > 0 %}";
    let states = json!({
        "Decide": {"Type": "Choice", "Choices": [{"Condition": redriven, "Next": "Done"}]},
        "Done": {"Type": "Succeed", "Output": "{% $states.context.Execution.RedriveCount %}"},
    });
    jsonata("Decide", states)
}

/// An execution of the machine that has been stopped.
async fn stopped(client: &Client, machine: &str, name: &str) -> String {
    let execution = client.start(machine, name, "{}").await;
    let stop = json!({ "executionArn": execution, "error": "E", "cause": "C" });
    client.call("StopExecution", stop).await.unwrap();
    execution
}

async fn redrive(client: &Client, execution: &str) -> Result<Value, String> {
    client
        .call("RedriveExecution", json!({ "executionArn": execution }))
        .await
}

/// What is said of the redrives of an execution.
fn told(described: &Value) -> (Option<u64>, Option<&str>, Option<&str>) {
    (
        described["redriveCount"].as_u64(),
        described["redriveStatus"].as_str(),
        described["redriveStatusReason"].as_str(),
    )
}

#[tokio::test]
async fn a_failed_task_is_called_again_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let script = [
        Behaviour::Answer(json!("first")),
        Behaviour::Fail(json!({ "errorType": "Custom", "errorMessage": "away" })),
        Behaviour::Answer(json!("second")),
    ];
    let mut lambda = Lambda::start(script).await;
    let clock = ManualClock::new(noon());
    let config = Config {
        lambda_endpoint: Some(lambda.url.clone()),
        clock: Arc::new(clock.clone()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let states = json!({
        "One": {"Type": "Task", "Resource": FUNCTION, "Next": "Two"},
        "Two": {"Type": "Task", "Resource": FUNCTION, "End": true},
    });
    let arn = client.create("m", &jsonata("One", states)).await;
    let execution = client.start(&arn, "e", r#"{"a":  1}"#).await;
    let failed = client.ended(&execution).await;
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("FAILED"), &json!("Custom"))
    );
    assert_eq!(told(&failed), (Some(0), Some("REDRIVABLE"), None));
    assert_eq!(failed.get("redriveDate"), None);

    clock.advance(DAY);
    let redriven = redrive(&client, &execution).await.unwrap();
    let ended = client.ended(&execution).await;
    assert_eq!(
        (&ended["status"], &ended["output"], &ended["input"]),
        (&json!("SUCCEEDED"), &json!("\"second\""), &json!(r#"{"a":  1}"#))
    );
    assert_eq!((ended.get("error"), ended.get("cause")), (None, None));
    assert_eq!(ended["startDate"], failed["startDate"]);
    assert_eq!(ended["redriveDate"], redriven["redriveDate"]);
    let reason = "Execution is SUCCEEDED and cannot be redriven";
    assert_eq!(told(&ended), (Some(1), Some("NOT_REDRIVABLE"), Some(reason)));
    for payload in [json!({ "a": 1 }), json!("first"), json!("first")] {
        assert_eq!(lambda.payload().await, payload);
    }
    let history = client.history(&execution).await;
    assert_eq!(
        types(&history)[10..],
        [
            "ExecutionFailed",
            "ExecutionRedriven",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
    let event = &history[11];
    assert_eq!(event["executionRedrivenEventDetails"], json!({ "redriveCount": 1 }));
    assert_eq!((&event["id"], &event["previousEventId"]), (&json!(12), &json!(11)));
    assert_eq!(event["timestamp"], redriven["redriveDate"]);
    let listed = client.call("ListExecutions", json!({ "stateMachineArn": arn })).await;
    let line = &listed.unwrap()["executions"][0];
    assert_eq!(
        (&line["redriveCount"], &line["redriveDate"]),
        (&json!(1), &redriven["redriveDate"])
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_client_token_redrives_once_in_fifteen_minutes() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(noon());
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client.create("m", &waits()).await;
    let (execution, other) = (
        stopped(&client, &machine, "e").await,
        stopped(&client, &machine, "other").await,
    );
    let redrive_under = async |execution: &str, token: &str| {
        let request = json!({ "executionArn": execution, "clientToken": token });
        client.call("RedriveExecution", request).await
    };
    let under = async |token: &str| redrive_under(&execution, token).await;
    let (first, again) = tokio::join!(under("one"), under("one"));
    assert_eq!(first.clone().unwrap(), again.unwrap(), "asked twice at once");
    redrive_under(&other, "one").await.unwrap();
    assert_eq!(
        client.describe(&other).await["redriveCount"],
        1,
        "a token is its execution's"
    );
    clock.advance(Duration::from_mins(15));
    assert_eq!(under("one").await, first);
    assert_eq!(client.describe(&execution).await["redriveCount"], 1);
    let refused = Err("ExecutionNotRedrivable".to_owned());
    assert_eq!(under("two").await, refused, "it runs");
    clock.advance(Duration::from_secs(1));
    assert_eq!(under("one").await, refused, "the token has lapsed");
    client
        .call("StopExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    under("one").await.unwrap();
    let history = client.history(&execution).await;
    let redrives = types(&history)
        .iter()
        .filter(|kind| **kind == "ExecutionRedriven")
        .count();
    assert_eq!(
        (redrives, &client.describe(&execution).await["redriveCount"]),
        (2, &json!(2))
    );
    server.shutdown().await;
}

/// It fails at once, so that it is described from memory; then it goes on, after a crash too.
#[tokio::test]
async fn what_failed_within_its_start_is_redriven_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let machine = client.create("m", &undecided()).await;
    let here = client.start(&machine, "here", "{}").await;
    let later = client.start(&machine, "later", "{}").await;
    assert_eq!(client.describe(&here).await["status"], "FAILED");
    redrive(&client, &here).await.unwrap();
    let ended = client.ended(&here).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("1")));
    drop((server, client));

    let (server, client) = self::server(directory.path()).await;
    assert_eq!(client.describe(&here).await, ended);
    redrive(&client, &later).await.unwrap();
    assert_eq!(client.ended(&later).await["status"], "SUCCEEDED");
    server.shutdown().await;
}

/// Source: what a crash may cost is the same as ever: a call under way is made again, under its token.
#[tokio::test]
async fn a_redriven_execution_survives_a_crash_and_the_tokens_before_it_are_void() {
    let directory = tempfile::tempdir().unwrap();
    let quiet = || Behaviour::NeverAnswer;
    let mut lambda = Lambda::start([quiet(), quiet(), quiet()]).await;
    let config = Config {
        lambda_endpoint: Some(lambda.url.clone()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let states = json!({"Call": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": "f", "Payload": {"token": "{% $states.context.Task.Token %}"}},
        "End": true,
    }});
    let machine = client.create("m", &jsonata("Call", states)).await;
    let execution = client.start(&machine, "e", "{}").await;
    let old = lambda.payload().await;
    client
        .call("StopExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    redrive(&client, &execution).await.unwrap();
    let new = lambda.payload().await;
    assert_ne!(new, old);
    drop((server, client));

    let server = start(&config).await;
    let client = Client::of(&server);
    assert_eq!(lambda.payload().await, new, "the same token");
    let described = client.describe(&execution).await;
    assert_eq!(
        (&described["status"], &described["redriveCount"]),
        (&json!("RUNNING"), &json!(1))
    );
    assert_eq!(described.get("stopDate"), None);
    let answer = |token: &Value| json!({ "taskToken": token, "output": "7" });
    let late = client.call("SendTaskSuccess", answer(&old["token"])).await;
    assert_eq!(late, Err("TaskTimedOut".to_owned()));
    client.call("SendTaskSuccess", answer(&new["token"])).await.unwrap();
    assert_eq!(client.ended(&execution).await["output"], "7");
    server.shutdown().await;
}
