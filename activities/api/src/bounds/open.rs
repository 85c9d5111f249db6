//! How many messages of one caller may be open.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::{PortError, Problem, ProblemKind};

/// How often the open messages of a caller are counted at most, who has reached the limit.
const COUNTED_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// How many callers are remembered. To forget them lets each send as many again before they are counted.
const CALLERS: usize = 10_000;

/// Messages of each caller that have not ended.
///
/// Counting them reads every message that a caller has ever sent. So what was accepted is added up, and only who comes to the
/// limit with that is counted: within the limit nobody waits for it, and a restart begins to add up anew.
#[derive(Debug)]
pub(crate) struct OpenMessages {
    most: u64,
    callers: Mutex<HashMap<String, Sent>>,
}

/// What one caller has sent.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    /// At least so many of it are open, or were.
    count: u64,
    counted_at: Option<Timestamp>,
}

impl OpenMessages {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            most,
            callers: Mutex::default(),
        }
    }

    /// Adds one, or says that there are enough; `count` looks how many there really are.
    pub(crate) async fn add(
        &self,
        subject: &str,
        now: Timestamp,
        count: impl Future<Output = Result<u64, PortError>>,
    ) -> Result<(), Problem> {
        let before = self.add_up(subject, now, None);
        let taken = match before {
            Some(taken) => taken,
            None => self.add_up(subject, now, Some(count.await?)).unwrap_or_default(),
        };
        if taken {
            return Ok(());
        }
        let detail = format!(
            "{} of your messages have not ended yet: wait until some have, or cancel some",
            self.most
        );
        Err(Problem::new(ProblemKind::LimitReached, detail))
    }

    /// Whether one more is taken; `None` if they have to be counted first.
    fn add_up(&self, subject: &str, now: Timestamp, counted: Option<u64>) -> Option<bool> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS && !callers.contains_key(subject) {
            callers.clear();
        }
        let sent = callers.entry(subject.to_owned()).or_default();
        if let Some(count) = counted {
            *sent = Sent {
                count,
                counted_at: Some(now),
            };
        }
        if sent.count < self.most {
            sent.count += 1;
            return Some(true);
        }
        let fresh = |at: Timestamp| now.duration_since(at) < COUNTED_AGAIN;
        if sent.counted_at.is_some_and(fresh) {
            return Some(false);
        }
        // Whoever comes while this one counts is refused: the count reads all that the caller has ever sent.
        sent.counted_at = Some(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[tokio::test]
    async fn nobody_is_counted_before_the_limit_and_once_a_minute_at_it() {
        let open = OpenMessages::new(3);
        let counts = std::cell::Cell::new(0);
        let add = async |subject: &str, seconds: i64, really: u64| {
            let count = async {
                counts.set(counts.get() + 1);
                Ok(really)
            };
            open.add(subject, at(seconds), count).await.is_ok()
        };
        for _ in 0..3 {
            assert!(add("ada", 0, 99).await);
        }
        assert_eq!(counts.get(), 0);
        assert!(
            add("ada", 1, 1).await && add("ada", 1, 99).await,
            "two of the three had ended"
        );
        assert_eq!(counts.get(), 1);
        assert!(!add("ada", 2, 0).await, "it was counted a second ago");
        assert_eq!(counts.get(), 1);
        assert!(add("bob", 2, 99).await, "each has their own");
        assert!(!add("ada", 61, 3).await);
        assert!(add("ada", 121, 2).await);
        assert_eq!(counts.get(), 3);
    }
}
