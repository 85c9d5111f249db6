//! Clients, each a thread with a connection of its own that does one thing after the other.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long two things took: until the answer, and until the end of what it began.
#[derive(Clone, Copy)]
pub(crate) struct Done {
    pub(crate) answered: Duration,
    pub(crate) ended: Duration,
}

/// When clients stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Elapsed(Duration),
    Count(usize),
}

/// What clients have done together.
pub(crate) struct Load {
    pub(crate) done: Vec<Done>,
    pub(crate) time: Duration,
}

impl Load {
    pub(crate) fn per_second(&self) -> f64 {
        count(self.done.len()) / self.time.as_secs_f64()
    }

    /// The time within which so many of a thousand were answered, in milliseconds.
    pub(crate) fn answered(&self, per_mille: usize) -> f64 {
        percentile(self.done.iter().map(|done| done.answered), per_mille)
    }

    /// The time within which so many of a thousand had ended, in milliseconds.
    pub(crate) fn ended(&self, per_mille: usize) -> f64 {
        percentile(self.done.iter().map(|done| done.ended), per_mille)
    }
}

/// Runs clients. `client` makes the work of one, which is given a number that nobody else is given.
pub(crate) fn run<W>(clients: usize, until: Until, client: impl Fn() -> W) -> Result<Load, String>
where
    W: FnMut(usize) -> Result<Done, String> + Send,
{
    let (next, ready) = (AtomicUsize::new(0), Barrier::new(clients + 1));
    let goes_on = |began: Instant, number: usize| match until {
        Until::Elapsed(time) => began.elapsed() < time,
        Until::Count(count) => number < count,
    };
    std::thread::scope(|scope| {
        let work = |mut work: W| {
            let mut done = Vec::new();
            ready.wait();
            let began = Instant::now();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if !goes_on(began, number) {
                    return Ok(done);
                }
                done.push(work(number)?);
            }
        };
        let threads: Vec<_> = (0..clients)
            .map(|_| client())
            .map(|one| scope.spawn(move || work(one)))
            .collect();
        ready.wait();
        let began = Instant::now();
        let mut done = Vec::new();
        for thread in threads {
            let of_one: Result<Vec<Done>, String> = thread.join().map_err(|_| "a client panicked".to_owned())?;
            done.extend(of_one?);
        }
        Ok(Load {
            done,
            time: began.elapsed(),
        })
    })
}

fn percentile(times: impl Iterator<Item = Duration>, per_mille: usize) -> f64 {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    let index = times.len().saturating_sub(1) * per_mille / 1000;
    times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// A count as a number that can be divided.
pub(crate) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
