//! `rate(value unit)`: again and again after the same time.

use std::time::Duration;

use jiff::Timestamp;

use crate::ExpressionError;

/// A fixed time between two firings: 1 minute to 36,500 days. A day is 24 hours, whatever the clocks do that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    seconds: u32,
}

/// The units with their seconds. Source: `CreateSchedule`, `ScheduleExpression`.
const UNITS: [(&str, u32); 6] = [
    ("minute", 60),
    ("minutes", 60),
    ("hour", 3_600),
    ("hours", 3_600),
    ("day", 86_400),
    ("days", 86_400),
];

/// The longest rate, a hundred years.
const MOST: u32 = 36_500 * 86_400;

impl Rate {
    /// The time between two firings.
    pub fn every(self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    pub(crate) fn parse(whole: &str, inside: &str) -> Result<Self, ExpressionError> {
        let mut words = inside.split_whitespace();
        let (Some(value), Some(unit), None) = (words.next(), words.next(), words.next()) else {
            let detail = "rate takes a value and a unit: write rate(5 minutes)";
            return Err(ExpressionError::new("expression", detail, whole, inside));
        };
        let wrong_value = |detail: &str| ExpressionError::new("value", detail, whole, value);
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, seconds) = known.ok_or_else(|| {
            let detail = "is no unit: write minutes, hours or days";
            ExpressionError::new("unit", detail, whole, unit)
        })?;
        if !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong_value("must be a whole number: write rate(5 minutes)"));
        }
        match value.parse::<u32>().ok().and_then(|value| value.checked_mul(*seconds)) {
            Some(0) => Err(wrong_value("must be at least 1")),
            Some(seconds) if seconds <= MOST => Ok(Self { seconds }),
            _ => Err(wrong_value("is longer than 36,500 days: write a shorter time")),
        }
    }

    /// The first time from `at` on, counted from `anchor`, which is the first of all. It is a whole second, and never
    /// drifts: the hundredth time is a hundred rates after the first.
    pub(crate) fn at_or_after(self, anchor: Timestamp, at: Timestamp) -> Option<Timestamp> {
        let (anchor, every) = (anchor.as_second(), i64::from(self.seconds));
        let at = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
        let passed = (at - anchor).max(0);
        let steps = passed / every + i64::from(passed % every > 0);
        Timestamp::from_second(anchor + steps * every).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn times_are_counted_from_the_first() {
        let rate = Rate { seconds: 86_400 };
        let at = |text: &str| text.parse().unwrap();
        let anchor = at("2026-03-28T08:30:00.7Z");
        for (asked, answer) in [
            ("2020-01-01T00:00:00Z", "2026-03-28T08:30:00Z"),
            ("2026-03-28T08:30:00Z", "2026-03-28T08:30:00Z"),
            ("2026-03-28T08:30:00.001Z", "2026-03-29T08:30:00Z"),
            ("2026-03-29T08:29:59.9Z", "2026-03-29T08:30:00Z"),
            ("2126-03-28T08:30:01Z", "2126-03-29T08:30:00Z"),
        ] {
            assert_eq!(rate.at_or_after(anchor, at(asked)), Some(at(answer)), "{asked}");
        }
        assert_eq!(
            rate.at_or_after(anchor, jiff::Timestamp::MAX),
            None,
            "after the end of time"
        );
    }
}
