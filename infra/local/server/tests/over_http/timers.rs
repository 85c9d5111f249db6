//! Waiting costs nothing under a clock that is moved by hand.

use std::path::Path;
use std::time::Duration;

use journal::{Batch, ExecutionId, Journal};
use serde_json::json;
use server::ManualClock;

use crate::support::{jsonata, server_at, types};

const YEAR: Duration = Duration::from_hours(365 * 24);

#[tokio::test]
async fn a_year_passes_at_once_and_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let states = json!({
        "First": {"Type": "Wait", "Seconds": 31_536_000, "Next": "Second"},
        "Second": {"Type": "Wait", "Timestamp": "2028-01-01T00:00:00Z", "End": true},
    });
    let arn = client.create("m", &jsonata("First", states)).await;
    let execution = client.start(&arn, "e", "{}").await;
    assert_eq!(client.describe(&execution).await["status"], "RUNNING");
    server.shutdown().await;

    clock.advance(YEAR);
    let (server, client) = server_at(directory.path(), &clock).await;
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

/// What one execution makes the engine stumble over concerns neither the others nor its own future.
#[tokio::test]
async fn an_execution_that_cannot_be_loaded_keeps_its_timer_and_holds_up_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let states = json!({"Wait": {"Type": "Wait", "Seconds": 60, "End": true}});
    let arn = client.create("m", &jsonata("Wait", states)).await;
    let broken = client.start(&arn, "broken", "{}").await;
    let sound = client.start(&arn, "sound", "{}").await;
    server.shutdown().await;
    let state = replace_state(directory.path(), "broken", b"written by a newer engine".to_vec()).await;

    clock.advance(Duration::from_mins(1));
    let (server, client) = server_at(directory.path(), &clock).await;
    assert_eq!(client.ended(&sound).await["status"], "SUCCEEDED");
    server.shutdown().await;
    replace_state(directory.path(), "broken", state).await;

    clock.advance(YEAR);
    let (server, client) = server_at(directory.path(), &clock).await;
    assert_eq!(client.ended(&broken).await["status"], "SUCCEEDED");
    server.shutdown().await;
}

/// Replaces the engine's state of an execution while no server runs; returns what it was.
async fn replace_state(directory: &Path, name: &str, state: Vec<u8>) -> Vec<u8> {
    let journal = Journal::open(directory).unwrap();
    let id: ExecutionId = journal.execution("m", name).await.unwrap().unwrap().summary.id;
    let before = journal.unfinished(id).await.unwrap().unwrap().state;
    let mut batch = Batch::new();
    batch.keep_state(id, state);
    journal.commit(batch).await.unwrap();
    journal.close();
    before
}
