//! Sending messages.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use contracts::{MessageType, OutcomeStatus, Priority};
use serde_json::{Value, json};

use super::harness::{Harness, arn, now, posting};
use crate::PortError;

#[tokio::test]
async fn an_accepted_message_is_an_execution_of_its_id() {
    let api = Harness::new().await;
    let answer = api
        .post(
            "/api/messages",
            &json!({ "body": "grüße", "priority": "high", "tags": ["a"] }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let id = answer.body["message_id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/api/messages/{id}"));
    assert_eq!(answer.body["status"], "created");
    assert_eq!(answer.body["execution"]["arn"], arn(id));
    let input = &api.executions.inputs()[id];
    assert_eq!(
        (input.body.as_str(), input.priority, input.message_type),
        ("grüße", Some(Priority::High), MessageType::Api)
    );
    assert_eq!((input.message_id.as_deref(), input.created_at), (Some(id), Some(now())));
    assert_eq!(input.correlation_id.as_deref(), Some(answer.header("x-correlation-id")));
}

#[tokio::test]
async fn every_form_of_a_field_is_read() {
    let api = Harness::new().await;
    let cases = [
        ("priority", json!("urgent"), "priority", json!("urgent")),
        ("priority", json!(5), "priority", json!("urgent")),
        ("priority", json!("max"), "priority", json!("urgent")),
        ("priority", json!("1"), "priority", json!("min")),
        ("priority", Value::Null, "priority", Value::Null),
        ("patience", json!(90), "patience", json!(90)),
        ("patience", json!("90"), "patience", json!(90)),
        ("patience", json!("PT1H30M"), "patience", json!(5_400)),
        ("patience", json!("1h 30m"), "patience", json!(5_400)),
        ("patience", json!("2d"), "patience", json!(172_800)),
        (
            "deliver_at",
            json!("2026-11-25T14:00:00+01:00"),
            "deliver_at",
            json!("2026-11-25T13:00:00Z"),
        ),
        (
            "deliver_at",
            json!("2026-11-25T13:00:00Z"),
            "status",
            json!("scheduled"),
        ),
        ("deliver_at", json!("2026-11-25T11:59:59Z"), "status", json!("created")),
        ("message_type", json!("manual"), "message_type", json!("manual")),
    ];
    for (field, given, shown, expected) in cases {
        let answer = api.post("/api/messages", &json!({ "body": "x", (field): given })).await;
        assert_eq!(answer.body[shown], expected, "{field}: {given}: {}", answer.body);
    }
}

#[tokio::test]
async fn one_key_makes_one_message() {
    let api = Harness::new().await;
    let message = json!({ "body": "x", "dedup_key": "k", "deliver_at": "2026-11-25T12:00:05Z" });
    let first = api.post("/api/messages", &message).await;
    let later = json!({ "body": "x", "dedup_key": "k", "deliver_at": "2026-11-25T12:00:09Z" });
    let again = api.post("/api/messages", &later).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (StatusCode::ACCEPTED, "true")
    );
    assert_eq!(again.body, first.body, "as it was accepted first");
    assert_eq!(first.header("idempotent-replayed"), "");
    let id = first.body["message_id"].as_str().unwrap();
    api.carried(id, OutcomeStatus::Completed).await;
    let much_later = api.post("/api/messages", &message).await;
    assert_eq!(
        (much_later.status, &much_later.body["status"]),
        (StatusCode::ACCEPTED, &json!("completed"))
    );
    assert_eq!(api.executions.inputs().len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let api = Harness::new().await;
    api.send(json!({ "body": "x", "dedup_key": "k" })).await;
    for other in [
        json!({ "body": "y" }),
        json!({ "body": "x", "title": "t" }),
        json!({ "body": "x", "priority": 5 }),
    ] {
        let mut other = other;
        other["dedup_key"] = "k".into();
        let answer = api.post("/api/messages", &other).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (422, &json!("idempotency_mismatch"))
        );
    }
}

#[tokio::test]
async fn the_header_and_the_field_are_one_key() {
    let api = Harness::new().await;
    let id = api.send(json!({ "body": "x", "dedup_key": "k" })).await;
    for header in ["k", "\"k\""] {
        let request = Request::post("/api/messages")
            .header("content-type", "application/json; charset=utf-8")
            .header("idempotency-key", header)
            .body(Body::from(json!({ "body": "x" }).to_string()));
        assert_eq!(api.ask(request.unwrap()).await.body["message_id"], id, "{header}");
    }
    let mut request = posting("/api/messages", json!({ "body": "x", "dedup_key": "k" }).to_string());
    request
        .headers_mut()
        .insert("idempotency-key", "other".parse().unwrap());
    let answer = api.ask(request).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["errors"][0]["field"]),
        (422, &json!("dedup_key"))
    );
}

#[tokio::test]
async fn an_engine_that_is_busy_is_asked_again_later() {
    let api = Harness::new().await;
    for (retryable, status, code, retry_after) in [(true, 503, "unavailable", "5"), (false, 500, "internal", "")] {
        let error = PortError {
            what: "StartExecution",
            detail: "secret detail".to_owned(),
            retryable,
        };
        *api.executions.broken.lock().unwrap() = Some(error);
        let answer = api.post("/api/messages", &json!({ "body": "x" })).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (status, &json!(code)));
        assert_eq!(answer.header("retry-after"), retry_after);
        assert!(!answer.body.to_string().contains("secret"), "{}", answer.body);
    }
    assert_eq!(api.get("/api/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn correlation_ids_are_taken_over() {
    let api = Harness::new().await;
    let mut request = posting("/api/messages", json!({ "body": "x" }).to_string());
    request
        .headers_mut()
        .insert("x-correlation-id", "order-7/a".parse().unwrap());
    let answer = api.ask(request).await;
    assert_eq!(answer.header("x-correlation-id"), "order-7/a");
    assert_eq!(answer.body["correlation_id"], "order-7/a");
}

/// A repetition may come late: whoever has no answer asks again, and gets the one that was given in time.
#[tokio::test]
async fn a_repetition_after_its_time_is_a_repetition() {
    let api = Harness::new().await;
    let under = |key: Option<&str>, body: Value| {
        let mut request = posting("/api/messages", body.to_string());
        if let Some(key) = key {
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        }
        request
    };
    let asked = json!({ "body": "at noon", "deliver_at": "2026-11-25T12:10:00Z" });
    let first = api.ask(under(Some("noon"), asked.clone())).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    api.clock.advance(jiff::SignedDuration::from_mins(30));

    for key_in_body in [false, true] {
        let mut asked = asked.clone();
        if key_in_body {
            asked["dedup_key"] = json!("noon");
        }
        let again = api.ask(under((!key_in_body).then_some("noon"), asked)).await;
        assert_eq!(
            (
                again.status,
                again.header("idempotent-replayed"),
                &again.body["message_id"]
            ),
            (StatusCode::ACCEPTED, "true", &first.body["message_id"])
        );
    }
    let mut other = asked.clone();
    other["body"] = json!("another");
    for (key, body, code) in [
        (Some("noon"), &other, "idempotency_mismatch"),
        (Some("never used"), &asked, "invalid_fields"),
        (None, &asked, "invalid_fields"),
    ] {
        let refused = api.ask(under(key, body.clone())).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (422, &json!(code)),
            "{key:?} {body}"
        );
    }
    assert_eq!(api.executions.inputs().len(), 1);
}
