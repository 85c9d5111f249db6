//! What the table of `tests/data/delivery-rows.md` leaves out: answers that only look like ntfy's, and what is said of each.

use serde_json::json;

use super::bench::{Bench, Logs, TEXT, TOKEN, breakers};
use super::sink::{Act, Sink};
use super::tls;

const NOT_NTFYS: &str = "status 200, but the answer is not ntfy's";

#[tokio::test]
async fn an_answer_that_only_looks_like_ntfys_is_none_and_tells_no_secret() {
    let other_topic = r#"{"id":"1","time":1,"event":"message","topic":"another"}"#;
    let says = |body: &str| Act::Answer(200, "", body.to_owned());
    let breakers = breakers().await;
    for (act, ends, reason) in [
        (says(r#"{"id":"1","ev"#), "Delivery.Misconfigured", NOT_NTFYS),
        (says(other_topic), "Delivery.Misconfigured", NOT_NTFYS),
        (says(&"x".repeat(200_000)), "Delivery.Misconfigured", NOT_NTFYS),
        (says(TEXT), "Delivery.Misconfigured", NOT_NTFYS),
        (Act::Answer(400, "", TEXT.to_owned()), "Delivery.Rejected", "status 400"),
        (Act::Stall(200), "Delivery.Ambiguous", "no answer in time"),
    ] {
        let sink = Sink::with([act.clone()]).await;
        let bench = Bench::sharing(&breakers, &sink.url);
        let (error, payload) = bench.deliver(json!({})).await.unwrap_err();
        assert_eq!(
            (error.as_str(), &payload),
            (ends, &json!({ "reason": reason })),
            "{act:?}"
        );
        let seen = format!("{payload} {}", Logs::text());
        assert!(seen.contains(ends), "nothing was logged");
        assert!(
            !seen.contains(TOKEN) && !seen.contains(TEXT) && !seen.contains(&sink.url),
            "{seen}"
        );
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
