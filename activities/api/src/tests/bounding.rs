//! What one caller may take.

use axum::http::StatusCode;
use contracts::OutcomeStatus;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::harness::{Answer, Harness, posting};
use crate::{Limits, Right};

fn limits() -> Limits {
    Limits {
        streams: 2,
        searches: 1,
        open_messages: 2,
        schedules: 2,
    }
}

const WRITER: [Right; 2] = [Right::Read, Right::Write];

async fn post(api: &Harness, token: &str, path: &str, body: Value) -> Answer {
    api.ask_as(token, posting(path, body.to_string())).await
}

fn assert_full(answer: &Answer, code: &str, seconds: &str) {
    assert_eq!(
        (answer.status, answer.header("retry-after"), &answer.body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, seconds, &json!(code)),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn so_many_messages_of_a_caller_are_open_and_those_that_ended_are_not() {
    let api = Harness::within(limits()).await;
    let (ada, bob) = (api.token("ada", &WRITER), api.token("bob", &WRITER));
    let mut sent = Vec::new();
    for key in ["one", "two"] {
        let answer = post(&api, &ada, "/api/messages", json!({ "body": "x", "dedup_key": key })).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED);
        let id = answer.body["message_id"].as_str().unwrap().to_owned();
        api.persisted(&id, contracts::Status::Processing).await;
        sent.push(id);
    }
    assert_full(
        &post(&api, &ada, "/api/messages", json!({ "body": "x" })).await,
        "limit_reached",
        "60",
    );
    // What was sent before is no message more.
    let again = post(&api, &ada, "/api/messages", json!({ "body": "x", "dedup_key": "two" })).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (StatusCode::ACCEPTED, "true")
    );
    for (token, who) in [
        (&bob, "another"),
        (&api.token("root", &[Right::Admin]), "an administrator"),
    ] {
        for _ in 0..2 {
            let answer = post(&api, token, "/api/messages", json!({ "body": "x" })).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{who}");
        }
    }
    api.carried(&sent[0], OutcomeStatus::Completed).await;
    api.clock.advance(jiff::SignedDuration::from_secs(60));
    assert_eq!(
        post(&api, &ada, "/api/messages", json!({ "body": "x" })).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn so_many_schedules_are_a_callers() {
    let api = Harness::within(limits()).await;
    let ada = api.token("ada", &WRITER);
    let create = async |token: &str, name: &str| {
        let body = json!({ "name": name, "expression": "rate(1 day)", "message": { "body": "x" } });
        post(&api, token, "/api/schedules", body).await
    };
    for name in ["a", "b", "b"] {
        assert_eq!(create(&ada, name).await.status, StatusCode::CREATED, "{name}");
    }
    assert_full(&create(&ada, "c").await, "limit_reached", "60");
    assert_eq!(
        create(&ada, "a").await.status,
        StatusCode::CREATED,
        "it is there already"
    );
    assert_eq!(
        create(&api.token("bob", &WRITER), "c").await.status,
        StatusCode::CREATED
    );
    let root = api.token("root", &[Right::Admin]);
    for name in ["d", "e", "f"] {
        assert_eq!(create(&root, name).await.status, StatusCode::CREATED, "{name}");
    }
}

#[tokio::test]
async fn so_many_searches_of_a_caller_run_at_once() {
    let api = Harness::within(limits()).await;
    let answers = join_all((0..5).map(|_| api.get("/api/messages?q=x"))).await;
    assert_eq!(answers[0].status, StatusCode::OK);
    for answer in &answers[1..] {
        assert_full(answer, "too_many_requests", "1");
    }
    assert_eq!(api.get("/api/messages?q=x").await.status, StatusCode::OK);
    let lists = join_all((0..5).map(|_| api.get("/api/messages"))).await;
    assert!(lists.iter().all(|answer| answer.status == StatusCode::OK));
}

#[tokio::test]
async fn numbers_are_counted_once_for_everybody_who_asks_within_seconds() {
    let api = Harness::new().await;
    let failed = async || api.get("/api/metrics").await.body["messages"]["failed"].clone();
    assert_eq!(failed().await, 0);
    api.dead_letter().await;
    assert_eq!(failed().await, 0);
    api.clock.advance(jiff::SignedDuration::from_secs(5));
    assert_eq!(failed().await, 1);
}

/// An answer is not much longer than the request, however many names that makes up.
#[tokio::test]
async fn names_that_nobody_knows_are_told_up_to_a_few() {
    let api = Harness::new().await;
    let mut body = json!({ "body": "x" });
    let long = "n".repeat(40);
    for number in 0..500 {
        body[format!("{long}{number}")] = json!(1);
    }
    let query: Vec<String> = (0..500).map(|number| format!("{long}{number}=1")).collect();
    for answer in [
        api.post("/api/messages", &body).await,
        api.get(&format!("/api/messages?{}", query.join("&"))).await,
    ] {
        assert!([400, 422].contains(&answer.status.as_u16()));
        let errors = answer.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 10);
        assert!(
            errors[9]["detail"].as_str().unwrap().contains("490 more"),
            "{}",
            errors[9]
        );
        assert!(
            answer.body.to_string().len() < 8_192,
            "{}",
            answer.body.to_string().len()
        );
    }
}
