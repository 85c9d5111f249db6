//! Functions that fail, in each way in which one can.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Unruly, until};

/// `errorType`, and `errorMessage` without the request that it begins with.
fn error(told: Result<Value, Value>) -> (String, String) {
    let error = told.unwrap_err();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let message = text("errorMessage");
    let message = message
        .split_once(" Error: ")
        .map(|(_, message)| message.to_owned())
        .unwrap_or(message);
    (text("errorType"), message)
}

fn is(kind: &str, message: &str) -> (String, String) {
    (kind.to_owned(), message.to_owned())
}

#[tokio::test]
async fn an_error_is_told_as_the_function_wrote_it_and_its_process_stays() {
    let unruly = Unruly::new(|_| {});
    let first = unruly.told(json!({})).await.unwrap();
    let failed = unruly.told(json!({ "do": "fail" })).await.unwrap_err();
    assert_eq!(
        failed,
        json!({ "errorMessage": "as told", "errorType": "Custom", "stackTrace": [] })
    );
    let failed = unruly.told(json!({ "do": "fail without a word" })).await.unwrap_err();
    assert_eq!(failed, json!({ "errorType": "Unhandled" }));
    let again = unruly.told(json!({})).await.unwrap();
    assert_eq!((&again["process"], &again["count"]), (&first["process"], &json!(4)));
}

#[tokio::test]
async fn a_process_that_ends_fails_its_event_alone() {
    let unruly = Unruly::new(|_| {});
    for (event, message) in [
        (
            json!({ "do": "exit", "code": 3 }),
            "Runtime exited with error: exit status 3",
        ),
        (json!({ "do": "exit" }), "Runtime exited without providing a reason"),
    ] {
        assert_eq!(error(unruly.told(event).await), is("Runtime.ExitError", message));
    }
    let (kind, message) = error(unruly.told(json!({ "do": "abort" })).await);
    assert_eq!(kind, "Runtime.ExitError");
    assert!(
        message.starts_with("Runtime exited with error: signal: aborted"),
        "{message}"
    );
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 1, "a new one has begun");
}

#[tokio::test]
async fn a_process_that_ends_after_its_answer_fails_nobody() {
    let unruly = Unruly::new(|_| {});
    for _ in 0..3 {
        let answer = unruly.told(json!({ "then": "exit" })).await.unwrap();
        assert_eq!(answer["count"], 1);
    }
    until(|| unruly.function.processes() == 0).await;
}

#[tokio::test]
async fn an_event_that_takes_too_long_ends_its_process() {
    let unruly = Unruly::new(|settings| settings.timeout = Duration::from_secs(1));
    let timed_out = is("Sandbox.Timedout", "Task timed out after 1.00 seconds");
    assert_eq!(error(unruly.told(json!({ "do": "hang" })).await), timed_out);
    until(|| unruly.function.processes() == 0).await;
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 1, "a new one has begun");
}

#[tokio::test]
async fn a_start_that_fails_is_tried_once_more_within_the_time_of_the_event() {
    let failed = Unruly::beginning("error", |_| {}).told(json!({})).await.unwrap_err();
    assert_eq!(
        failed,
        json!({ "errorType": "Init.Failed", "errorMessage": "no configuration" })
    );
    let ended = Unruly::beginning("exit", |_| {}).told(json!({})).await;
    assert_eq!(
        error(ended),
        is("Runtime.ExitError", "Runtime exited with error: exit status 7")
    );
    let hangs = Unruly::beginning("hang", |settings| {
        settings.init = Duration::from_millis(100);
        settings.timeout = Duration::from_millis(500);
    });
    let timed_out = is("Sandbox.Timedout", "Task timed out after 0.50 seconds");
    assert_eq!(error(hangs.told(json!({})).await), timed_out);

    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("mark").display().to_string();
    let second = Unruly::beginning("first time", |settings| {
        settings.environment.push(("UNRULY_MARK".to_owned(), mark));
    });
    assert_eq!(second.told(json!({})).await.unwrap()["count"], 1);
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_no_entry_point() {
    let nowhere = Unruly::new(|settings| settings.program = "/nonexistent/bootstrap".into());
    let (kind, message) = error(nowhere.told(json!({})).await);
    assert_eq!(kind, "Runtime.InvalidEntrypoint");
    assert!(message.starts_with("fork/exec: "), "{message}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused_and_the_process_stays() {
    let unruly = Unruly::new(|_| {});
    let (kind, message) = error(unruly.told(json!({ "do": "large" })).await);
    assert_eq!(kind, "Function.ResponseSizeTooLarge");
    assert_eq!(
        message,
        "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
    );
    assert_eq!(unruly.told(json!({})).await.unwrap()["count"], 2);
}

#[tokio::test]
async fn what_a_process_may_not_say_is_refused_and_changes_nothing() {
    let unruly = Unruly::new(|_| {});
    let statuses = unruly.told(json!({ "do": "meddle" })).await.unwrap();
    for (what, status) in [
        ("another request", 400),
        ("next before the answer", 403),
        ("init error after the start", 403),
        ("a page", 403),
        ("a page without a name", 403),
        ("another name", 403),
        ("another version", 404),
    ] {
        assert_eq!(statuses[what], status, "{what}");
    }
}
