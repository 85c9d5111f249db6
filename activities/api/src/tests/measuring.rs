//! Searching and counting.

use contracts::OutcomeStatus;
use serde_json::{Value, json};

use super::harness::Harness;

fn ids(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().unwrap().iter();
    messages
        .map(|message| message["message_id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_text_is_found_in_whatever_a_person_wrote() {
    let api = Harness::new().await;
    for (message, found) in [
        (json!({ "body": "Disk ALMOST full" }), true),
        (json!({ "body": "x", "title": "almost there" }), true),
        (json!({ "body": "x", "topic": "Almost" }), true),
        (json!({ "body": "x", "tags": ["a", "almost"] }), true),
        (json!({ "body": "most of it" }), false),
    ] {
        let id = api.send(message.clone()).await;
        api.carried(&id, OutcomeStatus::Completed).await;
        let answer = api.get("/api/messages?q=aLMOST").await;
        assert_eq!(ids(&answer.body).contains(&id.as_str()), found, "{message}");
    }
    assert_eq!(
        ids(&api.get("/api/messages?q=almost&status=failed").await.body),
        [""; 0]
    );
}

#[tokio::test]
async fn a_search_goes_on_page_by_page() {
    let api = Harness::new().await;
    let mut sent = Vec::new();
    for number in 0..9 {
        let id = api
            .send(json!({ "body": if number % 2 == 0 { "even" } else { "odd" } }))
            .await;
        api.carried(&id, OutcomeStatus::Completed).await;
        sent.push(id);
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/api/messages?q=even&limit=2{cursor}")).await.body;
        found.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    found.sort_unstable();
    let mut even: Vec<_> = sent.into_iter().step_by(2).collect();
    even.sort_unstable();
    assert_eq!(found, even);
}

#[tokio::test]
async fn messages_are_counted_by_how_they_stand() {
    let api = Harness::new().await;
    for end in [
        OutcomeStatus::Completed,
        OutcomeStatus::Completed,
        OutcomeStatus::Completed,
        OutcomeStatus::Failed,
    ] {
        let id = api.send(json!({ "body": "x" })).await;
        api.carried(&id, end).await;
    }
    let metrics = api.get("/api/metrics?window=1h").await.body;
    assert_eq!(
        metrics["messages"],
        json!({ "scheduled": 0, "processing": 0, "completed": 3, "failed": 1, "cancelled": 0 })
    );
    assert_eq!(
        (&metrics["success_rate"], &metrics["dead_letters"]),
        (&json!(0.75), &json!(1))
    );
    assert_eq!(
        metrics["processing_time"],
        json!({ "p50_ms": 0, "p95_ms": 0, "sample": 3 })
    );
    assert_eq!(metrics["from"], "2026-11-25T11:00:00Z");
}

#[tokio::test]
async fn where_nothing_was_sent_there_is_no_rate() {
    let metrics = Harness::new().await.get("/api/metrics").await.body;
    assert_eq!(
        (&metrics["window"], &metrics["success_rate"]),
        (&json!("24h"), &Value::Null)
    );
    assert_eq!(
        metrics["processing_time"],
        json!({ "p50_ms": null, "p95_ms": null, "sample": 0 })
    );
}

#[tokio::test]
async fn a_window_that_is_none_is_refused() {
    let answer = Harness::new().await.get("/api/metrics?window=1d").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["errors"][0]["field"]),
        (400, &json!("window"))
    );
}

/// A cursor belongs to the list that gave it out: DynamoDB refuses a key outside of the bounds.
#[tokio::test]
async fn a_cursor_of_other_times_is_refused() {
    let api = Harness::new().await;
    for _ in 0..2 {
        let id = api.send(json!({ "body": "x" })).await;
        api.carried(&id, OutcomeStatus::Completed).await;
    }
    let page = api.get("/api/messages?limit=1").await.body;
    let cursor = page["next_cursor"].as_str().unwrap();
    for (bounds, status) in [
        ("", 200),
        ("&from=2026-11-25T12:00:00Z", 200),
        ("&from=2026-11-25T12:00:01Z", 400),
        ("&to=2026-11-25T11:59:59Z", 400),
    ] {
        let answer = api.get(&format!("/api/messages?cursor={cursor}{bounds}")).await;
        assert_eq!(answer.status, status, "{bounds}: {}", answer.body);
    }
}
