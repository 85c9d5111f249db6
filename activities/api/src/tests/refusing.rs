//! What is refused, by which code, naming which field; and nothing is started.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::harness::{Harness, posting};

#[tokio::test]
async fn a_wrong_field_is_named() {
    let api = Harness::new().await;
    let cases = [
        (json!({}), "body"),
        (json!({ "body": null }), "body"),
        (json!({ "body": " \n" }), "body"),
        (json!({ "body": 7 }), "body"),
        (json!({ "body": "x".repeat(61_441) }), "body"),
        (json!({ "body": "x", "title": ["t"] }), "title"),
        (json!({ "body": "x", "topic": "no spaces" }), "topic"),
        (json!({ "body": "x", "topic": "docs" }), "topic"),
        (json!({ "body": "x", "priority": "loud" }), "priority"),
        (json!({ "body": "x", "priority": 0 }), "priority"),
        (json!({ "body": "x", "priority": 6 }), "priority"),
        (json!({ "body": "x", "tags": "a" }), "tags"),
        (json!({ "body": "x", "tags": [1] }), "tags"),
        (json!({ "body": "x", "click": "javascript:alert(1)" }), "click"),
        (json!({ "body": "x", "markdown": "yes" }), "markdown"),
        (
            json!({ "body": "x", "deliver_at": "2020-01-01T00:00:00Z" }),
            "deliver_at",
        ),
        (
            json!({ "body": "x", "deliver_at": "2030-01-01T00:00:00Z" }),
            "deliver_at",
        ),
        (json!({ "body": "x", "deliver_at": "tomorrow" }), "deliver_at"),
        (
            json!({ "body": "x", "deliver_at": "2026-11-25T13:00:00" }),
            "deliver_at",
        ),
        (json!({ "body": "x", "patience": "-1h" }), "patience"),
        (json!({ "body": "x", "patience": "1 month" }), "patience"),
        (json!({ "body": "x", "patience": 604_801 }), "patience"),
        (json!({ "body": "x", "patience": 1.5 }), "patience"),
        (json!({ "body": "x", "dedup_key": "" }), "dedup_key"),
        (json!({ "body": "x", "dedup_key": "ü" }), "dedup_key"),
        (json!({ "body": "x", "message_type": "scheduled" }), "message_type"),
        (json!({ "body": "x", "owner": "ada" }), "owner"),
        (json!({ "body": "x", "message_id": "m" }), "message_id"),
    ];
    for (body, field) in cases {
        let answer = api.post("/api/messages", &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (422, &json!("invalid_fields")),
            "{body}"
        );
        assert_eq!(answer.body["errors"].as_array().unwrap().len(), 1, "{}", answer.body);
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
    }
    assert!(api.executions.inputs().is_empty());
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once_and_no_text_is_quoted() {
    let api = Harness::new().await;
    let body = json!({ "body": "", "priority": "secret", "click": "secret", "secrets": 1, "tags": "secret" });
    let answer = api.post("/api/messages", &body).await;
    let errors = answer.body["errors"].as_array().unwrap();
    let mut fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["body", "click", "priority", "secrets", "tags"]);
    let texts: Vec<&str> = errors.iter().map(|error| error["detail"].as_str().unwrap()).collect();
    assert!(texts.iter().all(|text| !text.contains("secret")), "{texts:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.body["type"], "urn:rez:problem:invalid_fields");
    assert_eq!(answer.body["correlation_id"], answer.header("x-correlation-id"));
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_with_its_place() {
    let api = Harness::new().await;
    let cases: [(&[u8], &str); 6] = [
        (b"", "line 1 column 0"),
        (b"{\"body\": \"secret\",}", "line 1 column 19"),
        (b"{\"body\": \"secret\xff\"}", "line 1 column"),
        (b"[\"secret\"]", "not an object"),
        (b"\"secret\"", "not an object"),
        (b"{\"body\": \"secret\"} x", "line 1 column"),
    ];
    for (body, place) in cases {
        let answer = api.ask(posting("/api/messages", body)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (400, &json!("invalid_json"))
        );
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(place) && !detail.contains("secret"), "{detail}");
    }
    let deep = "[".repeat(20_000);
    assert_eq!(api.ask(posting("/api/messages", deep)).await.status.as_u16(), 400);
}

#[tokio::test]
async fn a_request_that_is_not_as_it_should_be_is_refused() {
    let api = Harness::new().await;
    let large = json!({ "body": "x".repeat(70 * 1024) }).to_string();
    let undeclared = |kind: &str| {
        let request = Request::post("/api/messages").header("content-type", kind);
        request.body(Body::from("{\"body\":\"x\"}")).unwrap()
    };
    let with_correlation = |id: &str| {
        let request = Request::get("/api/messages").header("x-correlation-id", id);
        request.body(Body::empty()).unwrap()
    };
    let at = |method: Method, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let cases = [
        (posting("/api/messages", large), 413, "body_too_large"),
        (undeclared("text/plain"), 415, "unsupported_media_type"),
        (
            undeclared("application/x-www-form-urlencoded"),
            415,
            "unsupported_media_type",
        ),
        (with_correlation("a b"), 400, "invalid_header"),
        (with_correlation(&"a".repeat(129)), 400, "invalid_header"),
        (at(Method::GET, "/api/nothing"), 404, "not_found"),
        (at(Method::GET, "/api/messages/none"), 404, "not_found"),
        (at(Method::GET, "/api/messages/%ff"), 404, "not_found"),
        (at(Method::GET, "/api/messages/a%2Fb"), 404, "not_found"),
        (
            at(Method::GET, &format!("/api/messages/{}", "x".repeat(2_000))),
            404,
            "not_found",
        ),
        (
            at(Method::POST, &format!("/api/messages/{}/redrive", "x".repeat(2_000))),
            404,
            "not_found",
        ),
        (at(Method::PUT, "/api/messages"), 405, "method_not_allowed"),
        (at(Method::DELETE, "/api/health"), 405, "method_not_allowed"),
        (at(Method::GET, "/api/messages?limit=0"), 400, "invalid_query"),
        (at(Method::GET, "/api/messages?limit=101"), 400, "invalid_query"),
        (at(Method::GET, "/api/messages?status=lost"), 400, "invalid_query"),
        (at(Method::GET, "/api/messages?cursor=made-up"), 400, "invalid_query"),
        (
            at(
                Method::GET,
                "/api/messages?from=2026-11-25T12:00:00Z&to=2026-11-25T11:00:00Z",
            ),
            400,
            "invalid_query",
        ),
        (at(Method::GET, "/api/messages?text=x"), 400, "invalid_query"),
        (at(Method::GET, "/api/messages?from=yesterday"), 400, "invalid_query"),
        (at(Method::POST, "/api/breakers/none/reset"), 404, "not_found"),
    ];
    for (request, status, code) in cases {
        let shown = format!("{} {}", request.method(), request.uri().path());
        let answer = api.ask(request).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (status, &json!(code)),
            "{shown}: {}",
            answer.body
        );
        assert_eq!(answer.header("content-type"), "application/problem+json", "{shown}");
        assert!(!answer.header("x-correlation-id").is_empty(), "{shown}");
    }
    assert_eq!(api.executions.inputs().len(), 0);
}

#[tokio::test]
async fn a_bulk_redrive_says_what_it_wants() {
    let api = Harness::new().await;
    let many: Vec<Value> = (0..501).map(|n| json!(n.to_string())).collect();
    let cases = [
        (json!({}), "ids"),
        (json!({ "ids": ["a"], "all": true }), "ids"),
        (json!({ "all": false }), "ids"),
        (json!({ "ids": "a" }), "ids"),
        (json!({ "ids": many }), "ids"),
        (json!({ "all": true, "dryrun": true }), "dryrun"),
        (json!({ "all": "yes" }), "all"),
    ];
    for (body, field) in cases {
        let answer = api.post("/api/dead-letters/redrive", &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["errors"][0]["field"]),
            (422, &json!(field)),
            "{body}"
        );
    }
    let made_up = api
        .post(
            "/api/dead-letters/redrive",
            &json!({ "all": true, "cursor": "made-up" }),
        )
        .await;
    assert_eq!(made_up.status.as_u16(), 400);
}
