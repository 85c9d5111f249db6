//! Traces, as a collector gets them from the real program.

mod collector;

use serde_json::{Value, json};
use tests::home::Home;
use tests::sink::Sink;

use collector::{Collector, Seen};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const SECRET: &str = "the boiler in room 7";

fn home(collector: &Collector, ntfy: &str) -> Home {
    Home::new()
        .with("NTFY_URL", ntfy)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())
        // Often, so that a test does not wait.
        .with("OTEL_BSP_SCHEDULE_DELAY", "100")
}

/// The span with this name, whose parent is that one.
fn child<'a>(seen: &'a [Seen], name: &str, parent: &Seen) -> &'a Seen {
    let found = seen.iter().find(|span| span.name == name && span.parent == parent.id);
    found.unwrap_or_else(|| panic!("no {name} in {parent:?}: {seen:#?}"))
}

/// From the request through execution, state, attempt and activity to ntfy: one trace, each part in the one that caused it,
/// and nothing that a person wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_one_trace_from_the_request_to_ntfy() {
    // The second attempt is the one that arrives.
    let sink = Sink::scripted(&["503"]).await;
    let collector = Collector::start().await;
    let home = home(&collector, &sink.url);
    let serve = home.serve();
    let request = serve.http.post(format!("{}/api/messages", serve.api));
    let request = request.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    let request = request.header("content-type", "application/json");
    let answer = request
        .body(json!({ "body": SECRET, "title": SECRET }).to_string())
        .send()
        .await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    let id = answer["message_id"].as_str().expect("an id");
    collector
        .until(|seen| seen.iter().any(|span| span.name == "process-message"))
        .await;
    serve.stop();

    let seen = collector.trace(TRACE);
    let request = seen
        .iter()
        .find(|span| span.parent == CALLER)
        .expect("what the caller caused");
    assert_eq!(request.name, "request", "{request:?}");
    let execution = child(&seen, "process-message", request);
    assert!(execution.attribute("aws.step_functions.execution.arn").ends_with(id));
    let state = child(&seen, "DeliverMessage", execution);
    assert_eq!(state.attribute("rez.state.retries"), "1", "{state:?}");
    let (first, second) = (
        child(&seen, "DeliverMessage attempt 1", state),
        child(&seen, "DeliverMessage attempt 2", state),
    );
    assert_eq!(first.failed.as_deref(), Some("Delivery.Unavailable"), "{first:?}");
    assert_eq!(second.failed, None);
    for attempt in [first, second] {
        let activity = child(&seen, "activity", attempt);
        assert_eq!(activity.attribute("message_id"), id);
        assert!(
            activity.from >= attempt.from && activity.to <= attempt.to + 1_000_000,
            "{activity:?} {attempt:?}"
        );
    }
    child(&seen, "ntfy publish", child(&seen, "activity", second));
    child(&seen, "PersistMessage", execution);
    assert!(!format!("{seen:?}").contains(SECRET), "somebody's text is in a trace");
}

/// What began before a power cut and ends after it is one trace, whether ntfy was asked meanwhile or a state waited: its place
/// stands in the execution's row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_survives_a_power_cut() {
    for waits in [false, true] {
        let sink = Sink::scripted(if waits { &[] } else { &["a late answer"] }).await;
        let collector = Collector::start().await;
        let home = home(&collector, &sink.url);
        let serve = home.serve();
        let mut message = json!({ "body": SECRET });
        if waits {
            let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
            message["deliver_at"] = json!(soon);
        }
        let request = serve.http.post(format!("{}/api/messages", serve.api));
        let request = request.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
        let request = request.header("content-type", "application/json");
        let answer = request.body(message.to_string()).send().await;
        assert_eq!(answer.expect("an answer").status(), 202);
        collector
            .until(|seen| seen.iter().any(|span| span.parent == CALLER))
            .await;
        while !waits && sink.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(collector.trace(TRACE).iter().all(|span| span.name != "process-message"));
        serve.kill();
        sink.release();
        let serve = home.serve();
        collector
            .until(|seen| seen.iter().any(|span| span.name == "process-message"))
            .await;
        serve.stop();
        let seen = collector.trace(TRACE);
        let request = seen.iter().find(|span| span.parent == CALLER);
        let execution = child(&seen, "process-message", request.expect("what the caller caused"));
        let attempt = child(
            &seen,
            "DeliverMessage attempt 1",
            child(&seen, "DeliverMessage", execution),
        );
        child(&seen, "activity", attempt);
        assert!(
            !waits || seen.iter().any(|span| span.attribute("rez.state.type") == "Wait"),
            "{seen:#?}"
        );
    }
}

/// A collector that takes connections and never answers: messages arrive as ever, and the server ends in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_collector_delays_nothing() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let sink = Sink::scripted(&[]).await;
    let home = Home::new()
        .with("NTFY_URL", sink.url.as_str())
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        .with("OTEL_BSP_SCHEDULE_DELAY", "10");
    let serve = home.serve();
    for number in 0..20 {
        let request = serve.http.post(format!("{}/api/messages", serve.api));
        let request = request.header("content-type", "application/json");
        let answer = request
            .body(json!({ "body": format!("number {number}") }).to_string())
            .send()
            .await;
        assert_eq!(answer.expect("an answer").status(), 202);
    }
    while sink.kept().len() < 20 {
        tokio::task::yield_now().await;
    }
    let begun = std::time::Instant::now();
    serve.stop();
    assert!(begun.elapsed().as_secs() < 7, "{:?}", begun.elapsed());
}
