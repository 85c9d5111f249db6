//! Processes end when nobody needs them, and with their host.

use std::sync::Arc;
use std::time::Duration;

use functions::InvokeError;
use serde_json::json;

use crate::support::{PATIENCE, Unruly, invocation, invoke, state, until};

/// Whether a process is there and has not ended; on Linux alone it can be told.
fn runs(process: i32) -> bool {
    state(process).is_some_and(|state| state != 'Z')
}

#[tokio::test]
async fn a_process_ends_when_it_has_had_nothing_to_do() {
    let unruly = Unruly::new(|settings| settings.idle = Duration::from_millis(50));
    let answer = unruly.told(json!({})).await.unwrap();
    let process = i32::try_from(answer["process"].as_i64().unwrap()).unwrap();
    until(|| unruly.function.processes() == 0 && !runs(process)).await;
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 1, "a new one has begun");
}

#[tokio::test]
async fn a_process_that_ends_while_it_is_frozen_fails_nobody() {
    let unruly = Unruly::new(|_| {});
    unruly.told(json!({})).await.unwrap();
    until(|| unruly.function.frozen().len() == 1).await;
    let process = unruly.function.frozen()[0];
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    assert!(killed.unwrap().success());
    until(|| !runs(process)).await;
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 1, "a new one has begun");
    assert_eq!(unruly.function.processes(), 1);
}

#[tokio::test]
async fn whoever_stops_waiting_does_not_stop_the_function() {
    let mut unruly = Unruly::new(|settings| settings.most = 1);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("go on");
    let function = Arc::clone(&unruly.function);
    let waits = json!({ "do": "wait", "file": file });
    let call = tokio::spawn(async move { invoke(&function, waits).await });
    let heard = tokio::time::timeout(PATIENCE, unruly.lines.recv()).await.unwrap();
    assert_eq!(heard.unwrap().1, "waiting");
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // An event that no process has seen goes with its caller: the count has no place for it.
    let unseen = invocation(&json!({}));
    let mut given_up = Box::pin(unruly.function.invoke(unseen));
    assert!(futures_util::poll!(given_up.as_mut()).is_pending());
    drop(given_up);
    std::fs::write(file, "").unwrap();
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 2, "in the same process");
}

#[tokio::test]
async fn with_the_function_end_its_processes_busy_or_not() {
    let unruly = Unruly::new(|_| {});
    let busy = Arc::clone(&unruly.function);
    let hangs = tokio::spawn(async move { invoke(&busy, json!({ "do": "hang" })).await });
    until(|| unruly.function.processes() == 1).await;
    let answer = unruly.told(json!({})).await.unwrap();
    let idle = i32::try_from(answer["process"].as_i64().unwrap()).unwrap();
    until(|| unruly.function.frozen() == [idle]).await;
    assert_eq!(unruly.function.processes(), 2, "one is busy, and one has nothing to do");
    unruly.function.close().await;
    assert_eq!(hangs.await.unwrap(), Err(InvokeError::Ended));
    until(|| unruly.function.processes() == 0 && !runs(idle)).await;
    assert_eq!(invoke(&unruly.function, json!({})).await, Err(InvokeError::Ended));
}
