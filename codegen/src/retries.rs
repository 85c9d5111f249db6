//! How often a state is tried again, and how long it pauses before.

use asl::{Retrier, State};

/// `MaxAttempts` of a retrier that does not say.
const DEFAULT_ATTEMPTS: u64 = 3;
/// The longest pause of a retrier that does not say, in seconds: the longest wait of the language.
const LONGEST: u64 = 99_999_999;

/// The most retries of one entry: every retrier counts for itself.
pub(crate) fn retries(state: &State) -> u64 {
    state.kind.retry().iter().map(attempts).fold(0, u64::saturating_add)
}

/// The seconds of all pauses of one entry together, none of them shortened by jitter.
pub(crate) fn pauses(state: &State) -> u64 {
    state.kind.retry().iter().map(all_pauses).fold(0, u64::saturating_add)
}

fn attempts(retrier: &Retrier) -> u64 {
    retrier.max_attempts.unwrap_or(DEFAULT_ATTEMPTS)
}

/// Each pause is the one before times the rate, up to the longest.
///
/// Source: Amazon States Language, "Retrying after error".
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of an upper bound; `as` saturates"
)]
fn all_pauses(retrier: &Retrier) -> u64 {
    let mut pause = retrier.interval_seconds.unwrap_or(1) as f64;
    let rate = retrier.backoff_rate.unwrap_or(2.0);
    let longest = retrier.max_delay_seconds.unwrap_or(LONGEST).min(LONGEST) as f64;
    let mut sum = 0.0;
    for left in (1..=attempts(retrier)).rev() {
        if pause >= longest || rate <= 1.0 {
            sum += pause.min(longest) * left as f64;
            break;
        }
        sum += pause;
        pause *= rate;
    }
    sum.ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(retrier: &str) -> u64 {
        let text = format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Parallel", "Branches": [], "Retry": [{retrier}], "End": true}}}}}}"#
        );
        pauses(&asl::parse(&text).unwrap().machine.states.states["A"])
    }

    #[test]
    fn pauses_grow_by_the_rate_up_to_the_longest() {
        assert_eq!(all(r#"{"ErrorEquals": ["X"]}"#), 1 + 2 + 4);
        assert_eq!(
            all(r#"{"ErrorEquals": ["X"], "IntervalSeconds": 3, "MaxAttempts": 4, "MaxDelaySeconds": 10}"#),
            3 + 6 + 10 + 10
        );
        // 3, 4.5 and 6.75 seconds.
        assert_eq!(
            all(r#"{"ErrorEquals": ["X"], "IntervalSeconds": 3, "BackoffRate": 1.5}"#),
            15
        );
        assert_eq!(
            all(r#"{"ErrorEquals": ["X"], "MaxAttempts": 99999999, "BackoffRate": 1.0}"#),
            99_999_999
        );
    }
}
