//! Reads that several ask for at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

/// Reads by what they ask for. Whoever asks while an equal one is under way gets the one after it, together with everybody
/// else who has asked meanwhile: the one under way has begun before they asked, and may not see what they have written. When
/// something has changed, everybody who looks at a list reads it anew at the same moment.
#[derive(Debug)]
pub(crate) struct Together<K, V> {
    lanes: Mutex<HashMap<K, Arc<Lane<V>>>>,
}

/// Equal reads, one after the other.
#[derive(Debug)]
struct Lane<V> {
    /// Held by the read that is under way.
    turn: tokio::sync::Mutex<()>,
    /// The one that has not begun.
    next: Mutex<Arc<OnceCell<V>>>,
}

/// Somebody waits in a lane, which goes with the last of them.
struct Place<'a, K: Eq + Hash, V> {
    reads: &'a Together<K, V>,
    key: K,
    lane: Arc<Lane<V>>,
}

impl<K, V> Default for Together<K, V> {
    fn default() -> Self {
        Self {
            lanes: Mutex::default(),
        }
    }
}

impl<V> Default for Lane<V> {
    fn default() -> Self {
        Self {
            turn: tokio::sync::Mutex::default(),
            next: Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Together<K, V> {
    /// What `read` gives, or what an equal read gives that begins after this is called.
    pub(crate) async fn read<F: Future<Output = V>>(&self, key: &K, read: impl FnOnce() -> F) -> V {
        let place = self.place(key);
        let lane = &place.lane;
        let next = lock(&lane.next).clone();
        let begun = next.get_or_init(|| async {
            let _turn = lane.turn.lock().await;
            *lock(&lane.next) = Arc::default();
            read().await
        });
        begun.await.clone()
    }

    fn place(&self, key: &K) -> Place<'_, K, V> {
        let lane = lock(&self.lanes).entry(key.clone()).or_default().clone();
        Place {
            reads: self,
            key: key.clone(),
            lane,
        }
    }
}

impl<K: Eq + Hash, V> Drop for Place<'_, K, V> {
    fn drop(&mut self) {
        let mut lanes = lock(&self.reads.lanes);
        // The lane is shared under this lock only: nobody but the map and this place has it.
        if Arc::strong_count(&self.lane) == 2 {
            lanes.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{FutureExt, future::join_all};
    use tokio::sync::Semaphore;

    use super::*;

    /// Counts what is read; each read ends when it is let go.
    struct Source {
        begun: AtomicUsize,
        gate: Semaphore,
    }

    impl Source {
        fn letting_go(reads: usize) -> Self {
            Self {
                begun: AtomicUsize::new(0),
                gate: Semaphore::new(reads),
            }
        }

        async fn read(&self) -> usize {
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            self.gate.acquire().await.unwrap().forget();
            number
        }
    }

    #[tokio::test]
    async fn those_who_ask_while_one_is_under_way_share_the_next() {
        let (reads, source) = (Together::default(), Source::letting_go(0));
        let asks = |key| reads.read(key, || source.read()).boxed_local();
        let mut first = asks(&"a");
        assert_eq!(first.as_mut().now_or_never(), None, "it is under way");
        let mut others = join_all([asks(&"a"), asks(&"a"), asks(&"a")]);
        assert_eq!((&mut others).now_or_never(), None);
        let mut another = asks(&"b");
        assert_eq!(another.as_mut().now_or_never(), None);
        assert_eq!(source.begun.load(Ordering::SeqCst), 2, "equal ones wait for their turn");
        source.gate.add_permits(3);
        assert_eq!((first.await, another.await, others.await), (1, 2, vec![3, 3, 3]));
        assert!(lock(&reads.lanes).is_empty());
    }

    #[tokio::test]
    async fn who_goes_away_takes_nothing_with_them() {
        let (reads, source) = (Together::default(), Source::letting_go(0));
        let asks = || reads.read(&(), || source.read()).boxed_local();
        let mut first = asks();
        assert_eq!(first.as_mut().now_or_never(), None);
        let (mut second, mut third) = (asks(), asks());
        assert_eq!(second.as_mut().now_or_never(), None);
        assert_eq!(third.as_mut().now_or_never(), None);
        drop((first, second));
        source.gate.add_permits(1);
        assert_eq!(third.await, 2);
        assert!(lock(&reads.lanes).is_empty());
    }

    #[tokio::test]
    async fn one_after_the_other_each_is_read() {
        let (reads, source) = (Together::default(), Source::letting_go(3));
        for number in 1..=3 {
            assert_eq!(reads.read(&(), || source.read()).await, number);
        }
        assert!(lock(&reads.lanes).is_empty());
    }
}
