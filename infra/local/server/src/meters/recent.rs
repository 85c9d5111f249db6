//! What was measured lately: by the minute for alarms, by the hour for objectives.
//!
//! What is forgotten is a whole minute or hour at a time, so that a period is looked at to within one of them. The hours
//! outlive the server: see [`kept`](super::kept).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use activity_runtime::{Measurement, Metric};
use api::Watched;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::{PROCESSING, REQUESTS};
use crate::Clock;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
/// The longest period that is looked at minute by minute, and hour by hour.
const MINUTES: usize = 5;
const HOURS: usize = 30 * 24;

/// What was measured lately.
#[derive(Debug)]
pub(crate) struct Recent {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    since: Timestamp,
    minutes: BTreeMap<i64, Minute>,
    hours: Hours,
}

/// By how many hours have passed since 1970.
pub(super) type Hours = BTreeMap<i64, Hour>;

#[derive(Clone, Debug)]
struct Minute {
    failed_notifications: u64,
    failed_functions: u64,
    processing: Distribution,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Hour {
    faults: u64,
    responses: Distribution,
    completed: u64,
    failed: u64,
    processing: Distribution,
}

impl Default for Minute {
    fn default() -> Self {
        Self {
            failed_notifications: 0,
            failed_functions: 0,
            processing: Distribution::new(&PROCESSING),
        }
    }
}

impl Default for Hour {
    fn default() -> Self {
        Self {
            faults: 0,
            responses: Distribution::new(&REQUESTS),
            completed: 0,
            failed: 0,
            processing: Distribution::new(&PROCESSING),
        }
    }
}

impl Recent {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let kept = Kept {
            since: clock.now(),
            minutes: BTreeMap::new(),
            hours: BTreeMap::new(),
        };
        Self {
            clock,
            kept: Mutex::new(kept),
        }
    }

    /// Since when everything was measured.
    pub(crate) fn since(&self) -> Timestamp {
        self.lock().since
    }

    /// What outlives the server.
    pub(super) fn hours(&self) -> (Timestamp, Hours) {
        let kept = self.lock();
        (kept.since, kept.hours.clone())
    }

    /// Takes up what a server before this one has measured. Nothing is taken that has other bounds than this one's.
    pub(super) fn take_up(&self, since: Timestamp, mut hours: Hours) {
        let fits = |hour: &mut Hour| hour.responses.fits(&REQUESTS) && hour.processing.fits(&PROCESSING);
        if !hours.values_mut().all(fits) {
            return;
        }
        let mut kept = self.lock();
        kept.since = since.min(kept.since);
        kept.hours = hours;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what an activity has measured.
    pub(crate) fn record(&self, Measurement { metric, label, value }: &Measurement) {
        self.change(|minute, hour| match (metric, label.as_str()) {
            (Metric::NotificationsSent, "failed") => minute.failed_notifications += 1,
            (Metric::ProcessingDuration, _) => {
                minute.processing.add(*value);
                hour.processing.add(*value);
            }
            (Metric::MessagesProcessed, "completed") => hour.completed += 1,
            (Metric::MessagesProcessed, "failed") => hour.failed += 1,
            _ => {}
        });
    }

    /// Takes that a function has failed otherwise than it declares.
    pub(crate) fn function_failed(&self) {
        self.change(|minute, _| minute.failed_functions += 1);
    }

    /// Takes an answer of the API.
    pub(crate) fn answered(&self, status: StatusCode, took: Duration) {
        self.change(|_, hour| {
            hour.responses.add(took.as_secs_f64());
            hour.faults += u64::from(status.is_server_error());
        });
    }

    fn change(&self, change: impl FnOnce(&mut Minute, &mut Hour)) {
        let now = self.clock.now().as_second();
        let mut kept = self.lock();
        let Kept { minutes, hours, .. } = &mut *kept;
        let minute = minutes.entry(now.div_euclid(MINUTE)).or_default();
        let hour = hours.entry(now.div_euclid(HOUR)).or_default();
        change(minute, hour);
        // Of what is over, as much is kept as is looked at; a clock that was set back leaves nothing for ever.
        while minutes.len() > MINUTES {
            minutes.pop_first();
        }
        while hours.len() > HOURS {
            hours.pop_first();
        }
    }

    /// The values of the periods that end now.
    #[allow(clippy::cast_precision_loss, reason = "counts of fewer than 2^52 things")]
    pub(crate) fn values(&self) -> BTreeMap<Watched, f64> {
        let now = self.clock.now().as_second();
        let kept = self.lock();
        let minutes = |of: Watched| within(&kept.minutes, now, MINUTE, of);
        let hours = |of: Watched| within(&kept.hours, now, HOUR, of);
        let sum = |of, read: fn(&Minute) -> u64| minutes(of).map(read).sum::<u64>() as f64;
        let milliseconds = |seconds: f64| seconds * 1_000.0;
        let responses = |of| hours(of).map(|hour| &hour.responses).sum::<Distribution>();
        let share = |good: u64, all: u64| (all > 0).then(|| good as f64 * 100.0 / all as f64);
        let processing = minutes(Watched::ProcessingP99).map(|minute| &minute.processing);
        let processing_p95 = hours(Watched::ProcessingP95).map(|hour| &hour.processing);
        let answers = responses(Watched::Availability).count();
        let faults: u64 = hours(Watched::Availability).map(|hour| hour.faults).sum();
        let completed: u64 = hours(Watched::SuccessRate).map(|hour| hour.completed).sum();
        let failed: u64 = hours(Watched::SuccessRate).map(|hour| hour.failed).sum();
        let found = [
            // Where nothing was counted, nothing has failed: missing data are not breaching.
            (
                Watched::NotificationFailures,
                Some(sum(Watched::NotificationFailures, |minute| minute.failed_notifications)),
            ),
            (
                Watched::FunctionErrors,
                Some(sum(Watched::FunctionErrors, |minute| minute.failed_functions)),
            ),
            (Watched::ProcessingP99, processing.sum::<Distribution>().quantile(0.99)),
            (Watched::Availability, share(answers - faults, answers)),
            (
                Watched::ResponseP95,
                responses(Watched::ResponseP95).quantile(0.95).map(milliseconds),
            ),
            (
                Watched::ResponseP99,
                responses(Watched::ResponseP99).quantile(0.99).map(milliseconds),
            ),
            (
                Watched::ProcessingP95,
                processing_p95.sum::<Distribution>().quantile(0.95),
            ),
            (Watched::SuccessRate, share(completed, completed + failed)),
        ];
        found.into_iter().filter_map(|(of, value)| Some((of, value?))).collect()
    }
}

/// What was kept of the period that ends now.
fn within<T>(kept: &BTreeMap<i64, T>, now: i64, width: i64, of: Watched) -> impl Iterator<Item = &T> {
    let last = now.div_euclid(width);
    let first = last - of.period().as_secs() / width + 1;
    kept.range(first..=last).map(|(_, kept)| kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;

    fn recent() -> (ManualClock, Recent) {
        let clock = ManualClock::new(Timestamp::from_second(1_000_000_020).unwrap());
        let recent = Recent::new(Arc::new(clock.clone()));
        (clock, recent)
    }

    #[test]
    fn what_is_older_than_the_period_does_not_count() {
        let (clock, recent) = recent();
        let failures = |recent: &Recent| recent.values()[&Watched::NotificationFailures];
        assert!(failures(&recent) == 0.0, "nothing has failed");
        for _ in 0..3 {
            recent.record(&Measurement::count(Metric::NotificationsSent, "failed"));
            recent.record(&Measurement::count(Metric::NotificationsSent, "sent"));
            recent.function_failed();
            clock.advance(Duration::from_mins(2));
        }
        // Two, four and six minutes ago.
        assert_eq!(
            (failures(&recent), recent.values()[&Watched::FunctionErrors]),
            (2.0, 2.0)
        );
        clock.advance(Duration::from_mins(30));
        assert!(failures(&recent) == 0.0);
    }

    #[test]
    fn objectives_are_shares_and_percentiles() {
        let (clock, recent) = recent();
        assert_eq!(recent.values().get(&Watched::SuccessRate), None);
        assert_eq!(recent.values().get(&Watched::Availability), None);
        for number in 0..1_000_u32 {
            let status = if number == 0 {
                StatusCode::BAD_GATEWAY
            } else {
                StatusCode::NOT_FOUND
            };
            let took = if number < 20 { 700 } else { 3 };
            recent.answered(status, Duration::from_millis(took));
        }
        for (label, count) in [("completed", 99), ("failed", 1), ("cancelled", 5)] {
            for _ in 0..count {
                recent.record(&Measurement::count(Metric::MessagesProcessed, label));
            }
        }
        recent.record(&Measurement::new(Metric::ProcessingDuration, "api", 300_000.0));
        let values = recent.values();
        assert_eq!(
            (values[&Watched::Availability], values[&Watched::SuccessRate]),
            (99.9, 99.0)
        );
        assert!(
            values[&Watched::ResponseP95] < 500.0 && values[&Watched::ResponseP99] > 500.0,
            "{values:?}"
        );
        assert!(values[&Watched::ProcessingP99] > 240_000.0, "{values:?}");
        clock.advance(Duration::from_hours(24 * 31));
        assert_eq!(
            recent.values().len(),
            2,
            "only what counts failures has a value without data"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let (clock, recent) = recent();
        for _ in 0..HOURS + 100 {
            recent.function_failed();
            clock.advance(Duration::from_hours(1));
        }
        let kept = recent.kept.lock().unwrap();
        assert_eq!((kept.minutes.len(), kept.hours.len()), (MINUTES, HOURS));
    }
}
