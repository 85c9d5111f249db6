//! A state machine that is deleted while executions of it run: it is there until they have ended.

use serde_json::{Value, json};

use crate::support::{Client, jsonata, machine, server};

fn waiting() -> Value {
    jsonata("Wait", json!({"Wait": {"Type": "Wait", "Seconds": 3600, "End": true}}))
}

async fn listed(client: &Client) -> Vec<Value> {
    let answer = client.call("ListStateMachines", json!({})).await.unwrap();
    let machines = answer["stateMachines"].as_array().unwrap();
    machines.iter().map(|one| one["name"].clone()).collect()
}

#[tokio::test]
async fn it_is_described_as_being_deleted_and_gone_with_its_last_execution() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let arn = client.create("m", &waiting()).await;
    let execution = client.start(&arn, "e", "{}").await;
    let named = json!({ "stateMachineArn": arn });
    client.call("DeleteStateMachine", named.clone()).await.unwrap();
    let described = client.call("DescribeStateMachine", named.clone()).await.unwrap();
    assert_eq!(
        (&described["status"], &described["definition"]),
        (&json!("DELETING"), &json!(waiting().to_string()))
    );
    assert!(listed(&client).await.contains(&json!("m")));
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    let executions = client.call("ListExecutions", named.clone()).await.unwrap();
    assert_eq!(executions["executions"][0]["executionArn"], execution);

    let update = json!({ "stateMachineArn": arn, "definition": waiting().to_string() });
    for (operation, parameters) in [
        ("StartExecution", named.clone()),
        ("UpdateStateMachine", update),
        ("CreateStateMachine", machine("m", &waiting())),
    ] {
        let refused = client.call(operation, parameters).await;
        assert_eq!(refused, Err("StateMachineDeleting".to_owned()), "{operation}");
    }
    let again = client.call("DeleteStateMachine", named.clone()).await;
    assert_eq!(again, Ok(json!({})), "deleting twice is no error");

    client
        .call("StopExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    for operation in ["DescribeStateMachine", "StartExecution", "ListExecutions"] {
        let gone = client.call(operation, named.clone()).await;
        assert_eq!(gone, Err("StateMachineDoesNotExist".to_owned()), "{operation}");
    }
    assert!(!listed(&client).await.contains(&json!("m")));
    assert_eq!(client.describe(&execution).await["status"], "ABORTED");
    assert_eq!(client.create("m", &waiting()).await, arn, "the name is free");
    server.shutdown().await;
}

/// A task that starts executions learns it as a caller does.
#[tokio::test]
async fn no_execution_of_it_is_started_by_another() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let doomed = client.create("doomed", &waiting()).await;
    client.start(&doomed, "e", "{}").await;
    client
        .call("DeleteStateMachine", json!({ "stateMachineArn": doomed }))
        .await
        .unwrap();
    let starts = json!({"Start": {
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true,
        "Arguments": { "StateMachineArn": doomed, "Input": {} },
    }});
    let starter = client.create("starter", &jsonata("Start", starts)).await;
    let execution = client.start(&starter, "e", "{}").await;
    let ended = client.ended(&execution).await;
    assert_eq!(ended["error"], "StepFunctions.StateMachineDeletingException", "{ended}");
    server.shutdown().await;
}
