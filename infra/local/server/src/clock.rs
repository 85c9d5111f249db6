//! Where the time comes from.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

/// The time, and waiting for it.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;

    /// A time that goes on evenly whatever the clock is set to, since a beginning of its own.
    fn monotonic(&self) -> Duration;

    /// Returns when it is `at` or later, or now and then earlier: the caller looks at the clock again.
    async fn sleep_until(&self, at: Timestamp);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// How long at most the machine's clock is trusted not to have been set: a clock that jumps is noticed after it.
const TRUST: Duration = Duration::from_secs(15);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        activity_runtime::Clock::now(&activity_runtime::SystemClock)
    }

    fn monotonic(&self) -> Duration {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGINNING.elapsed()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let remaining = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        tokio::time::sleep(remaining.min(TRUST)).await;
    }
}

/// A clock that stands still until it is told to move: waits cost nothing, and a year passes at once.
#[derive(Clone, Debug)]
pub struct ManualClock {
    time: watch::Sender<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Time {
    now: Timestamp,
    /// How far it has been moved forward, without what it was set to.
    passed: Duration,
}

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        let passed = Duration::ZERO;
        Self {
            time: watch::Sender::new(Time { now, passed }),
        }
    }

    /// Sets the clock, forwards or backwards, as an administrator does: no time passes.
    pub fn set(&self, to: Timestamp) {
        self.time.send_modify(|time| time.now = to);
    }

    /// Moves the clock forward: time passes.
    pub fn advance(&self, by: Duration) {
        self.time.send_modify(|time| {
            time.now = time.now.saturating_add(by).unwrap_or(Timestamp::MAX);
            time.passed = time.passed.saturating_add(by);
        });
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.time.borrow().now
    }

    fn monotonic(&self) -> Duration {
        self.time.borrow().passed
    }

    async fn sleep_until(&self, at: Timestamp) {
        // The sender lives in `self`, so waiting cannot end by its loss.
        let _ = self.time.subscribe().wait_for(|time| time.now >= at).await;
    }
}
