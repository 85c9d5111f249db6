//! Redrives of executions that others wait for, and of those that wait.

use serde_json::json;

use super::{redrive, undecided};
use crate::support::{jsonata, server};

/// What a task has started is told its failure once; the execution may go on by itself, and so may the one around it, which
/// then starts another.
#[tokio::test]
async fn parent_and_child_are_redriven_each_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let child = client.create("child", &undecided()).await;
    let states = json!({"Nested": {
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
        "Arguments": {"StateMachineArn": child, "Name": "{% 'c' & $states.context.Execution.RedriveCount %}", "Input": {}},
    }});
    let parent = client.create("parent", &jsonata("Nested", states)).await;
    let execution = client.start(&parent, "p", "{}").await;
    assert_eq!(client.ended(&execution).await["status"], "FAILED");
    let first = child.replace(":stateMachine:", ":execution:") + ":c0";
    redrive(&client, &first).await.unwrap();
    assert_eq!(client.ended(&first).await["status"], "SUCCEEDED");
    assert_eq!(
        client.describe(&execution).await["status"],
        "FAILED",
        "its task is over"
    );
    redrive(&client, &execution).await.unwrap();
    let again = client.ended(&execution).await;
    assert_eq!(
        (&again["status"], &again["redriveCount"]),
        (&json!("FAILED"), &json!(1))
    );
    let second = child.replace(":stateMachine:", ":execution:") + ":c1";
    assert_eq!(client.describe(&second).await["status"], "FAILED", "a child of its own");
    server.shutdown().await;
}

/// The parent has caught the child's failure and goes on. What becomes of the child afterwards is nothing to it.
#[tokio::test]
async fn a_parent_that_has_caught_the_failure_hears_nothing_of_the_redrive() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let child = client.create("child", &undecided()).await;
    let states = json!({
        "Nested": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Next": "Wait",
            "Arguments": {"StateMachineArn": child, "Name": "c", "Input": {}},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Wait"}],
        },
        "Wait": {"Type": "Wait", "Seconds": 3_600, "End": true},
    });
    let parent = client.create("parent", &jsonata("Nested", states)).await;
    let execution = client.start(&parent, "p", "{}").await;
    while client.history(&execution).await.last().unwrap()["type"] != "WaitStateEntered" {
        tokio::task::yield_now().await;
    }
    let before = client.history(&execution).await;
    let child = child.replace(":stateMachine:", ":execution:") + ":c";
    redrive(&client, &child).await.unwrap();
    assert_eq!(client.ended(&child).await["status"], "SUCCEEDED");
    assert_eq!(client.history(&execution).await, before);
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    server.shutdown().await;
}
