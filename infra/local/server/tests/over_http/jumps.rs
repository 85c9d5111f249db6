//! A machine's clock that is set: timers follow it, and histories never go back.
//!
//! A wait ends when the clock says so. Set forwards, what has become due fires at once; set backwards, it fires late. The
//! times of one history never decrease, as readers of AWS's histories may rely on: while the clock is behind, events carry
//! the time of the one before.

use serde_json::{Value, json};
use server::ManualClock;

use crate::support::{jsonata, server_at, types};

fn times(history: &[Value]) -> Vec<f64> {
    history
        .iter()
        .map(|event| event["timestamp"].as_f64().unwrap())
        .collect()
}

fn two_waits() -> Value {
    jsonata(
        "First",
        json!({
            "First": {"Type": "Wait", "Seconds": 60, "Next": "Second"},
            "Second": {"Type": "Wait", "Seconds": 60, "End": true},
        }),
    )
}

const WAITED_TWICE: [&str; 6] = [
    "ExecutionStarted",
    "WaitStateEntered",
    "WaitStateExited",
    "WaitStateEntered",
    "WaitStateExited",
    "ExecutionSucceeded",
];

#[tokio::test]
async fn a_clock_set_backwards_makes_timers_late_and_no_history_go_back() {
    let directory = tempfile::tempdir().unwrap();
    let noon = "2026-01-01T12:00:00Z".parse().unwrap();
    let clock = ManualClock::new(noon);
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client.create("m", &two_waits()).await;
    let waits = client.start(&machine, "waits", "{}").await;
    let stopped = client.start(&machine, "stopped", "{}").await;

    clock.set("2026-01-01T11:00:00Z".parse().unwrap());
    client
        .call("StopExecution", json!({ "executionArn": stopped }))
        .await
        .unwrap();
    let described = client.describe(&stopped).await;
    assert_eq!(
        described["stopDate"], described["startDate"],
        "it does not end before it began"
    );
    assert!(times(&client.history(&stopped).await).is_sorted());
    assert_eq!(client.describe(&waits).await["status"], "RUNNING");

    // A restart under the clock that is behind changes nothing.
    server.shutdown().await;
    let (server, client) = server_at(directory.path(), &clock).await;
    assert_eq!(client.describe(&waits).await["status"], "RUNNING");
    clock.set("2026-01-01T12:01:00Z".parse().unwrap());
    while client.history(&waits).await.len() < 4 {
        tokio::task::yield_now().await;
    }
    clock.set("2026-01-01T12:02:00Z".parse().unwrap());
    assert_eq!(client.ended(&waits).await["status"], "SUCCEEDED");
    let history = client.history(&waits).await;
    assert_eq!(types(&history), WAITED_TWICE);
    let noon = 1_767_268_800.0;
    assert_eq!(
        times(&history),
        [noon, noon, noon + 60.0, noon + 60.0, noon + 120.0, noon + 120.0]
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_clock_set_forwards_fires_what_is_due_once_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T12:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client.create("m", &two_waits()).await;
    let execution = client.start(&machine, "e", "{}").await;

    clock.set("2026-01-02T12:00:00Z".parse().unwrap());
    while client.history(&execution).await.len() < 4 {
        tokio::task::yield_now().await;
    }
    // And corrected again: what was stamped with the wrong day stays, and the second wait counts from it.
    clock.set("2026-01-01T12:01:30Z".parse().unwrap());
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    clock.set("2026-01-02T12:01:00Z".parse().unwrap());
    assert_eq!(client.ended(&execution).await["status"], "SUCCEEDED");
    let history = client.history(&execution).await;
    assert_eq!(types(&history), WAITED_TWICE);
    assert!(times(&history).is_sorted());
    server.shutdown().await;
}
