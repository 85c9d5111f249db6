//! What has changed a moment ago, for whoever watches.
//!
//! Nothing is kept while nobody watches, so that it costs nothing then. A watcher that comes back after that, after a restart
//! or too late is told so, and reads everything anew.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use journal::ExecutionId;
use tokio::sync::Notify;

use super::Host;

/// How many changes are kept.
const KEPT: usize = 8_192;
/// How long changes are kept for a watcher that does not ask.
const PATIENCE: Duration = Duration::from_mins(2);

/// A place in the feed. It means something only to the feed that gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which unbroken part of the feed, since 1970 in milliseconds.
    pub(crate) part: i64,
    /// How many changes of it came before.
    pub(crate) number: u64,
}

/// What has changed since a place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Since {
    /// Each execution once, in the order of its last change.
    pub(crate) executions: Vec<ExecutionId>,
    /// Where to go on.
    pub(crate) next: Place,
    /// Changes may be missing before these.
    pub(crate) gap: bool,
}

#[derive(Debug, Default)]
pub(super) struct Feed {
    watched: AtomicBool,
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    part: i64,
    /// How many changes have been dropped at the front.
    dropped: u64,
    changes: VecDeque<ExecutionId>,
    /// When somebody asked last, by the even clock.
    asked: Duration,
}

impl Feed {
    /// Something has happened to an execution, and is durable.
    pub(super) fn changed(&self, execution: ExecutionId, now: impl FnOnce() -> Duration) {
        if !self.watched.load(Ordering::Relaxed) {
            return;
        }
        let now = now();
        let mut inner = self.inner();
        if now.saturating_sub(inner.asked) > PATIENCE {
            self.watched.store(false, Ordering::Relaxed);
            inner.changes = VecDeque::new();
            return;
        }
        inner.changes.push_back(execution);
        if inner.changes.len() > KEPT {
            inner.changes.pop_front();
            inner.dropped += 1;
        }
        drop(inner);
        self.news.notify_waiters();
    }

    /// What has changed since a place, or the place where the feed is now. From here on changes are kept.
    fn since(&self, place: Option<Place>, now: Duration, at: Timestamp) -> Since {
        let mut inner = self.inner();
        inner.asked = now;
        if !self.watched.swap(true, Ordering::Relaxed) {
            // Two parts never have the same number, even if the clock is set back.
            inner.part = at.as_millisecond().max(inner.part + 1);
            inner.dropped = 0;
        }
        let end = inner.end();
        let Some(place) = place else {
            return Since {
                executions: Vec::new(),
                next: end,
                gap: false,
            };
        };
        let known = place.part == inner.part && (inner.dropped..=end.number).contains(&place.number);
        Since {
            executions: if known { inner.after(place.number) } else { Vec::new() },
            next: end,
            gap: !known,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn end(&self) -> Place {
        Place {
            part: self.part,
            number: self.dropped + self.changes.len() as u64,
        }
    }

    fn after(&self, number: u64) -> Vec<ExecutionId> {
        let first = usize::try_from(number - self.dropped).unwrap_or(usize::MAX);
        let mut seen = HashSet::new();
        let changes = self.changes.iter().skip(first).rev();
        let mut last: Vec<_> = changes.copied().filter(|execution| seen.insert(*execution)).collect();
        last.reverse();
        last
    }
}

impl Host {
    /// Waits until something has changed since a place, at most so long, or until the server stops.
    pub(crate) async fn changes(&self, place: Option<Place>, wait: Duration) -> Since {
        let deadline = self.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        let late = self.sleep_until(deadline);
        tokio::pin!(late);
        loop {
            let news = self.feed.news.notified();
            tokio::pin!(news);
            // What changes from here on wakes it.
            news.as_mut().enable();
            let since = self.feed.since(place, self.monotonic(), self.now());
            if place.is_none() || since.gap || !since.executions.is_empty() {
                return since;
            }
            tokio::select! {
                () = news => {}
                () = &mut late => return since,
                () = self.draining() => return since,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn ids(since: &Since) -> Vec<i64> {
        since.executions.iter().map(|id| id.0).collect()
    }

    fn change(feed: &Feed, ids: impl IntoIterator<Item = i64>) {
        for id in ids {
            feed.changed(ExecutionId(id), || Duration::ZERO);
        }
    }

    #[test]
    fn a_watcher_gets_each_execution_once_and_goes_on_where_it_was() {
        let feed = Feed::default();
        let start = feed.since(None, Duration::ZERO, NOW);
        change(&feed, [1, 2, 1, 3]);
        let first = feed.since(Some(start.next), Duration::ZERO, NOW);
        assert_eq!((ids(&first), first.gap), (vec![2, 1, 3], false));
        change(&feed, [3]);
        assert_eq!(ids(&feed.since(Some(first.next), Duration::ZERO, NOW)), [3]);
        assert_eq!(ids(&feed.since(Some(start.next), Duration::ZERO, NOW)), [2, 1, 3]);
    }

    #[test]
    fn a_place_that_is_too_old_of_another_part_or_made_up_is_a_gap() {
        let feed = Feed::default();
        let start = feed.since(None, Duration::ZERO, NOW).next;
        change(&feed, std::iter::repeat_n(1, KEPT + 1));
        let end = feed.since(None, Duration::ZERO, NOW).next;
        for place in [
            start,
            Place {
                part: end.part - 1,
                ..end
            },
            Place {
                number: end.number + 1,
                ..end
            },
        ] {
            let since = feed.since(Some(place), Duration::ZERO, NOW);
            assert_eq!((ids(&since), since.gap, since.next), (vec![], true, end), "{place:?}");
        }
        assert!(!feed.since(Some(end), Duration::ZERO, NOW).gap);
    }

    #[test]
    fn nothing_is_kept_while_nobody_watches_and_who_comes_back_is_told() {
        let feed = Feed::default();
        change(&feed, [1]);
        assert_eq!(feed.inner().changes.len(), 0);
        let place = feed.since(None, Duration::ZERO, NOW).next;
        change(&feed, [1]);
        feed.changed(ExecutionId(2), || PATIENCE * 2);
        assert_eq!(feed.inner().changes.len(), 0);
        assert!(feed.since(Some(place), PATIENCE * 2, NOW).gap);
    }
}
