//! How often one caller may ask: a bucket that fills evenly.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// How many callers are counted at once; full buckets are forgotten first, for they say nothing.
const CALLERS: usize = 10_000;

/// At most so many requests a second for each caller, and ten times as many at once.
#[derive(Debug)]
pub struct RateLimit {
    /// 0: no limit.
    per_second: u32,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl RateLimit {
    /// 0 is no limit.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second,
            buckets: Mutex::default(),
        }
    }

    /// Counts a request; `Err` with the seconds after which the next one is taken.
    pub(crate) fn count(&self, subject: &str, now: Timestamp) -> Result<(), u64> {
        if self.per_second == 0 {
            return Ok(());
        }
        let (rate, most) = (f64::from(self.per_second), f64::from(self.per_second) * 10.0);
        let filled = |bucket: &Bucket| {
            let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
            (bucket.left + passed * rate).min(most)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= CALLERS && !buckets.contains_key(subject) {
            buckets.retain(|_, bucket| filled(bucket) < most);
            if buckets.len() >= CALLERS {
                return Err(1);
            }
        }
        let left = buckets.get(subject).map_or(most, filled);
        let taken = left >= 1.0;
        let bucket = Bucket {
            left: if taken { left - 1.0 } else { left },
            at: now,
        };
        buckets.insert(subject.to_owned(), bucket);
        // A whole token comes within a second, since at least one a second is allowed.
        if taken { Ok(()) } else { Err(1) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn ten_seconds_worth_may_come_at_once_and_then_so_many_a_second() {
        let limit = RateLimit::new(2);
        let at = |ms| Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms);
        let taken = |subject: &str, ms| (0..100).filter(|_| limit.count(subject, at(ms)).is_ok()).count();
        assert_eq!(taken("ada", 0), 20);
        assert_eq!(taken("bob", 0), 20, "each has their own");
        assert_eq!(taken("ada", 499), 0);
        assert_eq!(taken("ada", 1_500), 3);
        assert_eq!(taken("ada", 0), 0, "a clock that goes back gives nothing");
        assert_eq!(RateLimit::new(0).count("ada", at(0)), Ok(()));
    }

    #[test]
    fn so_many_callers_are_counted_and_no_more() {
        let limit = RateLimit::new(1);
        let now = Timestamp::UNIX_EPOCH;
        assert!((0..CALLERS).all(|n| limit.count(&n.to_string(), now).is_ok()));
        assert_eq!(limit.count("one more", now), Err(1));
        let later = now + SignedDuration::from_secs(10);
        assert_eq!(limit.count("one more", later), Ok(()));
    }
}
