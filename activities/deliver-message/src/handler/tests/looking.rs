//! Looking before sending again.

use serde_json::json;

use super::bench::{Bench, breakers};
use super::sink::{Act, Sink};

const LOOK: &str = "GET /rez/json?poll=1";
const SEND: &str = "POST /";

/// The topic's stream, with one message under this sequence id between two others.
fn stream(sequence_id: &str) -> Act {
    let line = |id: &str, sequence: &str| {
        format!(
            r#"{{"id":"{id}","sequence_id":"{sequence}","time":1795600000,"event":"message","topic":"rez","message":"m"}}"#
        )
    };
    let open = r#"{"id":"o","time":1,"event":"open","topic":"rez"}"#;
    Act::Answer(
        200,
        "",
        [open, &line("a", "m-0"), &line("b", sequence_id), &line("c", "m-2")].join("\n"),
    )
}

#[tokio::test]
async fn a_first_attempt_does_not_look() {
    let sink = Sink::with([]).await;
    Bench::at(&sink.url).await.deliver(json!({})).await.unwrap();
    assert_eq!(sink.lines(), [SEND]);
}

#[tokio::test]
async fn whatever_is_not_the_first_attempt_looks_first() {
    for (overrides, repeated) in [
        (json!({ "attempt": 1 }), false),
        (json!({ "round": 1 }), false),
        (json!({ "round": 1, "may_be_sent": true }), false),
        (json!({ "redrive": 1 }), false),
        (json!({}), true),
    ] {
        let sink = Sink::with([]).await;
        let bench = Bench::at(&sink.url).await;
        let receipt = bench.invoke(overrides.clone(), repeated).await.unwrap();
        assert_eq!(sink.lines(), [LOOK, SEND], "{overrides}");
        assert_eq!(receipt["found"], false);
    }
}

/// What an earlier round met was the breaker, or an ntfy that asks to wait: there is nothing to look for, and a look would be
/// the one request that a limit lets through.
#[tokio::test]
async fn a_round_after_one_in_which_nothing_was_sent_does_not_look() {
    let sink = Sink::with([Act::refuses(42901)]).await;
    let bench = Bench::at(&sink.url).await;
    let first = bench.deliver(json!({})).await.unwrap_err();
    assert_eq!(
        first,
        (
            "Delivery.RateLimited".to_owned(),
            json!({ "retry_after": 5, "may_be_sent": false })
        )
    );
    let second = json!({ "round": 1, "may_be_sent": first.1["may_be_sent"] });
    bench.deliver(second).await.unwrap();
    assert_eq!(sink.lines(), [SEND, SEND]);
}

#[tokio::test]
async fn who_asks_to_wait_does_not_make_an_earlier_attempt_forgotten() {
    let sink = Sink::with([stream("m-9"), Act::refuses(42901)]).await;
    let refused = Bench::at(&sink.url).await.deliver(json!({ "attempt": 1 })).await;
    assert_eq!(refused.unwrap_err().1["may_be_sent"], true);
    assert_eq!(sink.lines(), [LOOK, SEND]);
}

#[tokio::test]
async fn it_looks_from_five_seconds_before_the_first_attempt_and_shows_the_token() {
    let sink = Sink::with([]).await;
    Bench::at(&sink.url)
        .await
        .deliver(json!({ "attempt": 1, "since": "2026-11-25T22:00:05.9Z" }))
        .await
        .unwrap();
    let look = &sink.requests()[0];
    // 2026-11-25T22:00:00Z.
    assert_eq!(look.line, "GET /rez/json?poll=1&since=1795644000");
    assert!(
        look.headers
            .contains(&("authorization".to_owned(), "Bearer tk_secret".to_owned()))
    );
}

#[tokio::test]
async fn what_is_found_is_delivered_and_not_sent_again() {
    let sink = Sink::with([stream("m-1")]).await;
    let receipt = Bench::at(&sink.url)
        .await
        .deliver(json!({ "attempt": 2 }))
        .await
        .unwrap();
    assert_eq!(sink.lines(), [LOOK]);
    assert_eq!(
        receipt,
        json!({
            "ntfy_id": "b", "topic": "rez", "delivered_at": "2026-11-25T09:46:40Z", "truncated": false, "found": true,
        })
    );
}

#[tokio::test]
async fn what_can_never_be_looked_for_is_sent_again() {
    let breakers = breakers().await;
    for act in [
        stream("m-9"),
        Act::refuses(40301),
        Act::refuses(40101),
        Act::page(401),
        Act::page(403),
        Act::page(405),
        Act::Answer(200, "", String::new()),
    ] {
        let sink = Sink::with([act.clone()]).await;
        let receipt = Bench::sharing(&breakers, &sink.url)
            .deliver(json!({ "attempt": 1 }))
            .await
            .unwrap();
        assert_eq!(sink.lines(), [LOOK, SEND], "{act:?}");
        assert_eq!(receipt["found"], false, "{act:?}");
    }
}

/// Where looking fails, the earlier attempt may be there: what passes is looked through again, the rest is for a person.
#[tokio::test]
async fn while_ntfy_cannot_be_looked_through_nothing_is_sent() {
    let breakers = breakers().await;
    for (act, expected) in [
        (Act::page(502), "Delivery.Unavailable"),
        (Act::page(503), "Delivery.Unavailable"),
        (Act::page(500), "Delivery.Ambiguous"),
        (Act::page(504), "Delivery.Ambiguous"),
        (Act::Reset, "Delivery.Ambiguous"),
        (Act::Silence, "Delivery.Ambiguous"),
        (Act::Stall(200), "Delivery.Ambiguous"),
        (Act::BreakOff(200), "Delivery.Ambiguous"),
        (
            Act::Answer(200, "", r#"{"id":"b","ti"#.to_owned()),
            "Delivery.Ambiguous",
        ),
        (Act::refuses(42909), "Delivery.Misconfigured"),
        (Act::refuses(40401), "Delivery.Misconfigured"),
        (Act::page(404), "Delivery.Misconfigured"),
        (Act::page(200), "Delivery.Misconfigured"),
        (Act::page(204), "Delivery.Misconfigured"),
        (Act::page(302), "Delivery.Misconfigured"),
        (Act::page(400), "Delivery.Rejected"),
    ] {
        let sink = Sink::with([act.clone()]).await;
        let refused = Bench::sharing(&breakers, &sink.url)
            .deliver(json!({ "attempt": 1 }))
            .await;
        let (error, _) = refused.unwrap_err();
        assert_eq!(
            (sink.lines(), error.as_str()),
            (vec![LOOK.to_owned()], expected),
            "{act:?}"
        );
    }
}

/// A look is a subscription to ntfy, and many at once are refused: sending without having looked would send twice.
#[tokio::test]
async fn while_ntfy_is_too_busy_to_be_looked_through_nothing_is_sent() {
    for (code, retry_after) in [(42901, 5), (42903, 5)] {
        let sink = Sink::with([Act::refuses(code)]).await;
        let refused = Bench::at(&sink.url).await.deliver(json!({ "attempt": 1 })).await;
        let (error, payload) = refused.unwrap_err();
        assert_eq!(sink.lines(), [LOOK], "{code}");
        assert_eq!(
            (error.as_str(), &payload["retry_after"]),
            ("Delivery.RateLimited", &json!(retry_after)),
            "{code}"
        );
    }
}
