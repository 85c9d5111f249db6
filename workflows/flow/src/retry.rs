//! Retry policies.

use expr::Shape;

use crate::Then;

/// How often and how fast a call is repeated before something else happens.
///
/// The default between attempts: 1 s, then twice as long each time, each shortened at random (full jitter), without a
/// longest interval. Errors of one call with equal policies share one count of attempts, as Step Functions counts;
/// [`separately`](Self::separately) gives an error a count of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "a policy does nothing until `then` says what follows when it is spent"]
pub struct Retry {
    pub(crate) times: u32,
    pub(crate) interval_seconds: u32,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay_seconds: Option<u32>,
    pub(crate) jitter: bool,
    pub(crate) separately: bool,
}

impl Retry {
    /// So many retries after the first attempt, at most 99,999,999.
    pub const fn times(times: u32) -> Self {
        Self {
            times,
            interval_seconds: 1,
            backoff_rate: 2.0,
            max_delay_seconds: None,
            jitter: true,
            separately: false,
        }
    }

    /// Seconds before the first retry, at least 1.
    pub const fn interval(mut self, seconds: u32) -> Self {
        self.interval_seconds = seconds;
        self
    }

    /// The factor from one interval to the next, at least 1.0.
    pub const fn backoff(mut self, rate: f64) -> Self {
        self.backoff_rate = rate;
        self
    }

    /// The longest interval in seconds, 1 to 31,622,400.
    pub const fn max_delay(mut self, seconds: u32) -> Self {
        self.max_delay_seconds = Some(seconds);
        self
    }

    /// Intervals are kept as computed instead of being shortened at random.
    pub const fn without_jitter(mut self) -> Self {
        self.jitter = false;
        self
    }

    /// This error's attempts are counted apart from those of other errors with the same policy.
    pub const fn separately(mut self) -> Self {
        self.separately = true;
        self
    }

    /// What follows when the attempts are spent.
    pub fn then<T: Shape>(self, end: Then<'_, T>) -> Then<'_, T> {
        Then {
            retry: Some(self),
            ..end
        }
    }

    /// What is wrong with the numbers, by the ranges of the States Language.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.times > 99_999_999 {
            Some("at most 99,999,999 retries are possible")
        } else if self.interval_seconds == 0 {
            Some("the interval between attempts is at least 1 s")
        } else if self.backoff_rate.is_nan() || self.backoff_rate < 1.0 {
            Some("the backoff rate is at least 1.0")
        } else if self
            .max_delay_seconds
            .is_some_and(|most| most <= self.interval_seconds || most > 31_622_400)
        {
            Some("the longest interval must exceed the first one and be at most 31,622,400 s")
        } else {
            None
        }
    }
}
