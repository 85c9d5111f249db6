//! What listings and histories show, and what they leave out.

use serde_json::{Value, json};

use crate::support::{Behaviour, Client, Lambda, jsonata, server, start};

#[tokio::test]
async fn a_history_without_execution_data_has_no_input_and_no_output() {
    let directory = tempfile::tempdir().unwrap();
    let lambda = Lambda::start([
        Behaviour::Answer(json!("secret answer")),
        Behaviour::Fail(json!({ "errorType": "Custom", "errorMessage": "told" })),
    ])
    .await;
    let config = server::Config {
        lambda_endpoint: Some(lambda.url.clone()),
        ..server::Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let states = json!({
        "Direct": {"Type": "Task", "Resource": function, "Assign": {"kept": "{% $states.result %}"}, "Next": "Invoke"},
        "Invoke": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Arguments": {"FunctionName": function, "Payload": "{% $kept %}"},
        },
    });
    let arn = client.create("m", &jsonata("Direct", states)).await;
    let execution = client.start(&arn, "e", r#"{"secret": "question"}"#).await;
    assert_eq!(client.ended(&execution).await["status"], "FAILED");
    let request = json!({ "executionArn": execution, "includeExecutionData": false });
    let without = client.call("GetExecutionHistory", request).await.unwrap();
    assert!(!without.to_string().contains("secret"), "{without}");
    let whole = client.history(&execution).await;
    let without = without["events"].as_array().unwrap();
    assert_eq!(without.len(), whole.len());
    let data = [
        "input",
        "inputDetails",
        "output",
        "outputDetails",
        "parameters",
        "assignedVariables",
        "assignedVariablesDetails",
    ];
    for (without, mut whole) in without.iter().zip(whole) {
        for details in whole
            .as_object_mut()
            .unwrap()
            .values_mut()
            .filter_map(Value::as_object_mut)
        {
            details.retain(|name, _| !data.contains(&name.as_str()));
        }
        assert_eq!(*without, whole, "everything else is there");
    }
    let failed = &without[without.len() - 2]["taskFailedEventDetails"];
    assert_eq!(failed["error"], "Custom", "what went wrong is no data: {failed}");
    server.shutdown().await;
}

/// Source: API reference, `ListExecutions`.
#[tokio::test]
async fn filters_about_redrives_are_for_map_runs() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let arn = client
        .create("m", &jsonata("Done", json!({"Done": {"Type": "Succeed"}})))
        .await;
    let map_run = "arn:aws:states:us-east-1:123456789012:mapRun:m/Label:00000000-0000-0000-0000-000000000000";
    for (parameters, error) in [
        (
            json!({ "stateMachineArn": arn, "redriveFilter": "REDRIVEN" }),
            "ValidationException",
        ),
        (
            json!({ "stateMachineArn": arn, "redriveFilter": "NOT_REDRIVEN" }),
            "ValidationException",
        ),
        (
            json!({ "stateMachineArn": arn, "redriveFilter": "MAYBE" }),
            "ValidationException",
        ),
        (
            json!({ "stateMachineArn": arn, "statusFilter": "PENDING_REDRIVE" }),
            "ValidationException",
        ),
        (
            json!({ "stateMachineArn": arn, "mapRunArn": map_run }),
            "ValidationException",
        ),
        (json!({}), "ValidationException"),
        (
            json!({ "mapRunArn": map_run, "redriveFilter": "REDRIVEN" }),
            "ResourceNotFound",
        ),
    ] {
        let refused = client.call("ListExecutions", parameters.clone()).await;
        assert_eq!(refused, Err(error.to_owned()), "{parameters}");
    }
    server.shutdown().await;
}
