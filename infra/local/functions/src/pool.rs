//! The environments of one function: those that are free, and how many there are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::environment::Environment;
use crate::settings::Settings;

/// How long an event waits for a process that has answered and not yet asked for its next event, before it gets a new one.
const SETTLING: Duration = Duration::from_millis(20);

/// The environments of a function, and the calls that run.
#[derive(Debug)]
pub(crate) struct Pool {
    places: Mutex<Places>,
    /// Woken when a place or an environment may be free.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Places {
    /// Those that have nothing to do, the last one that was used at the end.
    idle: Vec<Idle>,
    /// How many there are, and are being started.
    alive: usize,
    /// How many have answered and will soon be free.
    settling: usize,
    /// The calls that run.
    calls: JoinSet<()>,
    closed: bool,
    reaped: bool,
}

#[derive(Debug)]
struct Idle {
    environment: Environment,
    since: Instant,
}

/// A place in the pool, with an environment or for a new one. It is given back when it is dropped; the environment ends then,
/// unless it is [kept](Held::keep).
#[derive(Debug)]
pub(crate) struct Held {
    pool: Arc<Pool>,
    pub(crate) environment: Option<Environment>,
    settles: bool,
}

impl Pool {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            places: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Runs a call, unless the pool is closed. Calls end with the pool.
    pub(crate) fn run(&self, call: impl Future<Output = ()> + Send + 'static) {
        let mut places = self.places();
        while places.calls.try_join_next().is_some() {}
        if !places.closed {
            places.calls.spawn(call);
        }
    }

    /// A free environment, or a place for a new one; waits while there are `most` and all have something to do.
    pub(crate) async fn hold(self: &Arc<Self>, most: usize) -> Held {
        let mut patient = true;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(held) = self.free(most, patient) {
                return held;
            }
            let waited = if patient {
                tokio::time::timeout(SETTLING, changed).await.is_ok()
            } else {
                changed.await;
                true
            };
            patient = waited && patient;
        }
    }

    fn free(self: &Arc<Self>, most: usize, patient: bool) -> Option<Held> {
        let mut places = self.places();
        while let Some(Idle { mut environment, .. }) = places.idle.pop() {
            if environment.lives() {
                return Some(self.held(Some(environment)));
            }
            places.alive -= 1;
        }
        let soon = patient && places.settling > 0;
        if soon || places.alive >= most.max(1) {
            return None;
        }
        places.alive += 1;
        Some(self.held(None))
    }

    fn held(self: &Arc<Self>, environment: Option<Environment>) -> Held {
        Held {
            pool: Arc::clone(self),
            environment,
            settles: false,
        }
    }

    /// Ends every process, also those that have something to do: their calls get no answer.
    pub(crate) fn kill(&self) {
        let idle = {
            let mut places = self.places();
            places.closed = true;
            places.calls.abort_all();
            places.alive -= places.idle.len();
            std::mem::take(&mut places.idle)
        };
        drop(idle);
    }

    /// The same, and returns when they have ended.
    pub(crate) async fn close(&self) {
        self.kill();
        let mut calls = std::mem::take(&mut self.places().calls);
        calls.shutdown().await;
    }

    /// The numbers of the processes that have nothing to do.
    pub(crate) fn idle(&self) -> Vec<i32> {
        let places = self.places();
        places
            .idle
            .iter()
            .filter_map(|idle| idle.environment.process_id())
            .collect()
    }

    /// How many processes there are.
    pub(crate) fn alive(&self) -> usize {
        self.places().alive
    }

    /// Ends those that have had nothing to do for so long, and those that have ended by themselves.
    fn reap(&self, longest: Duration) {
        let mut places = self.places();
        let (kept, ended): (Vec<_>, Vec<_>) = std::mem::take(&mut places.idle)
            .into_iter()
            .map(|mut idle| (idle.since.elapsed() < longest && idle.environment.lives(), idle))
            .partition(|(kept, _)| *kept);
        places.idle = kept.into_iter().map(|(_, idle)| idle).collect();
        places.alive -= ended.len();
        drop(places);
        drop(ended);
        self.changed.notify_waiters();
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The environment has answered, and will soon be free or end.
    pub(crate) fn settles(&mut self) {
        self.settles = true;
        self.pool.places().settling += 1;
    }

    /// The environment is free for the next event.
    pub(crate) fn keep(mut self, settings: &Settings) {
        let Some(environment) = self.environment.take() else {
            return;
        };
        let mut places = self.pool.places();
        if places.closed {
            return;
        }
        // What dropping this place would give back stays: it is the idle one's.
        places.alive += 1;
        places.idle.push(Idle {
            environment,
            since: Instant::now(),
        });
        if !std::mem::replace(&mut places.reaped, true) {
            tokio::spawn(reap(Arc::downgrade(&self.pool), settings.idle));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        {
            let mut places = self.pool.places();
            places.alive -= 1;
            places.settling -= usize::from(self.settles);
        }
        self.pool.changed.notify_one();
    }
}

/// Looks after idle environments for as long as there is somebody to use them.
async fn reap(pool: Weak<Pool>, longest: Duration) {
    loop {
        tokio::time::sleep(longest / 2).await;
        match pool.upgrade() {
            Some(pool) => pool.reap(longest),
            None => return,
        }
    }
}
