//! Events go in, answers come out, one at a time in each process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use functions::{InvokeError, PAYLOAD_BYTES, Stream};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{PATIENCE, Unruly, invocation, invoke, state, until};

#[tokio::test]
async fn an_event_comes_with_what_lambda_says_of_it_and_the_process_stays() {
    let unruly = Unruly::new(|_| {});
    let first = unruly.told(json!({ "a": [1, null] })).await.unwrap();
    assert_eq!(first["event"], json!({ "a": [1, null] }));
    let said = |name: &str| {
        first["headers"][format!("lambda-runtime-{name}")]
            .as_str()
            .unwrap_or_default()
    };
    assert_eq!(
        said("invoked-function-arn"),
        "arn:aws:lambda:us-east-1:123456789012:function:unruly"
    );
    assert!(said("trace-id").starts_with("Root=1-") && said("client-context").contains("custom"));
    assert_eq!(said("aws-request-id").len(), 36);
    let deadline = Duration::from_millis(said("deadline-ms").parse().unwrap());
    let left = deadline.saturating_sub(SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
    assert!(left > PATIENCE / 2 && left <= PATIENCE, "{left:?}");

    let second = unruly.told(json!({})).await.unwrap();
    assert_eq!((&second["process"], &second["count"]), (&first["process"], &json!(2)));
    until(|| unruly.function.frozen().len() == 1).await;
    let process = unruly.function.frozen()[0];
    assert_eq!(json!(process), first["process"]);
    if cfg!(target_os = "linux") {
        until(|| state(process) == Some('T')).await;
    }
    let third = unruly.told(json!({})).await.unwrap();
    assert_eq!(third["count"], 3, "it is thawed for its next event");
}

#[tokio::test]
async fn events_at_once_get_a_process_each_up_to_a_bound() {
    let mut unruly = Unruly::new(|settings| settings.most = 3);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("go on");
    let mut calls = JoinSet::new();
    let call = |event: Value| {
        let function = Arc::clone(&unruly.function);
        async move { invoke(&function, event).await.unwrap() }
    };
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(tokio::spawn(call(json!({ "do": "wait", "file": file }))));
    }
    for _ in 0..3 {
        let heard = tokio::time::timeout(PATIENCE, unruly.lines.recv()).await.unwrap();
        assert_eq!(heard.unwrap().1, "waiting", "three at the same time");
    }
    for _ in 0..9 {
        calls.spawn(call(json!({})));
    }
    tokio::task::yield_now().await;
    assert_eq!(unruly.function.processes(), 3);
    assert!(calls.try_join_next().is_none(), "the others wait for one of them");
    std::fs::write(file, "").unwrap();
    let mut processes = BTreeSet::new();
    while let Some(answer) = calls.join_next().await {
        processes.insert(answer.unwrap()["process"].as_u64().unwrap());
        assert!(unruly.function.processes() <= 3);
    }
    assert!(!processes.is_empty() && processes.len() <= 3, "{processes:?}");
    for one in waiting {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn the_environment_is_lambdas_and_the_functions_own_and_nothing_else() {
    let unruly = Unruly::new(|settings| {
        settings.environment = [
            ("STAGE", "dev"),
            ("AWS_LAMBDA_FUNCTION_NAME", "another"),
            ("TZ", ":Mars"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        settings.memory = 256;
    });
    let environment = unruly.told(json!({ "do": "environment" })).await.unwrap();
    let expected = [
        ("STAGE", "dev"),
        ("AWS_LAMBDA_FUNCTION_NAME", "unruly"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/unruly"),
        ("TZ", ":Mars"),
        ("LANG", "en_US.UTF-8"),
    ];
    for (name, value) in expected {
        assert_eq!(environment[name], value, "{name}");
    }
    let named = expected.map(|(name, _)| name);
    let told = [
        "_HANDLER",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "LAMBDA_TASK_ROOT",
        "PATH",
        // Where certificates lie on this machine, if somebody has said so.
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ];
    let keys = environment.as_object().unwrap().keys();
    let others: Vec<_> = keys
        .filter(|name| !named.contains(&name.as_str()) && !told.contains(&name.as_str()))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(
        std::env::var_os("CARGO_MANIFEST_DIR").is_some(),
        "there is something to leave out"
    );
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_unruly-function"));
    assert_eq!(environment["LAMBDA_TASK_ROOT"], json!(program.parent()));
}

#[tokio::test]
async fn what_a_process_says_is_heard_line_by_line() {
    let mut unruly = Unruly::new(|_| {});
    assert_eq!(unruly.told(json!({ "do": "say" })).await, Ok(Value::Null));
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(
            tokio::time::timeout(PATIENCE, unruly.lines.recv())
                .await
                .unwrap()
                .unwrap(),
        );
    }
    let expected = [
        (Stream::Out, "on standard output".to_owned()),
        (Stream::Err, "on standard error".to_owned()),
    ];
    assert!(expected.iter().all(|line| heard.contains(line)), "{heard:?}");
}

#[tokio::test]
async fn an_event_that_is_too_long_reaches_nobody() {
    let unruly = Unruly::new(|_| {});
    let mut long = invocation(&json!({}));
    long.payload = format!("\"{}\"", "x".repeat(PAYLOAD_BYTES));
    let refused = unruly.function.invoke(long).await.unwrap_err();
    assert_eq!(refused, InvokeError::TooLarge(PAYLOAD_BYTES + 2));
    assert_eq!(unruly.function.processes(), 0);
}

#[tokio::test]
async fn a_process_can_be_started_before_it_is_needed() {
    let unruly = Unruly::new(|_| {});
    unruly.function.warm().await.unwrap();
    let warm = unruly.function.frozen();
    unruly.function.warm().await.unwrap();
    assert_eq!((warm.len(), unruly.function.frozen()), (1, warm.clone()));
    let answer = unruly.told(json!({})).await.unwrap();
    assert_eq!((&answer["process"], &answer["count"]), (&json!(warm[0]), &json!(1)));
    let error = Unruly::beginning("exit", |_| {})
        .function
        .warm()
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("Runtime.ExitError") && error.contains("exit status 7"),
        "{error}"
    );
}
