use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-11-25T23:00:00Z";

fn answered(status: u16, body: &str, retry_after: Option<&str>) -> Result<Accepted, DeliverError> {
    let answer = Answer {
        status,
        retry_after,
        body: body.as_bytes(),
        token: Some("tk_secret"),
    };
    read(answer, "rez", NOW.parse().unwrap())
}

/// The error for a refusal with ntfy's `code`, as its name on the wire and its payload.
fn refused(status: u16, code: u32) -> (String, Value) {
    let body = json!({ "code": code, "http": status, "error": "said" }).to_string();
    wire(answered(status, &body, None))
}

fn wire(answered: Result<Accepted, DeliverError>) -> (String, Value) {
    use expr::ActivityError;
    let error = answered.unwrap_err();
    (
        error.error_name().to_owned(),
        serde_json::from_str(&error.payload()).unwrap(),
    )
}

#[test]
fn each_listed_code_has_its_class() {
    for (code, class) in [
        (40009, "Delivery.Rejected"),
        (41303, "Delivery.Rejected"),
        (50701, "Delivery.Rejected"),
        (40101, "Delivery.Misconfigured"),
        (40301, "Delivery.Misconfigured"),
        (40401, "Delivery.Misconfigured"),
        (42909, "Delivery.Misconfigured"),
        (50002, "Delivery.Misconfigured"),
        (50003, "Delivery.Misconfigured"),
        (50001, "Delivery.Ambiguous"),
    ] {
        let status = u16::try_from(code / 100).unwrap();
        let remedy = if code == 40101 { "; check NTFY_API_KEY" } else { "" };
        let reason = json!({ "reason": format!("status {status}, code {code}: said{remedy}") });
        assert_eq!(refused(status, code), (class.to_owned(), reason));
    }
}

#[test]
fn each_limit_has_its_pause() {
    for (code, seconds) in [(42901, 5), (42904, 600), (42908, 3_600), (42911, 60), (42999, 60)] {
        assert_eq!(
            refused(429, code),
            (
                "Delivery.RateLimited".to_owned(),
                json!({ "retry_after": seconds, "may_be_sent": false })
            ),
            "{code}"
        );
    }
}

#[test]
fn without_a_code_the_status_counts() {
    for (statuses, class) in [
        (vec![400, 402, 410, 413, 418, 431, 451, 507], "Delivery.Rejected"),
        (
            vec![100, 201, 204, 206, 301, 302, 307, 308, 401, 403, 404, 600],
            "Delivery.Misconfigured",
        ),
        (vec![429], "Delivery.RateLimited"),
        (vec![408, 502, 503], "Delivery.Unavailable"),
        (vec![500, 501, 504, 505, 599], "Delivery.Ambiguous"),
    ] {
        for status in statuses {
            assert_eq!(
                wire(answered(status, "<html>Bad gateway</html>", None)).0,
                class,
                "{status}"
            );
        }
    }
}

#[test]
fn unknown_codes_count_as_their_status() {
    assert_eq!(refused(400, 40099).0, "Delivery.Rejected");
    assert_eq!(refused(503, 50399).0, "Delivery.Unavailable");
    assert_eq!(refused(500, 50099).0, "Delivery.Ambiguous");
}

#[test]
fn a_header_makes_a_pause_of_ntfy_longer_never_shorter() {
    let pause =
        |header| wire(answered(429, r#"{"code":42901,"http":429,"error":""}"#, Some(header))).1["retry_after"].clone();
    assert_eq!(pause("120"), 120);
    assert_eq!(pause("1"), 5);
    assert_eq!(pause("Wed, 25 Nov 2026 23:00:40 GMT"), 40);
    assert_eq!(pause("999999"), 3_600);
}

#[test]
fn a_limit_that_says_nothing_else_lasts_as_long_as_its_header() {
    let pause = |header| wire(answered(429, "<html>slow down</html>", header)).1["retry_after"].clone();
    assert_eq!(pause(Some("7")), 7);
    assert_eq!(pause(Some("rubbish")), 60);
    assert_eq!(pause(None), 60);
}

#[test]
fn delivered_is_200_json_an_id_the_event_message_and_our_topic() {
    let good = json!({ "id": "x1", "event": "message", "topic": "rez", "time": 5, "message": "m", "new": [1] });
    assert_eq!(answered(200, &good.to_string(), None).unwrap().id, "x1");
    for (field, value) in [
        ("id", Value::Null),
        ("id", json!("")),
        ("event", json!("open")),
        ("topic", json!("other")),
        ("time", json!("now")),
    ] {
        let mut answer = good.clone();
        answer[field] = value;
        let (class, payload) = wire(answered(200, &answer.to_string(), None));
        assert_eq!(class, "Delivery.Misconfigured", "{field}");
        assert_eq!(payload["reason"], "status 200, but the answer is not ntfy's");
    }
    for body in ["", "<html></html>", r#"{"id":"x1","event":"mess"#, "[]", "null"] {
        assert_eq!(wire(answered(200, body, None)).0, "Delivery.Misconfigured", "{body}");
    }
}

#[test]
fn a_reason_is_one_bounded_line_without_the_token_and_never_a_body() {
    let echo = json!({ "code": 40000, "error": format!("no\n tk_secret {}", "x".repeat(500)) }).to_string();
    let reason = wire(answered(400, &echo, None)).1["reason"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(reason.starts_with("status 400, code 40000: no [token] xxx"), "{reason}");
    assert!(reason.len() < 240, "{reason}");
    let page = wire(answered(502, "<html>upstream says tk_secret</html>", None));
    assert_eq!(page.1, json!({ "reason": "status 502" }));
}

#[test]
fn a_wrong_token_names_the_setting_to_check() {
    let answer = r#"{"code":40101,"http":401,"error":"unauthorized"}"#;
    assert_eq!(
        wire(answered(401, answer, None)).1["reason"],
        "status 401, code 40101: unauthorized; check NTFY_API_KEY"
    );
}

#[test]
fn no_code_is_listed_twice() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|row| row.0).collect();
    assert_eq!(codes.len(), CODES.len());
}
