//! `rez ack`: the real program acknowledges what another one of it escalates.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::home::{Home, Serve};

/// How long a round may take to begin.
const PATIENCE: Duration = Duration::from_mins(1);
const NAME: &str = "night-watch";

async fn ask(serve: &Serve, operation: &str, request: Value) -> Value {
    let answer = reqwest::Client::new()
        .post(&serve.sfn)
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
        .body(request.to_string())
        .send()
        .await
        .expect("an answer");
    answer.json().await.expect("JSON")
}

/// Asks until the answer has this in it.
async fn until(serve: &Serve, operation: &str, request: &Value, word: &str) -> Value {
    let begun = Instant::now();
    loop {
        let answer = ask(serve, operation, request.clone()).await;
        if answer.to_string().contains(word) {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "no {word} in {answer}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_acknowledges_on_the_command_line() {
    let home = Home::new();
    let serve = home.serve();
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:escalate-message";
    let input = json!({ "body": "the boiler is hot", "topics": ["boiler"], "rounds": 1, "pause": 86_400 });
    let start = json!({ "stateMachineArn": machine, "name": NAME, "input": input.to_string() });
    let arn = ask(&serve, "StartExecution", start).await["executionArn"].clone();
    let execution = json!({ "executionArn": arn });
    until(&serve, "GetExecutionHistory", &execution, "TaskSubmitted").await;

    let acknowledged = home.rez(&["ack", NAME, "--by", "Ada"]).ends_with(0);
    assert!(
        acknowledged.out.starts_with("night-watch  acknowledged at "),
        "{acknowledged:?}"
    );
    let ended = until(&serve, "DescribeExecution", &execution, "SUCCEEDED").await;
    let output: Value = serde_json::from_str(ended["output"].as_str().expect("an output")).expect("JSON");
    assert_eq!((&output["acknowledged"], &output["by"]), (&json!(true), &json!("Ada")));

    let second = home.rez(&["ack", NAME]).ends_with(2);
    assert!(second.err.contains("was acknowledged already"), "{second:?}");
    let unknown = home.rez(&["ack", "nobody"]).ends_with(2);
    assert!(
        unknown
            .err
            .contains("nobody waits for an acknowledgement of this message"),
        "{unknown:?}"
    );
    serve.stop();
}
