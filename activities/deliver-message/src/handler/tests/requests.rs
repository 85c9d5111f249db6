//! What is sent, byte for byte.

use activity_runtime::Metric;
use serde_json::{Value, json};

use super::bench::{Bench, TEXT};
use super::sink::Sink;

#[tokio::test]
async fn a_delivery_is_one_post_of_json_with_the_token() {
    let sink = Sink::with([]).await;
    let bench = Bench::at(&sink.url).await;
    let receipt = bench
        .deliver(json!({ "priority": "high", "topic": "alerts" }))
        .await
        .unwrap();
    let [request] = &sink.requests()[..] else {
        panic!("one request")
    };
    assert_eq!(request.line, "POST /");
    for (name, value) in [
        ("authorization", "Bearer tk_secret"),
        ("content-type", "application/json"),
    ] {
        assert!(
            request.headers.contains(&(name.to_owned(), value.to_owned())),
            "{:?}",
            request.headers
        );
    }
    assert_eq!(
        serde_json::from_str::<Value>(&request.body).unwrap(),
        json!({ "topic": "alerts", "sequence_id": "m-1", "priority": 4, "message": TEXT })
    );
    assert_eq!(
        receipt,
        json!({
            "ntfy_id": "ntfy-1", "topic": "alerts", "delivered_at": "2026-11-25T09:46:40Z", "truncated": false,
            "found": false,
        })
    );
    assert_eq!(bench.metrics.series(Metric::NotificationsSent, "sent").count, 1);
}

#[tokio::test]
async fn a_long_text_is_cut_and_the_receipt_says_so() {
    let sink = Sink::with([]).await;
    let bench = Bench::at(&sink.url).await;
    let receipt = bench.deliver(json!({ "body": "é".repeat(3_000) })).await.unwrap();
    assert_eq!(receipt["truncated"], true);
    let sent: Value = serde_json::from_str(&sink.requests()[0].body).unwrap();
    let message = sent["message"].as_str().unwrap();
    assert!(
        message.len() <= 4_095 && message.ends_with("é … [cut]"),
        "{} bytes",
        message.len()
    );
}

#[tokio::test]
async fn what_ntfy_would_not_take_is_not_sent() {
    let sink = Sink::with([]).await;
    let bench = Bench::at(&sink.url).await;
    let (ends, payload) = bench.deliver(json!({ "body": " \n " })).await.unwrap_err();
    assert_eq!(ends, "Delivery.Rejected");
    assert_eq!(
        payload,
        json!({ "reason": "body: is blank: ntfy would show \"triggered\" instead" })
    );
    assert_eq!(sink.requests(), []);
}
