//! Cancelling messages.

use axum::http::StatusCode;
use contracts::{OutcomeStatus, Status};
use serde_json::json;

use super::harness::{Harness, now};

#[tokio::test]
async fn a_message_that_waits_is_cancelled_by_stopping_its_execution() {
    let api = Harness::new().await;
    let at = now() + jiff::SignedDuration::from_hours(1);
    let id = api.send(json!({ "body": "x", "deliver_at": at })).await;
    api.persisted(&id, Status::Scheduled).await;
    let answer = api.delete(&format!("/api/messages/{id}")).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    assert_eq!(answer.header("location"), format!("/api/messages/{id}"));
    let by_name = api.executions.by_name.lock().unwrap();
    let stopped = &by_name[&id];
    assert_eq!(
        (stopped.status.as_str(), stopped.error.as_deref()),
        ("ABORTED", Some("Message.Cancelled"))
    );
}

/// Whoever cancels what they have just sent need not wait for its item.
#[tokio::test]
async fn a_message_whose_item_is_not_written_yet_is_cancelled() {
    let api = Harness::new().await;
    let id = api.send(json!({ "body": "x" })).await;
    let answer = api.delete(&format!("/api/messages/{id}")).await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (StatusCode::ACCEPTED, &json!("cancelled"))
    );
}

#[tokio::test]
async fn what_has_ended_is_not_cancelled_and_says_how_it_ended() {
    let api = Harness::new().await;
    for (end, word) in [
        (OutcomeStatus::Completed, "completed"),
        (OutcomeStatus::Failed, "failed"),
    ] {
        let id = api.send(json!({ "body": "x" })).await;
        api.carried(&id, end).await;
        let answer = api.delete(&format!("/api/messages/{id}")).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (StatusCode::CONFLICT, &json!("conflict"))
        );
        assert!(
            answer.body["detail"].as_str().unwrap().contains(word),
            "{}",
            answer.body
        );
    }
    assert_eq!(api.delete("/api/messages/none").await.status, StatusCode::NOT_FOUND);
}

/// The execution ended between the look at the message and the stop.
#[tokio::test]
async fn what_ends_meanwhile_is_not_called_cancelled() {
    let api = Harness::new().await;
    let id = api.send(json!({ "body": "x" })).await;
    api.persisted(&id, Status::Processing).await;
    api.executions.end(&id, "SUCCEEDED");
    assert_eq!(
        api.delete(&format!("/api/messages/{id}")).await.status,
        StatusCode::CONFLICT
    );
}
