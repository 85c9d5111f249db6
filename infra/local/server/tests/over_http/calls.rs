//! Tasks: functions, tokens, nested executions, and what nobody answers for.

use std::time::Duration;

use serde_json::{Value, json};
use server::{Config, ManualClock};

use crate::support::{Behaviour, Client, Lambda, jsonata, server, server_at, start, types};

fn task(resource: &str, arguments: &Value) -> Value {
    jsonata(
        "Call",
        json!({"Call": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": true}}),
    )
}

#[tokio::test]
async fn a_function_answers_or_fails_as_lambda_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    let failure = json!({"errorMessage": "no", "errorType": "Refusal"});
    let script = [Behaviour::Answer(json!({"b": 2})), Behaviour::Fail(failure.clone())];
    let mut lambda = Lambda::start(script).await;
    let server = start(&Config {
        lambda_endpoint: Some(lambda.url.clone()),
        ..Config::new(directory.path())
    })
    .await;
    let client = Client::of(&server);
    let invoke = task(
        "arn:aws:states:::lambda:invoke",
        &json!({"FunctionName": "f", "Payload": {"a": 1}}),
    );
    let arn = client.create("m", &invoke).await;
    let first = client.start(&arn, "first", "{}").await;
    let output: Value = serde_json::from_str(client.ended(&first).await["output"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&output["Payload"], &output["StatusCode"]),
        (&json!({"b": 2}), &json!(200))
    );
    assert_eq!(lambda.payload().await, json!({"a": 1}));
    let second = client.start(&arn, "second", "{}").await;
    let ended = client.ended(&second).await;
    assert_eq!(
        (&ended["error"], &ended["cause"]),
        (&json!("Refusal"), &json!(failure.to_string()))
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_token_answers_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut lambda = Lambda::start([Behaviour::Answer(Value::Null)]).await;
    let server = start(&Config {
        lambda_endpoint: Some(lambda.url.clone()),
        ..Config::new(directory.path())
    })
    .await;
    let client = Client::of(&server);
    let arguments = json!({"FunctionName": "f", "Payload": {"token": "{% $states.context.Task.Token %}"}});
    let arn = client
        .create(
            "m",
            &task("arn:aws:states:::lambda:invoke.waitForTaskToken", &arguments),
        )
        .await;
    let execution = client.start(&arn, "e", "{}").await;
    let token = lambda.payload().await["token"].clone();
    client
        .call("SendTaskHeartbeat", json!({ "taskToken": token }))
        .await
        .ok();
    let answer = json!({ "taskToken": token, "output": "{\"x\":1}" });
    client.call("SendTaskSuccess", answer.clone()).await.unwrap();
    assert_eq!(client.ended(&execution).await["output"], "{\"x\":1}");
    assert_eq!(
        client.call("SendTaskSuccess", answer).await,
        Err("TaskTimedOut".to_owned())
    );
    let nonsense = json!({ "taskToken": "nonsense", "output": "{}" });
    assert_eq!(
        client.call("SendTaskSuccess", nonsense).await,
        Err("InvalidToken".to_owned())
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_nested_execution_answers_the_task_that_started_it() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let child = jsonata(
        "Wait",
        json!({"Wait": {"Type": "Wait", "Seconds": 0, "Output": {"y": 2}, "End": true}}),
    );
    let child = client.create("child", &child).await;
    let failing = jsonata("Fail", json!({"Fail": {"Type": "Fail", "Error": "E"}}));
    let failing = client.create("failing", &failing).await;
    let parent = |child: &str| {
        task(
            "arn:aws:states:::states:startExecution.sync:2",
            &json!({"StateMachineArn": child}),
        )
    };
    let arn = client.create("parent", &parent(&child)).await;
    let execution = client.start(&arn, "e", "{}").await;
    let output: Value = serde_json::from_str(client.ended(&execution).await["output"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&output["Output"], &output["Status"]),
        (&json!({"y": 2}), &json!("SUCCEEDED"))
    );
    let history = client.history(&execution).await;
    assert_eq!(
        types(&history)[2..6],
        ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    );
    let arn = client.create("parent-of-failing", &parent(&failing)).await;
    let execution = client.start(&arn, "e", "{}").await;
    let ended = client.ended(&execution).await;
    assert_eq!(
        (&ended["status"], &ended["error"]),
        (&json!("FAILED"), &json!("States.TaskFailed"))
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_nested_execution_that_nobody_waits_for_any_more_is_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let waiting = json!({"Wait": {"Type": "Wait", "Seconds": 31_536_000, "End": true}});
    let child = client.create("child", &jsonata("Wait", waiting)).await;
    let call = |name: &str| {
        json!({"Call": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Arguments": {"StateMachineArn": child, "Name": name},
            "TimeoutSeconds": 60,
            "End": true,
        }})
    };
    for (name, stopped) in [("stopped", true), ("late", false)] {
        let arn = client.create(name, &jsonata("Call", call(name))).await;
        let parent = client.start(&arn, "e", "{}").await;
        let nested = format!("arn:aws:states:us-east-1:123456789012:execution:child:{name}");
        submitted(&client, &parent).await;
        if stopped {
            let parameters = json!({ "executionArn": parent });
            client.call("StopExecution", parameters).await.unwrap();
        } else {
            clock.advance(Duration::from_mins(1));
        }
        let status = if stopped { "ABORTED" } else { "FAILED" };
        assert_eq!(client.ended(&parent).await["status"], status);
        assert_eq!(client.ended(&nested).await["status"], "ABORTED", "{name}");
    }
    server.shutdown().await;
}

/// Waits until the task has started its execution.
async fn submitted(client: &Client, execution: &str) {
    let submitted = async {
        while !types(&client.history(execution).await).contains(&"TaskSubmitted") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), submitted)
        .await
        .expect("it starts");
}

#[tokio::test]
async fn what_nobody_answers_for_fails_and_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    for (name, resource, arguments, said) in [
        (
            "function",
            "arn:aws:states:::lambda:invoke",
            json!({"FunctionName": "f"}),
            "--lambda-endpoint",
        ),
        (
            "service",
            "arn:aws:states:::glue:startJobRun",
            json!({"JobName": "j"}),
            "glue:startJobRun",
        ),
    ] {
        let arn = client.create(name, &task(resource, &arguments)).await;
        let execution = client.start(&arn, "e", "{}").await;
        let ended = client.ended(&execution).await;
        assert!(ended["cause"].as_str().unwrap().contains(said), "{ended}");
    }
    server.shutdown().await;
}
