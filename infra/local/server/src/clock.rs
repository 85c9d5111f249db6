//! Where the time comes from.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

/// The time, and waiting for it.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;

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

    async fn sleep_until(&self, at: Timestamp) {
        let remaining = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        tokio::time::sleep(remaining.min(TRUST)).await;
    }
}

/// A clock that stands still until it is told to move: waits cost nothing, and a year passes at once.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: watch::Sender<Timestamp>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: watch::Sender::new(now),
        }
    }

    /// Sets the clock, forwards or backwards, as an administrator does.
    pub fn set(&self, to: Timestamp) {
        self.now.send_replace(to);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.now
            .send_modify(|now| *now = now.saturating_add(by).unwrap_or(Timestamp::MAX));
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // The sender lives in `self`, so waiting cannot end by its loss.
        let _ = self.now.subscribe().wait_for(|now| *now >= at).await;
    }
}
