//! Activities and their workers.

use serde_json::json;

use crate::support::{jsonata, server, types};

#[tokio::test]
async fn a_worker_takes_a_task_and_answers_it() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let created = client.call("CreateActivity", json!({ "name": "a" })).await.unwrap();
    assert_eq!(
        client.call("CreateActivity", json!({ "name": "a" })).await.as_ref(),
        Ok(&created)
    );
    let activity = &created["activityArn"];
    let states = json!({"Work": {"Type": "Task", "Resource": activity, "End": true}});
    let arn = client.create("m", &jsonata("Work", states)).await;
    let poll = json!({ "activityArn": activity, "workerName": "w" });
    // The worker waits before there is anything to do.
    let (task, execution) = tokio::join!(
        client.call("GetActivityTask", poll),
        client.start(&arn, "e", "{\"i\":1}")
    );
    let task = task.unwrap();
    assert_eq!(task["input"], "{\"i\":1}");
    client
        .call(
            "SendTaskSuccess",
            json!({ "taskToken": task["taskToken"], "output": "2" }),
        )
        .await
        .unwrap();
    assert_eq!(client.ended(&execution).await["output"], "2");
    let history = client.history(&execution).await;
    assert_eq!(
        types(&history)[2..5],
        ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    );
    client
        .call("DeleteActivity", json!({ "activityArn": activity }))
        .await
        .unwrap();
    let gone = client
        .call("DescribeActivity", json!({ "activityArn": activity }))
        .await;
    assert_eq!(gone, Err("ActivityDoesNotExist".to_owned()));
    server.shutdown().await;
}
