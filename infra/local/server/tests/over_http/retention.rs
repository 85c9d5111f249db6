//! What ended long ago is gone, what runs is not.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use server::{Clock as _, ManualClock, TrustedClock};

use crate::support::{Client, jsonata, server_at};

const DAY: Duration = Duration::from_hours(24);

/// Returns when the execution has been deleted.
async fn gone(client: &Client, execution: &str) {
    let request = json!({ "executionArn": execution });
    let gone = async {
        while client.call("DescribeExecution", request.clone()).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .expect("it goes");
}

#[tokio::test]
async fn an_execution_is_kept_for_its_retention_after_its_end_and_its_name_is_free_then() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let (server, client) = server_at(directory.path(), &clock).await;
    let ends = client
        .create("ends", &jsonata("Done", json!({"Done": {"Type": "Succeed"}})))
        .await;
    let wait = json!({"Wait": {"Type": "Wait", "Seconds": 86_400 * 300, "End": true}});
    let sleeps = client.create("sleeps", &jsonata("Wait", wait)).await;
    let ended = client.start(&ends, "e", "1").await;
    let sleeping = client.start(&sleeps, "e", "1").await;

    clock.advance(DAY * 89);
    assert_eq!(client.describe(&ended).await["status"], "SUCCEEDED");
    clock.advance(DAY * 2);
    gone(&client, &ended).await;
    for operation in ["DescribeExecution", "GetExecutionHistory"] {
        let answer = client.call(operation, json!({ "executionArn": ended })).await;
        assert_eq!(answer.unwrap_err(), "ExecutionDoesNotExist", "{operation}");
    }
    assert_eq!(client.describe(&sleeping).await["status"], "RUNNING");
    assert_eq!(client.start(&ends, "e", "2").await, ended, "the name is free");

    clock.advance(DAY * 300);
    assert_eq!(client.ended(&sleeping).await["status"], "SUCCEEDED");
    server.shutdown().await;
}

/// What the server has seen of the clock, once that is so.
async fn seen(directory: &Path, clock: &ManualClock, there: impl Fn(&TrustedClock) -> bool) -> TrustedClock {
    let seen = async {
        loop {
            let inspection = server::inspect(directory, clock.now()).unwrap().unwrap();
            let seen = inspection.retention_clock.as_deref().and_then(TrustedClock::read);
            if let Some(seen) = seen.filter(&there) {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen)
        .await
        .expect("the server looks at the clock")
}

#[tokio::test]
async fn a_clock_set_years_ahead_deletes_nothing_before_it_has_stood_for_a_day() {
    let directory = tempfile::tempdir().unwrap();
    let start = "2026-01-01T00:00:00Z".parse().unwrap();
    let clock = ManualClock::new(start);
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client
        .create("m", &jsonata("Done", json!({"Done": {"Type": "Succeed"}})))
        .await;
    let execution = client.start(&machine, "e", "1").await;
    assert_eq!(client.describe(&execution).await["status"], "SUCCEEDED");
    seen(directory.path(), &clock, |seen| seen.clock == start).await;

    let ahead = "2036-01-01T00:00:00Z".parse().unwrap();
    clock.set(ahead);
    let leapt = seen(directory.path(), &clock, |seen| seen.clock == ahead).await;
    assert!(leapt.is_ahead());
    assert_eq!(leapt.trusted, start);
    // A restart is no reason to believe it.
    server.shutdown().await;
    let (server, client) = server_at(directory.path(), &clock).await;
    // Its first look may come before this hour or after it.
    for hours in [1, 22] {
        clock.advance(Duration::from_hours(hours));
        let still = seen(directory.path(), &clock, |seen| seen.clock == clock.now()).await;
        assert!(still.is_ahead(), "{hours}");
    }
    assert_eq!(client.describe(&execution).await["status"], "SUCCEEDED");

    clock.advance(Duration::from_hours(3));
    gone(&client, &execution).await;
    server.shutdown().await;
}

#[tokio::test]
async fn a_clock_that_is_set_right_again_has_deleted_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let start = "2026-01-01T00:00:00Z".parse().unwrap();
    let clock = ManualClock::new(start);
    let (server, client) = server_at(directory.path(), &clock).await;
    let machine = client
        .create("m", &jsonata("Done", json!({"Done": {"Type": "Succeed"}})))
        .await;
    let execution = client.start(&machine, "e", "1").await;
    let ahead = "2036-01-01T00:00:00Z".parse().unwrap();
    clock.set(ahead);
    seen(directory.path(), &clock, |seen| seen.clock == ahead).await;
    clock.set(start);
    clock.advance(Duration::from_hours(2));
    let right = seen(directory.path(), &clock, |seen| seen.clock < ahead).await;
    assert!(!right.is_ahead());
    assert_eq!(client.describe(&execution).await["status"], "SUCCEEDED");
    server.shutdown().await;
}
