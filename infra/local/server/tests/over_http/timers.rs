//! Waiting costs nothing under a clock that is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use server::{Config, ManualClock};

use crate::support::{Client, jsonata, start, types};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[tokio::test]
async fn a_year_passes_at_once_and_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let config = Config {
        clock: Arc::new(clock.clone()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    let states = json!({
        "First": {"Type": "Wait", "Seconds": 31_536_000, "Next": "Second"},
        "Second": {"Type": "Wait", "Timestamp": "2028-01-01T00:00:00Z", "End": true},
    });
    let arn = client.create("m", &jsonata("First", states)).await;
    let execution = client.start(&arn, "e", "{}").await;
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    server.shutdown().await;

    clock.advance(YEAR);
    let server = start(&config).await;
    let client = Client::of(&server);
    clock.advance(YEAR);
    let ended = client.ended(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED");
    let history = client.history(&execution).await;
    assert_eq!(
        types(&history)[1..5],
        [
            "WaitStateEntered",
            "WaitStateExited",
            "WaitStateEntered",
            "WaitStateExited"
        ]
    );
    server.shutdown().await;
}
