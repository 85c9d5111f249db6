//! Retention: what ended long ago is deleted, a little at a time between other work.

mod clock;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use journal::{Batch, ExecutionFilter};

use crate::failpoints::{self, Commit, Moment};
use crate::host::{Host, HostError};

use clock::Look;
pub use clock::TrustedClock;

/// How many of a kind are deleted in one transaction: few enough that nobody notices.
const AT_ONCE: usize = 64;
/// How often it is looked for what has expired, unless the retention is shorter.
const INTERVAL: Duration = Duration::from_hours(1);

/// Deletes what has ended and is older than `retention`, and items whose own time has come, until the server stops.
pub(crate) async fn run(host: Arc<Host>, items: dynoxide::Database, retention: Duration) {
    let interval = (retention / 4).clamp(Duration::from_secs(1), INTERVAL);
    let mut watch = Watch::default();
    while !host.is_stopping() {
        let began = host.now();
        match watch.look(&host, retention).await {
            Ok(time) => expire(&host, &items, time, retention).await,
            Err(error) => tracing::warn!(%error, "the time could not be kept; nothing is deleted until it can"),
        }
        let next = began.saturating_add(interval).unwrap_or(Timestamp::MAX);
        // A clock that is set back must not put off the next look.
        while (began..next).contains(&host.now()) {
            tokio::select! {
                () = host.sleep_until(next) => {}
                () = host.stopped() => return,
            }
        }
    }
}

async fn expire(host: &Host, items: &dynoxide::Database, time: TrustedClock, retention: Duration) {
    if let Err(error) = purge(host, time.trusted.min(host.now()), retention).await {
        tracing::warn!(%error, "what has expired could not be deleted and is tried again");
    }
    // The items are judged by the clock itself.
    if !time.is_ahead() {
        sweep(items.clone()).await;
    }
}

/// Watches the clock.
#[derive(Default)]
struct Watch {
    kept: Option<TrustedClock>,
    /// What the monotonic clock said at the last look of this process.
    last: Option<Duration>,
}

impl Watch {
    /// Looks at the clock, and keeps what it has shown: the time that may be trusted.
    async fn look(&mut self, host: &Host, retention: Duration) -> Result<TrustedClock, HostError> {
        let mut time = match &self.kept {
            Some(kept) => kept.clone(),
            None => kept(host).await?,
        };
        let (now, monotonic) = (host.now(), host.monotonic());
        let passed = self.last.map_or(Duration::ZERO, |last| monotonic.saturating_sub(last));
        match time.look(now, passed, retention) {
            Look::Leapt => tracing::warn!(
                clock = %now, trusted = %time.trusted,
                "the clock has leapt ahead: what would have expired by that is kept for a day, so that it can be set right"
            ),
            Look::Believed => tracing::warn!(clock = %now, "the clock that has leapt ahead is believed now"),
            Look::InStep | Look::Ahead => {}
        }
        let mut batch = Batch::new();
        batch.set_meta(journal::RETENTION_CLOCK, time.write());
        failpoints::commit(&host.journal, Commit::Tick, batch).await?;
        self.last = Some(monotonic);
        Ok(self.kept.insert(time).clone())
    }
}

/// The time that was trusted last, by a server before this one: that of the newest start, if it kept none; and the clock's
/// if nothing has ever been started.
async fn kept(host: &Host) -> Result<TrustedClock, HostError> {
    let kept = host.journal.meta(journal::RETENTION_CLOCK).await?;
    if let Some(kept) = kept.as_deref().and_then(TrustedClock::read) {
        return Ok(kept);
    }
    let newest = ExecutionFilter {
        limit: 1,
        ..ExecutionFilter::default()
    };
    let newest = host.journal.executions(newest).await?;
    Ok(TrustedClock::new(
        newest.first().map_or_else(|| host.now(), |newest| newest.started_at),
    ))
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
    forget_redrivable(host, now).await
}

/// What ended too long ago for a redrive is not kept for one, however long the execution is.
async fn forget_redrivable(host: &Host, now: Timestamp) -> Result<(), HostError> {
    let before = now.saturating_sub(engine::REDRIVE_PERIOD).unwrap_or(Timestamp::MIN);
    // One more second: what ended just so long ago can still be redriven.
    let before = before.saturating_sub(Duration::from_secs(1)).unwrap_or(Timestamp::MIN);
    while !host.is_stopping() && host.journal.purge_redrivable(before, AT_ONCE).await? > 0 {
        tokio::task::yield_now().await;
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
