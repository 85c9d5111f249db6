//! How values are spread, to within the bounds of a histogram.

use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// Counts of values between bounds. A value that is a bound is counted below it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Distribution {
    #[serde(skip)]
    bounds: &'static [f64],
    /// One more than there are bounds: the last is for what lies above them all.
    counts: Vec<u64>,
}

impl Distribution {
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: vec![0; bounds.len() + 1],
        }
    }

    /// Whether it has as many counts as these bounds, which are its own from here on.
    pub(super) fn fits(&mut self, bounds: &'static [f64]) -> bool {
        self.bounds = bounds;
        self.counts.len() == bounds.len() + 1
    }

    pub(super) fn add(&mut self, value: f64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        self.counts[place] += 1;
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The value that this share of all does not exceed, as if values were spread evenly between two bounds: which side of a
    /// bound it lies on is exact. Above the last bound it is a bit more than that one. `None` if there are no values.
    ///
    /// Source: <https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile>.
    #[allow(clippy::cast_precision_loss, reason = "counts of fewer than 2^52 things")]
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let all = self.count();
        if all == 0 {
            return None;
        }
        let rank = (all as f64 * share).max(1.0);
        let mut before = 0;
        for (place, count) in self.counts.iter().enumerate() {
            if (before + count) as f64 >= rank {
                let from = place.checked_sub(1).map_or(0.0, |place| self.bounds[place]);
                // Of what lies above all bounds only that is known.
                let to = self.bounds.get(place).copied().unwrap_or(from * 1.01);
                return Some(from + (to - from) * (rank - before as f64) / *count as f64);
            }
            before += count;
        }
        None
    }
}

impl<'a> Sum<&'a Self> for Distribution {
    fn sum<I: Iterator<Item = &'a Self>>(parts: I) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.bounds = part.bounds;
            whole.counts.resize(part.counts.len(), 0);
            for (sum, count) in whole.counts.iter_mut().zip(&part.counts) {
                *sum += count;
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::Distribution;

    static BOUNDS: [f64; 3] = [10.0, 100.0, 1_000.0];

    fn of(values: &[f64]) -> Distribution {
        let mut distribution = Distribution::new(&BOUNDS);
        for value in values {
            distribution.add(*value);
        }
        distribution
    }

    #[test]
    fn a_quantile_lies_on_the_right_side_of_each_bound() {
        assert_eq!(of(&[]).quantile(0.5), None);
        assert!(of(&[10.0; 100]).quantile(0.99).unwrap() <= 10.0);
        let mut values = vec![5.0; 95];
        values.extend([50.0; 5]);
        assert!(of(&values).quantile(0.95).unwrap() <= 10.0);
        values.push(50.0);
        assert!(of(&values).quantile(0.95).unwrap() > 10.0);
        assert!(of(&[5_000.0]).quantile(0.5).unwrap() > 1_000.0);
    }

    #[test]
    fn parts_make_a_whole() {
        let parts = [of(&[1.0, 50.0]), of(&[60.0])];
        let whole: Distribution = parts.iter().sum();
        assert_eq!(whole.count(), 3);
        let none: Distribution = [].iter().sum();
        assert_eq!(none.quantile(0.5), None);
    }
}
