//! Numbers between two limits.

use serde_json::Number as JsonNumber;

use crate::{Finding, Kind, Pointer};

/// A whole number between two limits, both allowed.
pub(super) fn integer(value: Option<u64>, least: u64, most: u64, at: &Pointer, out: &mut Vec<Finding>) {
    let message = match value {
        Some(value) if value < least => format!("Minimum value is {least}"),
        Some(value) if value > most => format!("Maximum value is {most}"),
        _ => return,
    };
    out.push(Finding::new(Kind::OutOfRange, at, message));
}

/// The limits of a number that may be computed.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) least: f64,
    pub(super) most: f64,
    /// Whether it is whole.
    pub(super) whole: bool,
}

impl Range {
    /// Checks a literal.
    pub(super) fn check(self, number: &JsonNumber, at: &Pointer, out: &mut Vec<Finding>) {
        let value = number.as_f64().unwrap_or(f64::MAX);
        if self.whole && value.fract() != 0.0 {
            out.push(Finding::new(Kind::WrongType, at, "Expected value of type Integer"));
        } else if value < self.least {
            out.push(Finding::new(
                Kind::OutOfRange,
                at,
                format!("Minimum value is {}", self.limit(self.least)),
            ));
        } else if value > self.most {
            out.push(Finding::new(
                Kind::OutOfRange,
                at,
                format!("Maximum value is {}", self.limit(self.most)),
            ));
        }
    }

    /// AWS writes the limit of a fraction with its point: `100.0`.
    fn limit(self, value: f64) -> String {
        if self.whole {
            format!("{value:.0}")
        } else {
            format!("{value:?}")
        }
    }
}
