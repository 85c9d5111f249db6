//! Each rule by one example that keeps it and one that breaks it, as data.

use serde_json::{Value, json};

use super::*;

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn message(fields: &Value) -> Message {
    let mut message = json!({ "body": "hello" });
    for (name, value) in fields.as_object().unwrap() {
        message[name] = value.clone();
    }
    serde_json::from_value(message).unwrap()
}

fn fields_of(result: Result<(), Vec<FieldError>>) -> Vec<&'static str> {
    result
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|error| error.field)
        .collect()
}

#[test]
fn what_keeps_the_rules_is_taken() {
    let good = [
        json!({}),
        json!({ "body": "x".repeat(61_440) }),
        json!({ "body": "\u{0}\u{1b}[31m \"quoted\" \\ grüße 🦀" }),
        json!({ "message_id": "0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b" }),
        json!({ "title": "ü".repeat(250) }),
        json!({ "topic": "A-z_09", "tags": ["warning", "grüße"] }),
        json!({ "click": "https://user@example.com:8443/a?b#c" }),
        json!({ "click": "mailto:someone@example.com" }),
        json!({ "click": "geo:0,0?q=1600" }),
        json!({ "deliver_at": "2026-11-25T11:59:30Z" }),
        json!({ "deliver_at": "2027-11-20T12:00:00Z" }),
        json!({ "patience": 604_800 }),
        json!({ "patience": 0 }),
    ];
    for fields in good {
        assert_eq!(validate(&message(&fields), now()), Ok(()), "{fields}");
    }
}

#[test]
fn what_breaks_a_rule_names_its_field() {
    let bad = [
        (json!({ "body": "" }), "body"),
        (json!({ "body": " \n\t\u{a0}" }), "body"),
        (json!({ "body": "x".repeat(61_441) }), "body"),
        (json!({ "body": "\"".repeat(40_000) }), "body"),
        (json!({ "message_id": "" }), "message_id"),
        (json!({ "message_id": "a".repeat(65) }), "message_id"),
        (json!({ "message_id": "a:b" }), "message_id"),
        (json!({ "title": "x".repeat(251) }), "title"),
        (json!({ "topic": "no spaces" }), "topic"),
        (json!({ "topic": "" }), "topic"),
        (json!({ "topic": "x".repeat(65) }), "topic"),
        (json!({ "tags": ["a,b"] }), "tags"),
        (json!({ "tags": [" "] }), "tags"),
        (json!({ "tags": vec!["t"; 11] }), "tags"),
        (json!({ "click": "javascript:alert(1)" }), "click"),
        (json!({ "click": "example.com" }), "click"),
        (json!({ "click": "https://" }), "click"),
        (json!({ "click": "http:///path" }), "click"),
        (json!({ "click": "https://example.com/a b" }), "click"),
        (
            json!({ "click": format!("https://e.com/{}", "x".repeat(2_048)) }),
            "click",
        ),
        (json!({ "deliver_at": "2026-11-25T11:58:59Z" }), "deliver_at"),
        (json!({ "deliver_at": "2027-11-20T12:00:01Z" }), "deliver_at"),
        (json!({ "patience": 604_801 }), "patience"),
        (json!({ "owner": "a\nb" }), "owner"),
        (json!({ "correlation_id": "x".repeat(257) }), "correlation_id"),
    ];
    for (fields, field) in bad {
        assert_eq!(fields_of(validate(&message(&fields), now())), [field], "{fields}");
    }
}

#[test]
fn ntfy_keeps_some_topics_for_itself() {
    for topic in RESERVED_TOPICS {
        assert_eq!(
            fields_of(validate(&message(&json!({ "topic": topic })), now())),
            ["topic"]
        );
    }
}

#[test]
fn every_broken_rule_is_named_and_no_text_is_quoted() {
    let message =
        message(&json!({ "body": " ", "title": "secret".repeat(50), "topic": "secret topic", "click": "secret:x" }));
    let broken = validate(&message, now()).unwrap_err();
    assert_eq!(
        broken.iter().map(|error| error.field).collect::<Vec<_>>(),
        ["body", "title", "topic", "click"]
    );
    assert!(broken.iter().all(|error| !error.to_string().contains("secret")));
}

#[test]
fn a_started_message_may_be_late() {
    let late = message(&json!({ "deliver_at": "2026-01-01T00:00:00Z" }));
    assert_eq!(validate_started(&late, now()), Ok(()));
    let far = message(&json!({ "deliver_at": "2028-01-01T00:00:00Z" }));
    assert_eq!(fields_of(validate_started(&far, now())), ["deliver_at"]);
}
