//! The generated policy of `process-message` is exact: with all of it every end is reached, and without any one permission
//! some end is not.
//!
//! Every other test that starts `rez` runs under the policies too: `tests::home::Home` says so.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use server::{Config, ManualClock, Ntfy, Policies, Server};
use tests::sink::Sink;

const WORKFLOW: &str = "process-message";
/// How far the clock goes on while nothing but time is missing: less than the pause before a task is tried again.
const STEP: Duration = Duration::from_secs(1);
/// How long a message may take: four states.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the sink does instead of taking it, and how the message ends.
const ENDS: [(&[&str], &str); 2] = [(&[], "SUCCEEDED"), (&["40009"], "FAILED")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_can_be_left_out_of_the_generated_policy() {
    let all = Policies::of_workflows("dev");
    for (acts, status) in ENDS {
        assert_eq!(end(acts, &all).await, status, "{acts:?}");
    }
    let mut without = 0;
    while let Some(rest) = all.without(WORKFLOW, without) {
        let mut denied = false;
        for (acts, _) in ENDS {
            denied |= end(acts, &rest).await == "denied";
        }
        assert!(denied, "nothing needs permission {without} of the policy");
        without += 1;
    }
    assert_eq!(without, 4, "three functions and a queue");
}

/// How a message ends: the status of its execution, or `denied` as soon as a task was.
async fn end(acts: &[&str], policies: &Policies) -> String {
    let sink = Sink::scripted(acts).await;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let clock = ManualClock::new(Timestamp::now());
    let config = Config {
        ntfy: Ntfy {
            url: Some(sink.url.clone()),
            topic: "rez".to_owned(),
            token: None,
        },
        clock: Arc::new(clock.clone()),
        policies: policies.clone(),
        ..Config::new(directory.path())
    };
    let server = server::start(config).await.expect("it starts");
    let started = ask(
        &server,
        "StartExecution",
        &json!({
            "stateMachineArn": format!("arn:aws:states:us-east-1:123456789012:stateMachine:{WORKFLOW}"),
            "input": json!({ "body": "hello" }).to_string(),
        }),
    )
    .await;
    let execution = json!({ "executionArn": started["executionArn"] });
    let ended = async {
        loop {
            let history = ask(&server, "GetExecutionHistory", &execution).await;
            if history.to_string().contains("is not authorized to perform") {
                return "denied".to_owned();
            }
            let described = ask(&server, "DescribeExecution", &execution).await;
            if described["status"] != "RUNNING" {
                return described["status"].as_str().expect("a status").to_owned();
            }
            if history["events"]
                .as_array()
                .and_then(|events| events.last())
                .is_some_and(|last| last["type"] == "TaskFailed")
            {
                clock.advance(STEP);
            }
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, ended).await.expect("it ends");
    server.shutdown().await;
    ended
}

async fn ask(server: &Server, operation: &str, request: &Value) -> Value {
    let answer = reqwest::Client::new()
        .post(format!("http://{}/", server.addresses.sfn))
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
        .body(request.to_string())
        .send()
        .await
        .expect("an answer");
    answer.json().await.expect("JSON")
}
