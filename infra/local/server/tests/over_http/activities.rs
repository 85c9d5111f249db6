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

#[tokio::test]
async fn a_new_activity_has_the_tags_that_it_was_created_with() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let tags = json!([{ "key": "team", "value": "a" }, { "key": "empty", "value": "" }]);
    let create = json!({ "name": "a", "tags": tags });
    let created = client.call("CreateActivity", create).await.unwrap();
    let named = json!({ "resourceArn": created["activityArn"] });
    let listed = client.call("ListTagsForResource", named.clone()).await.unwrap();
    assert_eq!(listed["tags"], tags);
    // The same name again is the same activity, whose tags are changed by `TagResource` alone.
    let again = json!({ "name": "a", "tags": [{ "key": "team", "value": "b" }] });
    assert_eq!(client.call("CreateActivity", again).await, Ok(created));
    assert_eq!(client.call("ListTagsForResource", named).await, Ok(listed));
    let many: Vec<_> = (0..51)
        .map(|key| json!({ "key": key.to_string(), "value": "" }))
        .collect();
    let refused = client
        .call("CreateActivity", json!({ "name": "b", "tags": many }))
        .await;
    assert_eq!(refused, Err("TooManyTags".to_owned()));
    let described = json!({ "activityArn": "arn:aws:states:us-east-1:123456789012:activity:b" });
    let described = client.call("DescribeActivity", described).await;
    assert_eq!(described, Err("ActivityDoesNotExist".to_owned()), "nothing was created");
    server.shutdown().await;
}
