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
    /// Somebody counts at the moment.
    counting: bool,
}

/// What is known of one more message.
enum Known {
    Taken,
    Enough,
    /// They have to be counted first.
    Uncounted,
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
        let taken = match self.of(subject, |sent| self.one_more(sent, now)) {
            Known::Taken => true,
            Known::Enough => false,
            Known::Uncounted => {
                let counting = Counting { open: self, subject };
                let count = count.await?;
                self.of(subject, |sent| {
                    *sent = Sent {
                        count,
                        counted_at: Some(now),
                        counting: false,
                    };
                });
                drop(counting);
                matches!(self.of(subject, |sent| self.one_more(sent, now)), Known::Taken)
            }
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

    fn of<R>(&self, subject: &str, change: impl FnOnce(&mut Sent) -> R) -> R {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS && !callers.contains_key(subject) {
            callers.clear();
        }
        change(callers.entry(subject.to_owned()).or_default())
    }

    fn one_more(&self, sent: &mut Sent, now: Timestamp) -> Known {
        if sent.count < self.most {
            sent.count += 1;
            return Known::Taken;
        }
        let fresh = |at: Timestamp| now.duration_since(at) < COUNTED_AGAIN;
        // Whoever comes while another counts is refused: the count reads all that the caller has ever sent.
        if sent.counting || sent.counted_at.is_some_and(fresh) {
            return Known::Enough;
        }
        sent.counting = true;
        Known::Uncounted
    }
}

/// Somebody counts. A count that fails, or whose caller goes away, has counted nothing: the next one counts.
struct Counting<'a> {
    open: &'a OpenMessages,
    subject: &'a str,
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.open.of(self.subject, |sent| sent.counting = false);
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

    #[tokio::test]
    async fn a_count_that_fails_or_is_given_up_has_counted_nothing() {
        let open = OpenMessages::new(1);
        let add = async |really: Result<u64, PortError>| open.add("ada", at(0), async { really }).await;
        assert!(add(Ok(0)).await.is_ok());
        let away = PortError {
            what: "Query",
            detail: "the table is away".to_owned(),
            retryable: true,
        };
        let failed = add(Err(away)).await;
        assert!(failed.is_err_and(|problem| problem.kind != ProblemKind::LimitReached));
        {
            let mut given_up = Box::pin(open.add("ada", at(0), std::future::pending()));
            assert!(futures_util::poll!(given_up.as_mut()).is_pending());
            let meanwhile = add(Ok(0)).await.unwrap_err();
            assert_eq!(meanwhile.kind, ProblemKind::LimitReached, "one counts at a time");
        }
        assert!(add(Ok(0)).await.is_ok(), "nothing had been counted");
    }
}
