//! The breaker between the handler and a server that fails.

use std::sync::Arc;

use activity_runtime::{FixedParameters, Metric};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::json;
use tables::breaker::{Breakers, Thresholds};

use super::bench::{Bench, dynamodb};
use super::sink::{Act, Sink};

#[tokio::test]
async fn five_failures_open_it_a_probe_half_opens_it_and_two_successes_close_it() {
    let sink = Sink::with((0..5).map(|_| Act::page(503))).await;
    let bench = Bench::at(&sink.url).await;
    let state = async || bench.breakers.get(&sink.url).await.unwrap().breaker.state();
    for _ in 0..5 {
        assert_eq!(bench.deliver(json!({})).await.unwrap_err().0, "Delivery.Unavailable");
    }
    assert_eq!(state().await, "OPEN");
    bench.clock.advance(SignedDuration::from_millis(9_500));
    let refused = bench.deliver(json!({})).await.unwrap_err();
    assert_eq!(
        refused,
        (
            "Delivery.CircuitOpen".to_owned(),
            json!({ "retry_after": 21, "failing_for": 10, "may_be_sent": false })
        )
    );
    assert_eq!(sink.lines().len(), 5, "nothing was sent while it was open");
    assert_eq!(
        bench
            .metrics
            .series(Metric::CircuitBreakerState, &sink.url)
            .last
            .to_string(),
        "1"
    );
    bench.clock.advance(SignedDuration::from_millis(20_500));
    bench.deliver(json!({})).await.unwrap();
    assert_eq!(state().await, "HALF_OPEN");
    bench.deliver(json!({})).await.unwrap();
    assert_eq!(state().await, "CLOSED");
    assert_eq!(
        bench
            .metrics
            .series(Metric::CircuitBreakerState, &sink.url)
            .last
            .to_string(),
        "0"
    );
}

#[tokio::test]
async fn what_is_the_messages_fault_neither_opens_nor_closes_it() {
    let sink = Sink::with((0..7).map(|_| Act::refuses(40007))).await;
    let bench = Bench::at(&sink.url).await;
    for _ in 0..7 {
        assert_eq!(bench.deliver(json!({})).await.unwrap_err().0, "Delivery.Rejected");
    }
    assert_eq!(bench.failures(&sink.url).await, 0);
}

#[tokio::test]
async fn a_breaker_that_is_away_stops_nothing_and_is_counted() {
    let sink = Sink::with([]).await;
    let parameters: FixedParameters = [("ntfy-url", SecretString::from(sink.url.clone()))]
        .into_iter()
        .collect();
    let no_table = Breakers::new(dynamodb().await, "no-such-table", Thresholds::default());
    let bench = Bench::with(Arc::new(parameters), no_table);
    bench.deliver(json!({})).await.unwrap();
    assert_eq!(sink.lines(), ["POST /"]);
    assert_eq!(bench.metrics.series(Metric::CircuitBreakerBypassed, &sink.url).count, 1);
}

#[tokio::test]
async fn after_an_outage_a_crowd_waits_for_the_probe_and_gets_through() {
    let sink = Sink::with((0..5).map(|_| Act::page(503))).await;
    let bench = Bench::at(&sink.url).await;
    for _ in 0..5 {
        bench.deliver(json!({})).await.unwrap_err();
    }
    bench.clock.advance(SignedDuration::from_secs(31));
    let deliver = || bench.deliver(json!({}));
    let crowd = tokio::join!(deliver(), deliver(), deliver(), deliver());
    for ended in [crowd.0, crowd.1, crowd.2, crowd.3] {
        ended.unwrap();
    }
    assert_eq!(bench.breakers.get(&sink.url).await.unwrap().breaker.state(), "CLOSED");
}
