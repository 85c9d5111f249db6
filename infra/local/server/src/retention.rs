//! Retention: what ended long ago is deleted, a little at a time between other work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::failpoints::{self, Moment};
use crate::host::{Host, HostError};

/// How many of a kind are deleted in one transaction: few enough that nobody notices.
const AT_ONCE: usize = 64;
/// How often it is looked for what has expired, unless the retention is shorter.
const INTERVAL: Duration = Duration::from_hours(1);

/// Deletes what has ended and is older than `retention`, and items whose own time has come, until the server stops.
pub(crate) async fn run(host: Arc<Host>, items: dynoxide::Database, retention: Duration) {
    let interval = (retention / 4).clamp(Duration::from_secs(1), INTERVAL);
    while !host.is_stopping() {
        let began = host.now();
        if let Err(error) = purge(&host, began, retention).await {
            tracing::warn!(%error, "what has expired could not be deleted and is tried again");
        }
        sweep(items.clone()).await;
        let next = began.saturating_add(interval).unwrap_or(Timestamp::MAX);
        while host.now() < next {
            tokio::select! {
                () = host.sleep_until(next) => {}
                () = host.stopped() => return,
            }
        }
    }
}

/// Rests after each transaction as long as it took, so that at least half of the time is left to others.
async fn purge(host: &Host, now: Timestamp, retention: Duration) -> Result<(), HostError> {
    let before = now.saturating_sub(retention).unwrap_or(Timestamp::MIN);
    let mut deleted = 0;
    while !host.is_stopping() {
        let began = Instant::now();
        failpoints::at(Moment::Purge);
        let count = host.journal.purge(before, AT_ONCE).await?;
        if count == 0 {
            break;
        }
        deleted += count;
        host.forget_ended();
        tokio::time::sleep(began.elapsed()).await;
    }
    if deleted > 0 {
        tracing::info!(deleted, "what had expired has been deleted");
    }
    Ok(())
}

/// Messages' items carry their own time to live; DynamoDB removes them by itself, the embedded one when asked.
async fn sweep(items: dynoxide::Database) {
    let swept = tokio::task::spawn_blocking(move || items.sweep_ttl().map_err(|error| error.to_string()));
    match swept.await {
        Ok(Ok(0)) => {}
        Ok(Ok(deleted)) => tracing::info!(deleted, "expired items have been deleted"),
        Ok(Err(error)) => tracing::warn!(error, "expired items could not be deleted"),
        Err(error) => tracing::warn!(%error, "expired items could not be deleted"),
    }
}
