//! No room: `rez serve` under a limit on the size of its files refuses what it cannot keep, loses nothing that it has
//! accepted, and works on when there is room again. And a data directory that this user may not write to.

use std::process::Command;

use serde_json::{Value, json};
use tests::home::{Home, Serve};

async fn call(serve: &Serve, operation: &str, parameters: Value) -> (u16, Value) {
    let request = reqwest::Client::new()
        .post(&serve.sfn)
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
        .body(parameters.to_string());
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_journal_that_may_not_grow_refuses_intake_and_keeps_what_it_has_accepted() {
    let home = Home::new();
    // In units of 512 bytes: two megabytes for each file.
    let limited = ["sh", "-c", "ulimit -f 4096; exec \"$@\"", "sh"];
    let serve = home.start_under(&limited, "127.0.0.1:0").listening();
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "Done", "States": { "Done": { "Type": "Succeed" } },
    });
    let role = "arn:aws:iam::123456789012:role/anybody";
    let machine = json!({ "name": "m", "roleArn": role, "definition": definition.to_string() });
    let (_, created) = call(&serve, "CreateStateMachine", machine).await;
    let arn = created["stateMachineArn"].clone();
    let input = json!("x".repeat(100_000)).to_string();
    let start = |name: String| json!({ "stateMachineArn": arn, "name": name, "input": input });
    let mut accepted = 0;
    let refused = loop {
        let (status, answer) = call(&serve, "StartExecution", start(format!("e{accepted}"))).await;
        if status != 200 {
            break (status, answer);
        }
        accepted += 1;
        assert!(accepted < 100, "there is a limit");
    };
    assert!(accepted > 0);
    assert_eq!(refused.0, 503, "{}", refused.1);
    let kind = refused.1["__type"].as_str().expect("AWS's shape");
    assert!(kind.ends_with("#ServiceUnavailable"), "{kind}");
    let body = "y".repeat(4_000);
    let mut last = None;
    for _ in 0..100 {
        let request = serve.http.post(format!("{}/api/messages", serve.api));
        let answer = request.json(&json!({ "body": body })).send().await.expect("an answer");
        if answer.status() != 202 {
            last = Some(answer);
            break;
        }
    }
    let answer = last.expect("a message is refused too");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    serve.kill();

    let serve = home.serve();
    for index in 0..accepted {
        let execution = format!("arn:aws:states:us-east-1:123456789012:execution:m:e{index}");
        let (status, described) = call(&serve, "DescribeExecution", json!({ "executionArn": execution })).await;
        assert_eq!(
            (status, &described["status"]),
            (200, &json!("SUCCEEDED")),
            "e{index}: {described}"
        );
    }
    let (status, _) = call(&serve, "StartExecution", start("after".to_owned())).await;
    assert_eq!(status, 200, "there is room again");
    serve.stop();
}

/// What the owner of the process sees who took somebody else's directory.
#[test]
fn a_directory_that_this_user_may_not_write_to_is_named_with_a_remedy() {
    let home = Home::new();
    let _ = home.rez(&["messages"]).ends_with(0);
    let other = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(tests::rez())
        .arg("messages")
        .env_clear()
        .env("REZ_DATA_DIR", home.path())
        .output();
    let Ok(other) = other else {
        eprintln!("skipped: there is no setpriv (util-linux)");
        return;
    };
    let said = String::from_utf8_lossy(&other.stderr);
    if said.contains("setpriv:") {
        eprintln!("skipped: only root can become another user");
        return;
    }
    assert_eq!(other.status.code(), Some(1), "{said}");
    assert!(said.contains(&*home.path().to_string_lossy()), "{said}");
    assert!(said.contains("REZ_DATA_DIR"), "{said}");
}
