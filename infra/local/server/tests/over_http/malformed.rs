//! Nothing that comes over the wire breaks the server.

use serde_json::json;

use crate::support::server;

const OPERATIONS: &[&str] = &[
    "CreateActivity",
    "CreateStateMachine",
    "DeleteActivity",
    "DeleteStateMachine",
    "DescribeActivity",
    "DescribeExecution",
    "DescribeStateMachine",
    "DescribeStateMachineForExecution",
    "GetActivityTask",
    "GetExecutionHistory",
    "ListExecutions",
    "RedriveExecution",
    "SendTaskFailure",
    "SendTaskHeartbeat",
    "SendTaskSuccess",
    "StartExecution",
    "StopExecution",
    "UpdateStateMachine",
    "ValidateStateMachineDefinition",
    "TestState",
    "NoSuchOperation",
];

#[tokio::test]
async fn every_operation_answers_nonsense_with_an_error_in_awss_shape() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let arn = json!({"stateMachineArn": "x", "executionArn": "arn:aws:states:::", "activityArn": "\u{0}"}).to_string();
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{\"name\": 1}",
        br#"{"name": "\ud83d\ude00"}"#,
        arn.as_bytes(),
    ];
    for operation in OPERATIONS {
        for body in bodies {
            let (status, answer) = client.send(operation, body.to_vec()).await;
            assert!(
                (400..=501).contains(&status) && status != 500,
                "{operation}: {status} {answer}"
            );
            assert!(
                answer["__type"].as_str().unwrap().contains('#'),
                "{operation}: {answer}"
            );
        }
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_browser_is_told_what_it_has_found() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _) = server(directory.path()).await;
    let (api, sfn) = (server.addresses.api, server.addresses.sfn);
    let pages = [
        (format!("http://{api}/"), 200, "/api/messages"),
        (format!("http://{api}/"), 200, "list-state-machines"),
        (format!("http://{api}/api"), 200, "/api/dead-letters"),
        (format!("http://{api}/nothing"), 404, "GET /api"),
        (format!("http://{api}/inbox/"), 200, "/json?poll=1"),
        (format!("http://{api}/inbox"), 200, "/json?poll=1"),
        (format!("http://{api}/inbox/rez/json"), 400, "poll=1"),
        (format!("http://{sfn}/"), 405, "X-Amz-Target"),
        (format!("http://{sfn}/nothing"), 404, "X-Amz-Target"),
    ];
    for (url, status, says) in pages {
        let answer = reqwest::get(&url).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{url}");
        if status == 405 {
            assert_eq!(answer.headers()["allow"], "POST");
        }
        let text = answer.text().await.unwrap();
        assert!(text.contains(says), "{url}: {text}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn the_state_machine_of_messages_is_not_for_others_to_change() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let machines = client.call("ListStateMachines", json!({})).await.unwrap();
    let arn = &machines["stateMachines"][0]["stateMachineArn"];
    let role = "arn:aws:iam::123456789012:role/other";
    for (operation, parameters) in [
        ("DeleteStateMachine", json!({ "stateMachineArn": arn })),
        ("UpdateStateMachine", json!({ "stateMachineArn": arn, "roleArn": role })),
    ] {
        let error = client.call(operation, parameters).await.unwrap_err();
        assert_eq!(error, "AccessDeniedException", "{operation}");
    }
    assert_eq!(client.call("ListStateMachines", json!({})).await.unwrap(), machines);
    server.shutdown().await;
}
