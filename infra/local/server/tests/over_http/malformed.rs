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
