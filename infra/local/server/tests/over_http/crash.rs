//! A server that ends without a word loses nothing that it has acknowledged.

use serde_json::{Value, json};
use server::Config;

use crate::support::{Behaviour, Client, Lambda, jsonata, start};

#[tokio::test]
async fn a_task_in_flight_is_repeated_under_its_token() {
    let directory = tempfile::tempdir().unwrap();
    let mut lambda = Lambda::start([Behaviour::NeverAnswer, Behaviour::Answer(json!("done"))]).await;
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
    let arn = client.create("m", &jsonata("Call", states)).await;
    let execution = client.start(&arn, "e", "{}").await;
    let first = lambda.payload().await;
    drop((server, client));

    let server = start(&config).await;
    let client = Client::of(&server);
    let second = lambda.payload().await;
    assert_eq!(second, first, "the same token");
    let answer = json!({ "taskToken": second["token"], "output": "7" });
    client.call("SendTaskSuccess", answer).await.unwrap();
    assert_eq!(client.ended(&execution).await["output"], "7");
    drop((server, client));

    // The task was answered: a third start calls nobody, for whom the script has no answer.
    let server = start(&config).await;
    assert_eq!(Client::of(&server).describe(&execution).await["output"], "7");
    server.shutdown().await;
}

#[tokio::test]
async fn everything_acknowledged_is_there_after_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::new(directory.path());
    let server = start(&config).await;
    let client = Client::of(&server);
    let done = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let arn = client.create("m", &done).await;
    let mut started = Vec::new();
    for index in 0..20 {
        started.push(client.start(&arn, &format!("e{index}"), "{}").await);
    }
    drop((server, client));

    let server = start(&config).await;
    let client = Client::of(&server);
    for execution in &started {
        assert_eq!(client.ended(execution).await["status"], "SUCCEEDED");
        assert_eq!(
            client.history(execution).await.last().unwrap()["type"],
            "ExecutionSucceeded"
        );
    }
    let listed = client
        .call("ListExecutions", json!({ "stateMachineArn": arn, "maxResults": 7 }))
        .await
        .unwrap();
    let names: Vec<&Value> = listed["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["name"])
        .collect();
    assert_eq!(names, ["e19", "e18", "e17", "e16", "e15", "e14", "e13"]);
    server.shutdown().await;
}

/// Right after its end an execution is described from memory, later from the journal: nobody can tell.
#[tokio::test]
async fn a_description_is_the_same_after_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::new(directory.path());
    let server = start(&config).await;
    let client = Client::of(&server);
    let fails = jsonata("No", json!({"No": {"Type": "Fail", "Error": "E", "Cause": "c"}}));
    let done = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let mut before = Vec::new();
    for (name, definition) in [("fails", fails), ("done", done)] {
        let arn = client.create(name, &definition).await;
        let parameters = json!({ "stateMachineArn": arn, "name": "e", "input": "{ }", "traceHeader": "Root=1" });
        let started = client.call("StartExecution", parameters).await.unwrap();
        let execution = started["executionArn"].as_str().unwrap().to_owned();
        before.push((client.describe(&execution).await, execution));
    }
    drop((server, client));

    let server = start(&config).await;
    let client = Client::of(&server);
    for (described, execution) in before {
        assert_ne!(described["status"], "RUNNING");
        assert_eq!(client.describe(&execution).await, described);
    }
    server.shutdown().await;
}
