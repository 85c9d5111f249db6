//! What an issuer publishes, kept for a while.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// How long what was fetched is fresh.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long it is used while the issuer does not answer: a key that was withdrawn is not trusted for ever.
const USABLE: SignedDuration = SignedDuration::from_hours(24);
/// How soon it is fetched again, whoever asks for something that is not among it.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// How soon it is fetched again when there is nothing at all.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(3);

/// A value that is fetched when it is asked for. One request waits for the answer; others use what is there.
pub(crate) struct Cached<T> {
    kept: RwLock<Kept<T>>,
    fetching: Mutex<()>,
}

struct Kept<T> {
    value: Option<(Arc<T>, Timestamp)>,
    tried: Option<Timestamp>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        let kept = Kept {
            value: None,
            tried: None,
        };
        Self {
            kept: RwLock::new(kept),
            fetching: Mutex::default(),
        }
    }
}

impl<T> Cached<T> {
    /// The value, fetched if it is missing, old, or not `enough`; `None` if there is none and it cannot be fetched.
    pub(crate) async fn get(
        &self,
        now: Timestamp,
        enough: impl Fn(&T) -> bool,
        fetch: impl Future<Output = Option<T>> + Send,
    ) -> Option<Arc<T>> {
        let (value, fresh) = self.kept(now);
        let answers = value.as_deref().is_some_and(&enough);
        if answers && fresh {
            return value;
        }
        let turn = if answers {
            let Ok(turn) = self.fetching.try_lock() else {
                return value;
            };
            turn
        } else {
            self.fetching.lock().await
        };
        let (value, fresh) = self.kept(now);
        if (value.as_deref().is_some_and(&enough) && fresh) || !self.may_try(now) {
            return value;
        }
        let fetched = fetch.await;
        drop(turn);
        match fetched {
            Some(fetched) => Some(self.keep(fetched, now)),
            None => value,
        }
    }

    /// What is there and may be used, and whether it is fresh.
    fn kept(&self, now: Timestamp) -> (Option<Arc<T>>, bool) {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let Some((value, at)) = &kept.value else {
            return (None, false);
        };
        let age = now.duration_since(*at);
        ((age < USABLE).then(|| Arc::clone(value)), age < FRESH)
    }

    /// Takes note of a try, unless the last one was a moment ago. A clock that was set back is no reason to wait.
    fn may_try(&self, now: Timestamp) -> bool {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let pause = if kept.value.is_some() { PAUSE } else { FIRST_PAUSE };
        let too_soon =
            (kept.tried).is_some_and(|tried| (SignedDuration::ZERO..pause).contains(&now.duration_since(tried)));
        if !too_soon {
            kept.tried = Some(now);
        }
        !too_soon
    }

    fn keep(&self, value: T, now: Timestamp) -> Arc<T> {
        let value = Arc::new(value);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.value = Some((Arc::clone(&value), now));
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    /// A cache, and how often it was filled.
    #[derive(Default)]
    struct Counted {
        cached: Cached<u32>,
        fetched: AtomicUsize,
    }

    impl Counted {
        async fn get(&self, seconds: i64, least: u32, answer: Option<u32>) -> Option<u32> {
            let fetch = async {
                self.fetched.fetch_add(1, Ordering::Relaxed);
                answer
            };
            self.cached
                .get(at(seconds), |value| *value >= least, fetch)
                .await
                .map(|value| *value)
        }

        fn fetched(&self) -> usize {
            self.fetched.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn it_is_fetched_once_and_again_when_it_is_old() {
        let counted = Counted::default();
        for second in [0, 1, 3_599] {
            assert_eq!(counted.get(second, 0, Some(1)).await, Some(1));
        }
        assert_eq!(counted.fetched(), 1);
        assert_eq!(counted.get(3_600, 0, Some(2)).await, Some(2));
        assert_eq!(counted.fetched(), 2);
    }

    #[tokio::test]
    async fn whoever_asks_for_what_is_missing_causes_one_fetch_in_half_a_minute() {
        let counted = Counted::default();
        counted.get(0, 0, Some(1)).await;
        for second in 30..60 {
            assert_eq!(counted.get(second, 5, Some(1)).await, Some(1));
        }
        assert_eq!(counted.fetched(), 2);
        assert_eq!(counted.get(60, 5, Some(5)).await, Some(5));
    }

    #[tokio::test]
    async fn an_issuer_that_is_away_is_asked_now_and_then_and_what_is_known_serves_for_a_day() {
        let counted = Counted::default();
        for second in 0..6 {
            assert_eq!(counted.get(second, 0, None).await, None);
        }
        assert_eq!(counted.fetched(), 2);
        assert_eq!(counted.get(6, 0, Some(1)).await, Some(1));
        assert_eq!(counted.get(6 + 3_600, 0, None).await, Some(1));
        assert_eq!(counted.get(6 + 24 * 3_600 - 1, 0, None).await, Some(1));
        assert_eq!(counted.get(6 + 24 * 3_600, 0, None).await, None);
    }
}
