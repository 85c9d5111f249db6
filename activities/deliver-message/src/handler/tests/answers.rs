//! One case for each row of the classification, by a server that is made to do it.

use serde_json::{Value, json};
use tables::breaker::Breakers;

use super::bench::{Bench, Logs, TEXT, TOKEN, breakers};
use super::sink::{Act, Sink};
use super::tls;

/// What the server does, how the delivery ends, and whether the breaker counts it.
struct Case {
    says: &'static str,
    act: Act,
    ends: &'static str,
    payload: Value,
    counts: bool,
}

fn case(says: &'static str, act: Act, ends: &'static str, payload: Value, counts: bool) -> Case {
    Case {
        says,
        act,
        ends,
        payload,
        counts,
    }
}

fn rejected() -> Vec<Case> {
    let reason = |reason: &str| json!({ "reason": reason });
    let ends = "Delivery.Rejected";
    vec![
        case(
            "ntfy refuses a field",
            Act::refuses(40007),
            ends,
            reason("status 400, code 40007: no"),
            false,
        ),
        case(
            "a code that is not known",
            Act::refuses(40099),
            ends,
            reason("status 400, code 40099: no"),
            false,
        ),
        case(
            "the request is too long",
            Act::refuses(41303),
            ends,
            reason("status 413, code 41303: no"),
            false,
        ),
        case(
            "the headers are too long",
            Act::page(431),
            ends,
            reason("status 431"),
            false,
        ),
        case(
            "ntfy's store is full",
            Act::refuses(50701),
            ends,
            reason("status 507, code 50701: no"),
            false,
        ),
    ]
}

fn misconfigured() -> Vec<Case> {
    let reason = |reason: &str| json!({ "reason": reason });
    let ends = "Delivery.Misconfigured";
    let not_ntfy = reason("status 200, but the answer is not ntfy's");
    let other_topic = r#"{"id":"1","time":1,"event":"message","topic":"another"}"#;
    vec![
        case(
            "a wrong token",
            Act::refuses(40101),
            ends,
            reason("status 401, code 40101: no; check NTFY_API_KEY"),
            false,
        ),
        case(
            "a topic of others",
            Act::refuses(40301),
            ends,
            reason("status 403, code 40301: no"),
            false,
        ),
        case(
            "a path that is not ntfy's",
            Act::refuses(40401),
            ends,
            reason("status 404, code 40401: no"),
            false,
        ),
        case(
            "a server that is not ntfy's",
            Act::page(404),
            ends,
            reason("status 404"),
            false,
        ),
        case(
            "too many bad sign-ins",
            Act::refuses(42909),
            ends,
            reason("status 429, code 42909: no"),
            false,
        ),
        case(
            "no base-url",
            Act::refuses(50003),
            ends,
            reason("status 500, code 50003: no"),
            false,
        ),
        case(
            "an invalid path",
            Act::refuses(50002),
            ends,
            reason("status 500, code 50002: no"),
            false,
        ),
        case("200 and a page", Act::page(200), ends, not_ntfy.clone(), false),
        case(
            "200 and half a document",
            Act::Answer(200, "", r#"{"id":"1","ev"#.to_owned()),
            ends,
            not_ntfy.clone(),
            false,
        ),
        case(
            "200 and another topic",
            Act::Answer(200, "", other_topic.to_owned()),
            ends,
            not_ntfy.clone(),
            false,
        ),
        case(
            "200 and an endless page",
            Act::Answer(200, "", "x".repeat(200_000)),
            ends,
            not_ntfy,
            false,
        ),
        case(
            "204",
            Act::Answer(204, "", String::new()),
            ends,
            reason("status 204"),
            false,
        ),
    ]
}

fn rate_limited() -> Vec<Case> {
    let wait = |seconds: u32| json!({ "retry_after": seconds, "may_be_sent": false });
    let ends = "Delivery.RateLimited";
    let asks = |header| Act::Answer(429, header, "<html>slow down</html>".to_owned());
    vec![
        case("too many requests", Act::refuses(42901), ends, wait(5), false),
        case("too many topics", Act::refuses(42904), ends, wait(600), false),
        case("too many messages today", Act::refuses(42908), ends, wait(3_600), false),
        case("too many new topics", Act::refuses(42911), ends, wait(60), false),
        case(
            "a proxy asks for seconds",
            asks("Retry-After: 7\r\n"),
            ends,
            wait(7),
            false,
        ),
        case(
            "a proxy asks for a time",
            asks("Retry-After: Wed, 25 Nov 2026 23:00:40 GMT\r\n"),
            ends,
            wait(40),
            false,
        ),
        case(
            "a proxy asks for a day",
            asks("Retry-After: 86400\r\n"),
            ends,
            wait(3_600),
            false,
        ),
        case("a proxy does not say how long", Act::page(429), ends, wait(60), false),
    ]
}

fn unavailable() -> Vec<Case> {
    [408, 502, 503]
        .map(|status| {
            let reason = json!({ "reason": format!("status {status}") });
            case(
                "a proxy without ntfy",
                Act::page(status),
                "Delivery.Unavailable",
                reason,
                true,
            )
        })
        .into()
}

fn ambiguous() -> Vec<Case> {
    let reason = |reason: &str| json!({ "reason": reason });
    let ends = "Delivery.Ambiguous";
    vec![
        case(
            "an error after a subscriber had it",
            Act::refuses(50001),
            ends,
            reason("status 500, code 50001: no"),
            true,
        ),
        case(
            "an error without a code",
            Act::page(500),
            ends,
            reason("status 500"),
            true,
        ),
        case("a proxy that gave up", Act::page(504), ends, reason("status 504"), true),
        case("no answer", Act::Silence, ends, reason("no answer in time"), true),
        case(
            "200 and a body that stalls",
            Act::Stall(200),
            ends,
            reason("no answer in time"),
            true,
        ),
        case("a connection that closes", Act::Reset, ends, Value::Null, true),
        case(
            "200 and a body that breaks off",
            Act::BreakOff(200),
            ends,
            Value::Null,
            true,
        ),
    ]
}

async fn holds(case: Case, breakers: &Breakers) {
    let sink = Sink::with([case.act]).await;
    let bench = Bench::sharing(breakers, &sink.url);
    let (ends, payload) = bench.deliver(json!({})).await.unwrap_err();
    assert_eq!(ends, case.ends, "{}", case.says);
    match case.payload {
        // What broke is the operating system's word.
        Value::Null => assert!(
            payload["reason"]
                .as_str()
                .unwrap()
                .starts_with("the connection broke: "),
            "{payload}"
        ),
        expected => assert_eq!(payload, expected, "{}", case.says),
    }
    assert_eq!(
        bench.failures(&sink.url).await,
        usize::from(case.counts),
        "{}",
        case.says
    );
    assert_eq!(sink.lines(), ["POST /"], "{}: it was sent once", case.says);
    let seen = format!("{payload} {}", Logs::text());
    assert!(seen.contains(case.ends), "nothing was logged");
    assert!(
        !seen.contains(TOKEN) && !seen.contains(TEXT) && !seen.contains(&sink.url),
        "{seen}"
    );
}

#[tokio::test]
async fn every_row_of_the_classification() {
    let rows = [rejected(), misconfigured(), rate_limited(), unavailable(), ambiguous()];
    let breakers = breakers().await;
    for case in rows.into_iter().flatten() {
        holds(case, &breakers).await;
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Sink::with([]).await;
    let location: &'static str = format!("Location: {}/\r\n", elsewhere.url).leak();
    for status in [301, 302, 303, 307, 308] {
        let sink = Sink::with([Act::Answer(status, location, String::new())]).await;
        let (ends, payload) = Bench::at(&sink.url).await.deliver(json!({})).await.unwrap_err();
        assert_eq!(
            (ends.as_str(), payload),
            (
                "Delivery.Misconfigured",
                json!({ "reason": format!("status {status}") })
            )
        );
    }
    assert_eq!(elsewhere.requests(), []);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_unavailable() {
    let (plain, strange) = (tls::none().await, tls::of_nobody().await);
    for (url, says) in [
        ("http://127.0.0.1:1", "no connection: "),
        ("http://ntfy.invalid", "no connection"),
        (plain.as_str(), "no connection: "),
        (strange.as_str(), "no connection: invalid peer certificate"),
    ] {
        let bench = Bench::at(url).await;
        let (ends, payload) = bench.deliver(json!({})).await.unwrap_err();
        assert_eq!(ends, "Delivery.Unavailable", "{url}");
        assert!(
            payload["reason"].as_str().unwrap().starts_with(says),
            "{url}: {payload}"
        );
        assert_eq!(bench.failures(url).await, 1, "{url}");
    }
}
