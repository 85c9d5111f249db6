//! The stream of events where answers are buffered whole; `tests/events.rs` watches a server.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use contracts::Status;
use serde_json::json;

use super::harness::{Harness, arn, now};
use crate::{Changed, ChangedExecution};

fn changed(name: &str, message_id: Option<&str>) -> ChangedExecution {
    ChangedExecution {
        arn: arn(name),
        name: name.to_owned(),
        state_machine: "process-message".to_owned(),
        status: "RUNNING".to_owned(),
        started_at: now(),
        stopped_at: None,
        message_id: message_id.map(str::to_owned),
    }
}

fn since(executions: Vec<ChangedExecution>, gap: bool) -> Changed {
    Changed {
        executions,
        next: "2".to_owned(),
        gap,
    }
}

fn after(place: &str) -> Request<Body> {
    Request::get("/api/events")
        .header("last-event-id", place)
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn a_message_and_its_execution_are_told_and_where_to_go_on() {
    let api = Harness::new().await;
    let id = api.send(json!({ "body": "hello" })).await;
    api.persisted(&id, Status::Processing).await;
    let change = since(vec![changed("other", None), changed(&id, Some(&id))], false);
    api.changes.0.lock().unwrap().insert("1".to_owned(), change);
    let (status, headers, text) = api.text(after("1")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    let events: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(events, ["execution", "execution", "message"], "{text}");
    assert!(text.starts_with(": watching") || text.contains("retry: 3000"), "{text}");
    assert!(
        text.contains("\"status\":\"processing\"") && text.contains("\"body\":\"hello\""),
        "{text}"
    );
    assert_eq!(text.lines().rfind(|line| line.starts_with("id: ")), Some("id: 2"));
}

#[tokio::test]
async fn who_has_missed_something_is_told_to_read_anew() {
    let api = Harness::new().await;
    api.changes
        .0
        .lock()
        .unwrap()
        .insert("old".to_owned(), since(Vec::new(), true));
    let (_, _, text) = api.text(after("old")).await;
    assert!(text.contains("event: reset"), "{text}");
}

#[tokio::test]
async fn who_begins_is_told_where_to_go_on_and_nothing_else() {
    let api = Harness::new().await;
    api.changes
        .0
        .lock()
        .unwrap()
        .insert(String::new(), since(Vec::new(), false));
    let request = Request::get("/api/events").body(Body::empty()).unwrap();
    let (status, _, text) = api.text(request).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!text.contains("event:") && text.contains("id: 2"), "{text}");
}

#[tokio::test]
async fn a_server_that_cannot_tell_says_so_instead_of_breaking_off() {
    let answer = Harness::new().await.ask(after("1")).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["code"]),
        (503, &json!("unavailable"))
    );
}
