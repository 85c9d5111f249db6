//! Metrics counted in memory: for one machine and for tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::{Measurement, Metric, Metrics};

/// Counts what it is given.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<(Metric, String), Series>>);

/// What was measured under one metric and label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Series {
    /// How many measurements.
    pub count: u64,
    /// Their sum: for a metric that counts, how many things.
    pub sum: f64,
    /// The latest value: for a state, how it stands.
    pub last: f64,
}

impl Tally {
    /// Everything so far, by metric and label.
    pub fn snapshot(&self) -> BTreeMap<(Metric, String), Series> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One series; zeros if nothing was measured.
    pub fn series(&self, metric: Metric, label: &str) -> Series {
        self.snapshot()
            .get(&(metric, label.to_owned()))
            .copied()
            .unwrap_or_default()
    }
}

impl Metrics for Tally {
    fn record(&self, measurement: &Measurement) {
        let mut series = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let series = series
            .entry((measurement.metric, measurement.label.clone()))
            .or_default();
        series.count += 1;
        series.sum += measurement.value;
        series.last = measurement.value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_sums_and_remembers() {
        let tally = Tally::default();
        for value in [2.0, 3.0] {
            tally.record(&Measurement::new(Metric::ProcessingDuration, "manual", value));
        }
        assert_eq!(
            tally.series(Metric::ProcessingDuration, "manual"),
            Series {
                count: 2,
                sum: 5.0,
                last: 3.0
            }
        );
        assert_eq!(tally.series(Metric::ProcessingDuration, "api"), Series::default());
    }
}
