//! State machines and executions over the wire.

use serde_json::json;

use crate::support::{jsonata, machine, server, types};

#[tokio::test]
async fn an_execution_runs_and_everything_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let definition = jsonata(
        "Add",
        json!({"Add": {"Type": "Pass", "Output": "{% $states.input.a + 1 %}", "End": true}}),
    );
    let arn = client.create("m", &definition).await;
    let execution = client.start(&arn, "e", r#"{"a":  1}"#).await;
    let described = client.ended(&execution).await;
    assert_eq!(
        (&described["status"], &described["output"]),
        (&json!("SUCCEEDED"), &json!("2"))
    );
    assert_eq!(
        described["input"], r#"{"a":  1}"#,
        "inputs are kept as they were written"
    );
    let history = client.history(&execution).await;
    assert_eq!(
        types(&history),
        [
            "ExecutionStarted",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded"
        ]
    );
    let page = json!({ "executionArn": execution, "maxResults": 3, "reverseOrder": true });
    let page = client.call("GetExecutionHistory", page).await.unwrap();
    assert_eq!(page["events"][0]["id"], 4);
    let rest = json!({ "executionArn": execution, "reverseOrder": true, "nextToken": page["nextToken"] });
    let rest = client.call("GetExecutionHistory", rest).await.unwrap();
    assert_eq!(
        (rest["events"][0]["id"].as_i64(), rest.get("nextToken")),
        (Some(1), None)
    );
    server.shutdown().await;
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let definition = jsonata("Wait", json!({"Wait": {"Type": "Wait", "Seconds": 3600, "End": true}}));
    let arn = client.create("m", &definition).await;
    assert_eq!(client.create("m", &definition).await, arn);
    let other = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let refused = client.call("CreateStateMachine", machine("m", &other)).await;
    assert_eq!(refused, Err("StateMachineAlreadyExists".to_owned()));
    let start = |input: &str| json!({ "stateMachineArn": arn, "name": "e", "input": input });
    let first = client.call("StartExecution", start("{}")).await.unwrap();
    assert_eq!(client.call("StartExecution", start("{}")).await, Ok(first.clone()));
    let exists = Err("ExecutionAlreadyExists".to_owned());
    assert_eq!(client.call("StartExecution", start("{ }")).await, exists);
    let stop = json!({ "executionArn": first["executionArn"], "error": "E", "cause": "C" });
    let stopped = client.call("StopExecution", stop.clone()).await.unwrap();
    assert_eq!(
        client.call("StopExecution", stop).await,
        Ok(stopped),
        "stopping twice changes nothing"
    );
    let described = client.describe(first["executionArn"].as_str().unwrap()).await;
    assert_eq!(
        (&described["status"], &described["error"]),
        (&json!("ABORTED"), &json!("E"))
    );
    assert_eq!(
        client.call("StartExecution", start("{}")).await,
        exists,
        "a name is used once"
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_running_execution_keeps_its_definition() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let waiting = jsonata("Wait", json!({"Wait": {"Type": "Wait", "Seconds": 3600, "End": true}}));
    let arn = client.create("m", &waiting).await;
    let execution = client.start(&arn, "e", "{}").await;
    let done = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let update = json!({ "stateMachineArn": arn, "definition": done.to_string() });
    client.call("UpdateStateMachine", update).await.unwrap();
    let running = client
        .call("DescribeStateMachineForExecution", json!({ "executionArn": execution }))
        .await
        .unwrap();
    assert_eq!(running["definition"], waiting.to_string());
    let current = client
        .call("DescribeStateMachine", json!({ "stateMachineArn": arn }))
        .await
        .unwrap();
    assert_eq!(current["definition"], done.to_string());
    let second = client.start(&arn, "f", "{}").await;
    assert_eq!(client.ended(&second).await["status"], "SUCCEEDED");
    server.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_run_yet_is_refused_at_its_creation() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let path = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.a.median()", "End": true}}});
    let (status, answer) = client
        .send("CreateStateMachine", machine("m", &path).to_string().into_bytes())
        .await;
    assert_eq!(status, 400);
    assert!(
        answer["__type"].as_str().unwrap().ends_with("#InvalidDefinition"),
        "{answer}"
    );
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("ends in a function that does not exist"),
        "{answer}"
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_second_server_on_the_same_directory_learns_who_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let (first, _) = server(directory.path()).await;
    let error = server::start(server::Config::new(directory.path())).await.unwrap_err();
    assert_eq!(error.in_use_by(), Some(std::process::id().to_string().as_str()));
    let file = server::ServeFile::read(directory.path()).unwrap();
    assert_eq!(file.addresses, first.addresses);
    first.shutdown().await;
    assert_eq!(server::ServeFile::read(directory.path()), None);
}

#[tokio::test]
async fn a_description_names_variables_and_leaves_out_what_was_not_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let definition = jsonata(
        "A",
        json!({
            "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
            "B": {"Type": "Pass", "Output": "{% $x + 1 %}", "End": true}
        }),
    );
    let arn = client.create("m", &definition).await;
    let machine = |included: &str| json!({ "stateMachineArn": arn, "includedData": included });
    let all = client.call("DescribeStateMachine", machine("ALL_DATA")).await.unwrap();
    assert_eq!(all["variableReferences"], json!({ "B": ["x"] }));
    let metadata = client
        .call("DescribeStateMachine", machine("METADATA_ONLY"))
        .await
        .unwrap();
    assert_eq!(
        (&metadata["definition"], metadata.get("variableReferences")),
        (&json!("{}"), None)
    );
    let execution = client.start(&arn, "e", "{}").await;
    client.ended(&execution).await;
    let request = json!({ "executionArn": execution, "includedData": "METADATA_ONLY" });
    let described = client.call("DescribeExecution", request).await.unwrap();
    assert_eq!((described.get("input"), described.get("output")), (None, None));
    assert_eq!(described["outputDetails"], json!({ "included": false }));
    server.shutdown().await;
}

#[tokio::test]
async fn an_update_that_changes_nothing_makes_no_revision() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let definition = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let arn = client.create("m", &definition).await;
    let update = |role: &str| json!({ "stateMachineArn": arn, "definition": definition.to_string(), "roleArn": role });
    let role = "arn:aws:iam::123456789012:role/other";
    let changed = client.call("UpdateStateMachine", update(role)).await.unwrap();
    let same = client.call("UpdateStateMachine", update(role)).await.unwrap();
    assert_eq!(same.get("revisionId"), None, "{same}");
    let request = json!({ "stateMachineArn": arn });
    let described = client.call("DescribeStateMachine", request).await.unwrap();
    assert_eq!(described["revisionId"], changed["revisionId"]);
    server.shutdown().await;
}

#[tokio::test]
async fn a_name_means_the_newest_execution_that_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let ends = jsonata("Done", json!({"Done": {"Type": "Succeed"}}));
    let waits = jsonata("Wait", json!({"Wait": {"Type": "Wait", "Seconds": 3600, "End": true}}));
    let arn = client.create("m", &ends).await;
    let execution = client.start(&arn, "e", "{}").await;
    assert_eq!(client.describe(&execution).await["status"], "SUCCEEDED");
    client
        .call("DeleteStateMachine", json!({ "stateMachineArn": arn }))
        .await
        .unwrap();
    assert_eq!(client.describe(&execution).await["status"], "SUCCEEDED");
    let arn = client.create("m", &waits).await;
    assert_eq!(client.start(&arn, "e", "{}").await, execution);
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    server.shutdown().await;
}
