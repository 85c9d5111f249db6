//! The console's Step Functions: what it asks for is signed, and what our wire API answers is read.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use console::StepFunctions as _;
use serde_json::{Value, json};
use tests::home::Home;
use tokio::net::TcpListener;
use web_api::SignedStepFunctions;

use super::moto::{MACHINE, aws};

#[tokio::test]
async fn operations_and_parts_of_histories_are_read_over_the_wire() {
    let home = Home::new();
    let serve = home.serve();
    let service = SignedStepFunctions::new(&aws(&serve.sfn)).expect("it can be asked");
    let machines = service.call("ListStateMachines", json!({})).await.expect("a list");
    let names: Vec<&Value> = machines["stateMachines"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert!(names.contains(&&json!("process-message")), "{names:?}");
    let start = json!({ "stateMachineArn": MACHINE, "name": "m", "input": json!({ "body": "hello" }).to_string() });
    let started = service.call("StartExecution", start).await.expect("it starts");
    let arn = started["executionArn"].as_str().expect("its ARN");
    let described = loop {
        let described = service
            .call("DescribeExecution", json!({ "executionArn": arn }))
            .await
            .expect("it is there");
        if described["status"] != "RUNNING" {
            break described;
        }
    };
    assert_eq!(described["status"], "SUCCEEDED", "{described}");

    let all = service.events(arn, 1, 25_000, false).await.expect("a history");
    let ids: Vec<u64> = all.iter().filter_map(|event| event["id"].as_u64()).collect();
    assert_eq!(ids, (1..=all.len() as u64).collect::<Vec<_>>());
    assert_eq!(all[0]["type"], "ExecutionStarted");
    let part = service.events(arn, 2, 3, false).await.expect("a part");
    assert_eq!(part, all[1..4]);
    assert_eq!(
        service.events(arn, 10_000, 3, true).await.expect("nothing is there"),
        [Value::Null; 0]
    );
    assert_eq!(service.counts(MACHINE).await.expect("an answer"), None);

    let absent = json!({ "executionArn": format!("{arn}-none") });
    let refused = service
        .call("DescribeExecution", absent)
        .await
        .expect_err("there is none");
    assert_eq!(refused.code, "ExecutionDoesNotExist", "{refused}");
    serve.kill();
    let unanswered = service
        .call("ListStateMachines", json!({}))
        .await
        .expect_err("nobody is there");
    assert_eq!(unanswered.code, "ServiceUnavailable");
}

/// Everything that says what is asked for is under the signature.
#[tokio::test]
async fn a_request_is_signed_and_a_refusal_keeps_its_code() {
    let seen: Arc<Mutex<HeaderMap>> = Arc::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let keeps = Arc::clone(&seen);
    let refuse = async move |headers: HeaderMap| {
        *keeps.lock().expect("nobody panicked") = headers;
        let code = "AccessDeniedException:http://internal.amazon.com/coral/";
        (
            StatusCode::BAD_REQUEST,
            [("x-amzn-errortype", code)],
            r#"{"Message":"no"}"#,
        )
    };
    let served = tokio::spawn(axum::serve(listener, Router::new().route("/", post(refuse))).into_future());
    let service = SignedStepFunctions::new(&aws(&format!("http://{address}"))).expect("it can be asked");
    let refused = service
        .call("ListStateMachines", json!({}))
        .await
        .expect_err("it is refused");
    served.abort();
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        ("AccessDeniedException", "no")
    );
    let seen = seen.lock().expect("nobody panicked");
    let header = |name: &str| seen[name].to_str().expect("text").to_owned();
    assert_eq!(header("x-amz-target"), "AWSStepFunctions.ListStateMachines");
    assert_eq!(header("content-type"), "application/x-amz-json-1.0");
    assert_eq!(header("x-amz-security-token"), "session");
    let signature = header("authorization");
    for part in [
        "AWS4-HMAC-SHA256 Credential=test/",
        "/us-east-1/states/aws4_request",
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
    ] {
        assert!(signature.contains(part), "{signature}");
    }
}
