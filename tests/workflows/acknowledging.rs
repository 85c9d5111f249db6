//! `rez ack`: the real program acknowledges what another one of it escalates.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::home::{Home, Serve};
use tests::ntfy::{self, Ntfy};

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

/// The address that telephones are told. Nothing answers there: what it names is asked where the server listens.
const PUBLIC: &str = "https://rez.example.org";

/// What a telephone got: the notification's buttons, by their kind.
async fn buttons(ntfy: &Ntfy, topic: &str) -> Value {
    let begun = Instant::now();
    loop {
        let address = format!("{}/{topic}/json?poll=1", ntfy.url());
        let lines = reqwest::get(address)
            .await
            .expect("ntfy answers")
            .text()
            .await
            .expect("text");
        if let Some(line) = lines.lines().next() {
            let notification: Value = serde_json::from_str(line).expect("JSON");
            return notification["actions"].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "nothing arrives");
        tokio::task::yield_now().await;
    }
}

/// Through the real ntfy, old and new: the button of the notification as it was received ends the escalation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_acknowledges_by_the_button_of_the_notification() {
    for binary in ntfy::binaries() {
        let ntfy = Ntfy::start(&binary, "");
        let home = Home::new().with("NTFY_URL", ntfy.url()).with("REZ_PUBLIC_URL", PUBLIC);
        let serve = home.serve();
        let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:escalate-message";
        let input = json!({ "body": "the boiler is hot", "topics": ["boiler"], "rounds": 1, "pause": 86_400 });
        let start = json!({ "stateMachineArn": machine, "name": NAME, "input": input.to_string() });
        let arn = ask(&serve, "StartExecution", start).await["executionArn"].clone();
        let execution = json!({ "executionArn": arn });
        let history = until(&serve, "GetExecutionHistory", &execution, "TaskSubmitted").await;
        assert!(!history.to_string().contains("/ack/"), "the link is in the history");

        let buttons = buttons(&ntfy, "boiler").await;
        let acknowledge = &buttons[0];
        assert_eq!(
            (&acknowledge["action"], &acknowledge["method"]),
            (&json!("http"), &json!("POST")),
            "{buttons}"
        );
        assert_eq!(
            (&buttons[1]["action"], &buttons[1]["url"]),
            (&json!("view"), &acknowledge["url"]),
            "{buttons}"
        );
        let link = acknowledge["url"].as_str().expect("a URL");
        let link = link.strip_prefix(PUBLIC).expect("the public address");
        let stranger = reqwest::Client::builder().no_proxy().build().expect("a client");
        let page = stranger
            .get(format!("{}{link}", serve.api))
            .send()
            .await
            .expect("an answer");
        assert_eq!(page.status(), 200);
        let described = ask(&serve, "DescribeExecution", execution.clone()).await;
        assert_eq!(described["status"], "RUNNING", "a look at the page has acknowledged it");

        for _ in 0..2 {
            let tapped = stranger
                .post(format!("{}{link}", serve.api))
                .send()
                .await
                .expect("an answer");
            assert_eq!(tapped.status(), 200);
        }
        let ended = until(&serve, "DescribeExecution", &execution, "SUCCEEDED").await;
        let output: Value = serde_json::from_str(ended["output"].as_str().expect("an output")).expect("JSON");
        assert_eq!((&output["acknowledged"], &output["by"]), (&json!(true), &json!(null)));
        let (_, code) = link.rsplit_once('.').expect("a code");
        let log = serve.stop() + &home.rez(&["logs"]).out;
        assert!(
            log.contains("answered") && !log.contains(code),
            "the link is in the log"
        );
    }
}
