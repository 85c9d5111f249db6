//! Creating, reading, changing and deleting schedules.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::harness::{Answer, Harness, now};
use crate::PortError;

fn daily() -> Value {
    json!({
        "name": "daily",
        "expression": "cron(0 9 * * ? *)",
        "timezone": "Europe/Berlin",
        "message": { "body": "grüße", "priority": "high" },
    })
}

async fn send(api: &Harness, method: Method, path: &str, body: Option<&Value>, tag: Option<&str>) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    if let Some(tag) = tag {
        request = request.header("if-match", tag);
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    api.ask(request.body(body).unwrap()).await
}

async fn put(api: &Harness, name: &str, body: &Value, tag: Option<&str>) -> Answer {
    send(api, Method::PUT, &format!("/api/schedules/{name}"), Some(body), tag).await
}

async fn delete(api: &Harness, name: &str, tag: Option<&str>) -> Answer {
    send(api, Method::DELETE, &format!("/api/schedules/{name}"), None, tag).await
}

#[tokio::test]
async fn a_schedule_is_shown_with_its_next_five_times() {
    let api = Harness::new().await;
    let created = api.post("/api/schedules", &daily()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    assert_eq!(created.header("location"), "/api/schedules/daily");
    let expected = json!({
        "name": "daily",
        "arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/daily",
        "expression": "cron(0 9 * * ? *)",
        "timezone": "Europe/Berlin",
        "start": null,
        "end": null,
        "enabled": true,
        "catch_up": 86_400,
        "message": {
            "body": "grüße", "title": null, "topic": null, "priority": "high", "tags": [], "click": null,
            "markdown": false, "patience": 3_600,
        },
        "created_at": now(),
        "updated_at": now(),
        "next": [
            "2026-11-26T08:00:00Z", "2026-11-27T08:00:00Z", "2026-11-28T08:00:00Z", "2026-11-29T08:00:00Z",
            "2026-11-30T08:00:00Z",
        ],
        "last": null,
    });
    assert_eq!(created.body, expected);
    let read = api.get("/api/schedules/daily").await;
    assert_eq!((read.status, &read.body), (StatusCode::OK, &expected));
    assert_eq!(read.header("etag"), created.header("etag"));
    assert!(!read.header("etag").is_empty());
    let kept = api.schedules.by_name.lock().unwrap()["daily"].clone();
    assert_eq!(kept.definition.message.message_type.as_str(), "scheduled");
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_schedule_and_another_one_is_refused() {
    let api = Harness::new().await;
    let first = api.post("/api/schedules", &daily()).await;
    let again = api.post("/api/schedules", &daily()).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (StatusCode::CREATED, "true")
    );
    assert_eq!(again.body, first.body);
    assert_eq!(first.header("idempotent-replayed"), "");
    let mut other = daily();
    other["message"]["body"] = json!("another");
    let refused = api.post("/api/schedules", &other).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (409, &json!("conflict"))
    );
}

#[tokio::test]
async fn a_schedule_is_changed_and_what_is_left_out_is_as_if_it_were_new() {
    let api = Harness::new().await;
    let mut first = daily();
    first["start"] = json!("2026-12-01T00:00:00Z");
    api.post("/api/schedules", &first).await;
    let paused = put(
        &api,
        "daily",
        &json!({ "expression": "rate(2 hours)", "enabled": false, "catch_up": "1h", "message": { "body": "b" } }),
        None,
    )
    .await;
    assert_eq!(paused.status, StatusCode::OK, "{}", paused.body);
    for (field, value) in [
        ("expression", json!("rate(2 hours)")),
        ("timezone", json!("UTC")),
        ("start", Value::Null),
        ("enabled", json!(false)),
        ("catch_up", json!(3_600)),
        ("next", json!([])),
    ] {
        assert_eq!(paused.body[field], value, "{field}");
    }
}

#[tokio::test]
async fn whoever_read_an_older_state_does_not_change_it() {
    let api = Harness::new().await;
    let first = api.post("/api/schedules", &daily()).await;
    let body = json!({ "expression": "rate(2 hours)", "message": { "body": "b" } });
    let tag = first.header("etag");
    for wrong in ["\"other\"".to_owned(), format!("W/{tag}"), String::new()] {
        let refused = put(&api, "daily", &body, Some(&wrong)).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (412, &json!("precondition_failed")),
            "{wrong}"
        );
    }
    let changed = put(&api, "daily", &body, Some(&format!("\"other\", {tag}"))).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(
        put(&api, "daily", &body, Some(tag)).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(
        delete(&api, "daily", Some(tag)).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(put(&api, "daily", &body, Some("*")).await.status, StatusCode::OK);
    // Whoever is overtaken between reading and writing is told so, with and without the header.
    *api.schedules.overtake.lock().unwrap() = true;
    assert_eq!(put(&api, "daily", &body, None).await.body["code"], "conflict");
    assert_eq!(
        put(&api, "daily", &body, Some("*")).await.body["code"],
        "precondition_failed"
    );
    assert_eq!(delete(&api, "daily", None).await.body["code"], "conflict");
}

#[tokio::test]
async fn a_deleted_schedule_is_gone() {
    let api = Harness::new().await;
    api.post("/api/schedules", &daily()).await;
    let gone = delete(&api, "daily", None).await;
    assert_eq!((gone.status, gone.body), (StatusCode::NO_CONTENT, Value::Null));
    for answer in [
        api.get("/api/schedules/daily").await,
        delete(&api, "daily", None).await,
        put(&api, "daily", &daily(), None).await,
        api.get("/api/schedules/no%20name").await,
    ] {
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (404, &json!("not_found"))
        );
    }
}

#[tokio::test]
async fn schedules_are_listed_by_name_page_by_page() {
    let api = Harness::new().await;
    for name in ["c", "a", "b"] {
        let mut schedule = daily();
        schedule["name"] = json!(name);
        api.post("/api/schedules", &schedule).await;
    }
    let names = |answer: &Answer| {
        let all = answer.body["schedules"].as_array().unwrap();
        all.iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = api.get("/api/schedules?limit=2").await;
    assert_eq!(names(&first), ["a", "b"]);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("/api/schedules?limit=2&cursor={cursor}")).await;
    assert_eq!(
        (names(&second), &second.body["next_cursor"]),
        (vec!["c".to_owned()], &Value::Null)
    );
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=made-up", "status=failed"] {
        let refused = api.get(&format!("/api/schedules?{wrong}")).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (400, &json!("invalid_query")),
            "{wrong}"
        );
    }
}

/// What is changed in a schedule that is right, and the one field that is named then, with what is wrong about it.
type Wrong = (Value, &'static str, &'static str);

fn wrong_times() -> Vec<Wrong> {
    vec![
        (json!({ "name": null }), "name", "is missing"),
        (
            json!({ "name": "no spaces" }),
            "name",
            "must be 1 to 64 of the characters A-Z a-z 0-9 - _ .",
        ),
        (json!({ "expression": null }), "expression", "is missing"),
        (json!({ "expression": 5 }), "expression", "must be a JSON string"),
        (
            json!({ "expression": "cron(0 25 * * ? *)" }),
            "expression",
            "hours: 25 is out of range: write 0 to 23",
        ),
        (
            json!({ "expression": "at(2026-11-25T12:00:00)" }),
            "expression",
            "lies in the past: name a time ahead",
        ),
        (
            json!({ "expression": "cron(0 9 31 2 ? *)" }),
            "expression",
            "has no time ahead: it would never fire",
        ),
        (
            json!({ "expression": "at(2027-03-28T02:30:00)" }),
            "expression",
            "is no time in that zone, whose clocks go forward over it: name another",
        ),
        (
            json!({ "timezone": "Berlin" }),
            "timezone",
            "is no time zone: did you mean Europe/Berlin?",
        ),
        (
            json!({ "start": "2027-01-01T00:00:00Z", "end": "2026-12-01T00:00:00Z" }),
            "end",
            "lies before the start: name a later time",
        ),
        (
            json!({ "end": "2026-11-25T13:00:00Z" }),
            "end",
            "leaves no time ahead: name a later one, or leave it out",
        ),
        (
            json!({ "expression": "at(2027-01-01T00:00:00)", "start": "2026-12-01T00:00:00Z" }),
            "start",
            "means nothing beside at(), which fires once: leave it out",
        ),
    ]
}

fn wrong_others() -> Vec<Wrong> {
    vec![
        (json!({ "enabled": "no" }), "enabled", "must be true or false"),
        (
            json!({ "catch_up": 59 }),
            "catch_up",
            "must be 60 seconds to a day: 60, 86400, 1h or PT12H",
        ),
        (
            json!({ "catch_up": "2d" }),
            "catch_up",
            "must be 60 seconds to a day: 60, 86400, 1h or PT12H",
        ),
        (json!({ "message": null }), "message", "is missing"),
        (
            json!({ "message": "hello" }),
            "message",
            "must be a JSON object, as {\"body\": \"hello\"}",
        ),
        (json!({ "message": {} }), "message.body", "is missing"),
        (
            json!({ "message": { "body": "x", "deliver_at": "2027-01-01T00:00:00Z" } }),
            "message.deliver_at",
            "belongs to no schedule: its expression says when",
        ),
        (
            json!({ "message": { "body": "x", "dedup_key": "k" } }),
            "message.dedup_key",
            "belongs to no schedule: each of its times sends one message",
        ),
        (
            json!({ "message": { "body": "x", "topic": "docs" } }),
            "message.topic",
            "is a name that ntfy keeps for itself: choose another",
        ),
        (
            json!({ "cron": "0 9 * * *" }),
            "cron",
            "is not a field: leave it out; known are name, expression, timezone, start, end, enabled, catch_up, message",
        ),
    ]
}

#[tokio::test]
async fn a_wrong_field_is_named_with_its_remedy() {
    let api = Harness::new().await;
    for (change, field, detail) in wrong_times().into_iter().chain(wrong_others()) {
        let mut body = daily();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = api.post("/api/schedules", &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (422, &json!("invalid_fields")),
            "{body}"
        );
        assert_eq!(
            answer.body["errors"],
            json!([{ "field": field, "detail": detail }]),
            "{body}"
        );
    }
    assert!(api.schedules.by_name.lock().unwrap().is_empty());
    let several = json!({ "name": "x", "expression": "daily", "timezone": "Mars", "message": { "body": "", "x": 1 } });
    let answer = api.post("/api/schedules", &several).await;
    let fields: Vec<_> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(fields, ["message.x", "message.body", "expression", "timezone"]);
}

#[tokio::test]
async fn a_paused_schedule_needs_no_time_ahead_and_an_address_is_a_name() {
    let api = Harness::new().await;
    let over = json!({
        "name": "once", "expression": "at(2026-01-01T00:00:00)", "enabled": false, "message": { "body": "x" },
    });
    assert_eq!(api.post("/api/schedules", &over).await.status, StatusCode::CREATED);
    let mut named = over.clone();
    named["enabled"] = json!(true);
    let refused = put(&api, "once", &named, None).await;
    assert_eq!(
        refused.body["errors"][0]["detail"],
        "lies in the past: name a time ahead"
    );
    named["name"] = json!("other");
    named["enabled"] = json!(false);
    let refused = put(&api, "once", &named, None).await;
    assert_eq!(
        refused.body["errors"],
        json!([{ "field": "name", "detail": "differs from the address: leave it out, a schedule keeps its name" }])
    );
}

#[tokio::test]
async fn the_last_firing_names_its_message() {
    let api = Harness::new().await;
    api.post("/api/schedules", &daily()).await;
    let fired: jiff::Timestamp = "2026-11-25T08:00:00Z".parse().unwrap();
    api.schedules.by_name.lock().unwrap().get_mut("daily").unwrap().fired = Some(fired);
    let last = api.get("/api/schedules/daily").await.body["last"].clone();
    assert_eq!(last["scheduled_time"], json!(fired));
    // The id that `persist-message` makes of the input that EventBridge Scheduler writes.
    let input = json!({
        "body": "grüße", "schedule_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/daily",
        "scheduled_time": "2026-11-25T08:00:00Z",
    });
    let message = serde_json::from_value(input).unwrap();
    assert_eq!(last["message_id"], contracts::message_id(&message, "any"));
}

#[tokio::test]
async fn what_keeps_schedules_may_be_away() {
    let api = Harness::new().await;
    let error = PortError {
        what: "ListSchedules",
        detail: "secret detail".to_owned(),
        retryable: true,
    };
    *api.schedules.broken.lock().unwrap() = Some(error);
    for answer in [
        api.get("/api/schedules").await,
        api.get("/api/schedules/daily").await,
        api.post("/api/schedules", &daily()).await,
        put(&api, "daily", &daily(), None).await,
        delete(&api, "daily", None).await,
    ] {
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
        assert!(!answer.body.to_string().contains("secret"));
    }
}
