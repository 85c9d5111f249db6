//! Reading messages.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use contracts::{OutcomeStatus, Status};
use serde_json::{Value, json};
use tables::breaker::Observation;

use super::harness::{Harness, now};

#[tokio::test]
async fn a_reader_sees_what_they_just_wrote() {
    let api = Harness::new().await;
    let sent = api.post("/api/messages", &json!({ "body": "x" })).await.body;
    let path = format!("/api/messages/{}", sent["message_id"].as_str().unwrap());
    let by_execution = api.get(&path).await;
    assert_eq!((by_execution.status, &by_execution.body), (StatusCode::OK, &sent));
    api.carried(sent["message_id"].as_str().unwrap(), OutcomeStatus::Completed)
        .await;
    let by_item = api.get(&path).await;
    assert_eq!(
        (&by_item.body["status"], &by_item.body["body"]),
        (&json!("completed"), &json!("x"))
    );
    assert_ne!(by_item.header("etag"), by_execution.header("etag"));
}

#[tokio::test]
async fn an_execution_that_never_wrote_its_item_tells_how_the_message_ended() {
    let api = Harness::new().await;
    for (ended, status) in [("FAILED", "failed"), ("TIMED_OUT", "failed"), ("ABORTED", "cancelled")] {
        let id = api.send(json!({ "body": "x" })).await;
        api.executions.end(&id, ended);
        assert_eq!(
            api.get(&format!("/api/messages/{id}")).await.body["status"],
            status,
            "{ended}"
        );
    }
}

/// Nobody writes the item when its time has come.
#[tokio::test]
async fn a_scheduled_message_is_processing_from_its_time_on() {
    let api = Harness::new().await;
    for (seconds, status) in [(1, "scheduled"), (0, "processing"), (-60, "processing")] {
        let at = now() + jiff::SignedDuration::from_secs(seconds);
        let id = api.send(json!({ "body": "x", "deliver_at": at })).await;
        api.persisted(&id, Status::Scheduled).await;
        let read = api.get(&format!("/api/messages/{id}")).await.body;
        assert_eq!(read["status"], status, "{seconds} s");
        let listed = api.get("/api/messages").await.body;
        let listed = listed["messages"].as_array().unwrap().iter();
        let listed: Vec<_> = listed.filter(|message| message["message_id"] == id).collect();
        assert_eq!(listed[0]["status"], status, "{seconds} s");
    }
}

#[tokio::test]
async fn a_message_that_has_not_changed_is_not_sent_again() {
    let api = Harness::new().await;
    let path = format!("/api/messages/{}", api.send(json!({ "body": "x" })).await);
    let tag = api.get(&path).await.header("etag").to_owned();
    for given in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let request = Request::get(&path)
            .header("if-none-match", &given)
            .body(Body::empty())
            .unwrap();
        let answer = api.ask(request).await;
        assert_eq!(
            (answer.status, answer.header("etag")),
            (StatusCode::NOT_MODIFIED, tag.as_str()),
            "{given}"
        );
    }
    let request = Request::get(&path)
        .header("if-none-match", "\"other\"")
        .body(Body::empty())
        .unwrap();
    assert_eq!(api.ask(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn messages_are_listed_page_by_page() {
    let api = Harness::new().await;
    let mut sent = Vec::new();
    for end in [
        OutcomeStatus::Completed,
        OutcomeStatus::Failed,
        OutcomeStatus::Completed,
    ] {
        let id = api.send(json!({ "body": "x" })).await;
        api.carried(&id, end).await;
        sent.push(id);
    }
    let mut listed = Vec::new();
    let mut path = "/api/messages?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.body;
        listed.extend(ids(&page["messages"]));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/messages?limit=2&cursor={cursor}");
    }
    listed.sort_unstable();
    sent.sort_unstable();
    assert_eq!(listed, sent);
    assert_eq!(
        ids(&api.get("/api/messages?status=failed").await.body["messages"]).len(),
        1
    );
    assert_eq!(
        ids(&api.get("/api/messages?status=cancelled").await.body["messages"]).len(),
        0
    );
    assert_eq!(
        ids(&api.get("/api/messages?from=2026-11-25T12:00:01Z").await.body["messages"]).len(),
        0
    );
    assert_eq!(
        ids(&api.get("/api/messages?to=2026-11-25T12:00:00Z").await.body["messages"]).len(),
        3
    );
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["message_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn all_is_well() {
    let api = Harness::new().await;
    let answer = api.get("/api/health").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (StatusCode::OK, &json!("ok")),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn alarms_are_shown_to_those_who_may_read() {
    let api = Harness::new().await;
    let health = api.get("/api/health").await.body;
    let alarms = health["alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 10, "{health}");
    let alarm = |name| alarms.iter().find(|alarm| alarm["name"] == name).unwrap();
    let expected = json!({
        "name": "dead-letters", "kind": "alarm", "about": "Messages in the dead-letter queue", "state": "ALARM",
        "value": 2.0, "threshold": 0.0, "comparison_operator": "GreaterThanThreshold", "unit": "Count", "period": 0,
    });
    assert_eq!(alarm("dead-letters"), &expected);
    assert_eq!(alarm("availability")["state"], "INSUFFICIENT_DATA");
    let (status, _, stranger) = api.follow("GET", "/api/health", "").await;
    assert!(
        status.is_success() && !stranger.contains("alarms") && !stranger.contains("since"),
        "{stranger}"
    );
}

#[tokio::test]
async fn an_open_breaker_is_shown_and_closed_by_hand() {
    let api = Harness::new().await;
    assert_eq!(api.get("/api/breakers").await.body, json!({ "breakers": [] }));
    for _ in 0..5 {
        let failed = Observation::Failed { ticket: None };
        api.breakers.report("https://ntfy.sh", failed, now()).await.unwrap();
    }
    let shown = api.get("/api/breakers").await.body;
    assert_eq!(
        (&shown["breakers"][0]["state"], &shown["breakers"][0]["until"]),
        (&json!("OPEN"), &json!("2026-11-25T12:00:30Z"))
    );
    let closed = api.post("/api/breakers/https%3A%2F%2Fntfy.sh/reset", &json!({})).await;
    assert_eq!(
        (closed.status, &closed.body["state"]),
        (StatusCode::OK, &json!("CLOSED"))
    );
    assert_eq!(api.get("/api/breakers").await.body["breakers"][0]["state"], "CLOSED");
}

#[tokio::test]
async fn the_index_lists_what_there_is() {
    let api = Harness::new().await;
    let index = api.get("/api").await;
    assert_eq!(index.status, StatusCode::OK);
    for resource in index.body["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        let unknown = Request::builder()
            .method("TRACE")
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = api.ask(unknown).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let method = resource["method"].as_str().unwrap();
        assert!(
            answer.header("allow").split(',').any(|allowed| allowed == method),
            "{resource}"
        );
    }
}
