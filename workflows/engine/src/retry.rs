//! `Retry`.

use crate::failure::Failure;
use crate::query::Random;

/// A compiled element of `Retry`, its defaults filled in.
#[derive(Debug)]
pub(crate) struct Retrier {
    pub(crate) error_equals: Vec<Box<str>>,
    pub(crate) interval_seconds: u64,
    pub(crate) max_attempts: u64,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay_seconds: Option<u64>,
    pub(crate) full_jitter: bool,
}

impl Retrier {
    pub(crate) fn compile(retrier: &asl::Retrier) -> Self {
        Self {
            error_equals: retrier.error_equals.iter().map(|name| name.as_str().into()).collect(),
            interval_seconds: retrier.interval_seconds.unwrap_or(1),
            max_attempts: retrier.max_attempts.unwrap_or(3),
            backoff_rate: retrier.backoff_rate.unwrap_or(2.0),
            max_delay_seconds: retrier.max_delay_seconds,
            full_jitter: retrier.jitter_strategy == Some(asl::JitterStrategy::Full),
        }
    }

    pub(crate) fn answers_to(&self, failure: &Failure) -> bool {
        self.error_equals.iter().any(|name| failure.answers_to(name))
    }
}

/// Milliseconds before the next attempt, after `used` retries.
///
/// Source: Amazon States Language, "Retrying after error": each interval is the one before times the backoff rate, cut off
/// at the maximum; full jitter draws between 0 and that.
pub(crate) fn delay(retrier: &Retrier, used: u64, random: &Random) -> u64 {
    let delay = backoff(retrier, used);
    if retrier.full_jitter {
        random.next_u64() % (delay + 1)
    } else {
        delay
    }
}

/// The longest interval worth telling apart: as long as the longest wait.
const LONGEST_SECONDS: f64 = 99_999_999.0;

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is between 0 and 10^11, where an f64 is exact"
)]
fn backoff(retrier: &Retrier, used: u64) -> u64 {
    let factor = retrier.backoff_rate.powf(used as f64);
    let longest = retrier
        .max_delay_seconds
        .map_or(LONGEST_SECONDS, |seconds| seconds as f64);
    let seconds = (retrier.interval_seconds as f64 * factor).clamp(0.0, longest.min(LONGEST_SECONDS));
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(rate: f64, longest: Option<u64>, full_jitter: bool) -> Retrier {
        Retrier {
            error_equals: vec!["States.ALL".into()],
            interval_seconds: 3,
            max_attempts: 9,
            backoff_rate: rate,
            max_delay_seconds: longest,
            full_jitter,
        }
    }

    #[test]
    fn intervals_grow_by_the_rate_up_to_the_maximum() {
        let random = Random::new(0);
        let delays = |rate, longest| [0, 1, 2, 3].map(|used| delay(&retrier(rate, longest, false), used, &random));
        assert_eq!(delays(2.0, None), [3_000, 6_000, 12_000, 24_000]);
        assert_eq!(delays(2.0, Some(10)), [3_000, 6_000, 10_000, 10_000]);
        assert_eq!(delays(1.5, None), [3_000, 4_500, 6_750, 10_125]);
        assert_eq!(delay(&retrier(2.0, None, false), 5_000, &random), 99_999_999_000);
    }

    #[test]
    fn full_jitter_draws_up_to_the_interval() {
        let random = Random::new(5);
        let drawn: Vec<u64> = (0..200).map(|_| delay(&retrier(2.0, None, true), 0, &random)).collect();
        assert!(drawn.iter().all(|delay| *delay <= 3_000));
        assert!(drawn.iter().any(|delay| *delay < 1_000) && drawn.iter().any(|delay| *delay > 2_000));
    }
}
