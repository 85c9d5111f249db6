//! Sending failed messages again.

use axum::http::StatusCode;
use contracts::OutcomeStatus;
use serde_json::json;

use super::harness::Harness;
use crate::PortError;

#[tokio::test]
async fn a_failed_message_is_sent_again_under_a_new_name() {
    let api = Harness::new().await;
    let id = api.dead_letter().await;
    let listed = api.get("/api/dead-letters").await.body;
    assert_eq!(listed["dead_letters"][0]["message_id"], id);
    assert_eq!(listed["dead_letters"][0]["reason"], "Delivery.Rejected: 40009");
    assert!(!listed.to_string().contains("hello"), "a dead letter shows no text");

    let answer = api.post(&format!("/api/messages/{id}/redrive"), &json!({})).await;
    assert_eq!(
        (answer.status, &answer.body["redrive"]),
        (StatusCode::ACCEPTED, &json!(1))
    );
    let again = format!("{id}-r1");
    assert_eq!(answer.body["execution"], again);
    let input = &api.executions.inputs()[&again];
    assert_eq!(
        (input.redrive, input.body.as_str(), input.message_id.as_deref()),
        (1, "hello", Some(id.as_str()))
    );
    assert_eq!(*api.queue.0.lock().unwrap(), [(id.clone(), 1)]);

    api.carried(&again, OutcomeStatus::Completed).await;
    assert_eq!(
        api.get(&format!("/api/messages/{id}")).await.body["status"],
        "completed"
    );
    let done = api.post(&format!("/api/messages/{id}/redrive"), &json!({})).await;
    assert_eq!((done.status.as_u16(), &done.body["code"]), (409, &json!("conflict")));
    assert_eq!(
        api.get(&format!("/api/messages/{again}")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_redrive_that_was_cut_off_is_repaired_by_another() {
    let api = Harness::new().await;
    let id = api.dead_letter().await;
    let path = format!("/api/messages/{id}/redrive");
    let busy = PortError {
        what: "StartExecution",
        detail: String::new(),
        retryable: true,
    };
    *api.executions.broken.lock().unwrap() = Some(busy);
    assert_eq!(
        api.post(&path, &json!({})).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert!(
        api.queue.0.lock().unwrap().is_empty(),
        "the notice stays until the message is on its way"
    );
    *api.executions.broken.lock().unwrap() = None;
    for _ in 0..2 {
        assert_eq!(
            api.post(&path, &json!({})).await.body["redrive"],
            1,
            "the same number until it is heard of"
        );
    }
    assert_eq!(api.executions.inputs().len(), 2);
}

#[tokio::test]
async fn a_redrive_whose_execution_ended_without_a_word_has_spent_its_number() {
    let api = Harness::new().await;
    let id = api.dead_letter().await;
    let path = format!("/api/messages/{id}/redrive");
    assert_eq!(api.post(&path, &json!({})).await.body["redrive"], 1);
    api.executions.end(&format!("{id}-r1"), "ABORTED");
    assert_eq!(api.post(&path, &json!({})).await.body["redrive"], 2);
}

#[tokio::test]
async fn a_redrive_that_failed_is_followed_by_the_next() {
    let api = Harness::new().await;
    let id = api.dead_letter().await;
    let path = format!("/api/messages/{id}/redrive");
    api.post(&path, &json!({})).await;
    api.carried(&format!("{id}-r1"), OutcomeStatus::Failed).await;
    assert_eq!(api.post(&path, &json!({})).await.body["redrive"], 2);
}

#[tokio::test]
async fn dead_letters_are_redriven_in_bulk() {
    let api = Harness::new().await;
    let (one, two) = (api.dead_letter().await, api.dead_letter().await);
    let trial = api
        .post("/api/dead-letters/redrive", &json!({ "all": true, "dry_run": true }))
        .await;
    assert_eq!(
        (trial.status, trial.body["redriven"].as_array().unwrap().len()),
        (StatusCode::OK, 2)
    );
    assert_eq!(
        (api.executions.inputs().len(), api.queue.0.lock().unwrap().len()),
        (2, 0),
        "a trial does nothing"
    );

    let some = api
        .post("/api/dead-letters/redrive", &json!({ "ids": [one, "none"] }))
        .await
        .body;
    assert_eq!(
        (&some["redriven"][0]["message_id"], &some["refused"][0]["code"]),
        (&json!(one), &json!("not_found"))
    );

    let all = api
        .post("/api/dead-letters/redrive", &json!({ "all": true }))
        .await
        .body;
    assert_eq!(
        (all["redriven"].as_array().unwrap().len(), &all["next_cursor"]),
        (2, &json!(null)),
        "{all}"
    );
    let names: Vec<String> = api
        .executions
        .inputs()
        .into_keys()
        .filter(|name| name.contains("-r"))
        .collect();
    let mut expected = [format!("{one}-r1"), format!("{two}-r1")];
    expected.sort_unstable();
    assert_eq!(names, expected, "each once");
}
