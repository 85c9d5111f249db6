//! What ended long ago is gone, what runs is not.

use std::time::Duration;

use serde_json::json;
use server::ManualClock;

use crate::support::{jsonata, server_at};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn an_execution_is_kept_for_its_retention_after_its_end_and_its_name_is_free_then() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let ends = client
        .create("ends", &jsonata("Done", json!({"Done": {"Type": "Succeed"}})))
        .await;
    let wait = json!({"Wait": {"Type": "Wait", "Seconds": 86_400 * 300, "End": true}});
    let sleeps = client.create("sleeps", &jsonata("Wait", wait)).await;
    let ended = client.start(&ends, "e", "1").await;
    let sleeping = client.start(&sleeps, "e", "1").await;

    clock.advance(DAY * 89);
    assert_eq!(client.describe(&ended).await["status"], "SUCCEEDED");
    clock.advance(DAY * 2);
    let gone = async {
        while client
            .call("DescribeExecution", json!({ "executionArn": ended }))
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .expect("it goes");
    for operation in ["DescribeExecution", "GetExecutionHistory"] {
        let answer = client.call(operation, json!({ "executionArn": ended })).await;
        assert_eq!(answer.unwrap_err(), "ExecutionDoesNotExist", "{operation}");
    }
    assert_eq!(client.describe(&sleeping).await["status"], "RUNNING");
    assert_eq!(client.start(&ends, "e", "2").await, ended, "the name is free");

    clock.advance(DAY * 300);
    assert_eq!(client.ended(&sleeping).await["status"], "SUCCEEDED");
    server.shutdown().await;
}
