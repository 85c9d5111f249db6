//! The six fields and what may stand in them.

use super::values::Values;
use crate::ExpressionError;

/// A field: its name, its values, and the words for them.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    low: u16,
    high: u16,
    /// The words for `low`, `low + 1` and so on.
    words: &'static [&'static str],
    /// Whether `/` may stand in it.
    steps: bool,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn field(name: &'static str, (low, high): (u16, u16), words: &'static [&'static str], steps: bool) -> Field {
    Field {
        name,
        low,
        high,
        words,
        steps,
    }
}

// Source: EventBridge Scheduler user guide, "Schedule types", table of the fields with their values and wildcards.
pub(super) const MINUTES: Field = field("minutes", (0, 59), &[], true);
pub(super) const HOURS: Field = field("hours", (0, 23), &[], true);
pub(super) const DAY_OF_MONTH: Field = field("day of month", (1, 31), &[], true);
pub(super) const MONTH: Field = field("month", (1, 12), &MONTHS, true);
pub(super) const DAY_OF_WEEK: Field = field("day of week", (1, 7), &WEEKDAYS, false);
pub(super) const YEAR: Field = field("year", (1970, 2199), &[], true);

impl Field {
    /// What a list of values, ranges and steps asks for.
    pub(super) fn values(&self, whole: &str, text: &str) -> Result<Values, ExpressionError> {
        let mut found = Vec::new();
        for item in text.split(',') {
            found.extend(self.item(whole, item)?);
        }
        Ok(Values::new(found))
    }

    /// `7`, `FRI`, `1-5`, `*`, and each with a step.
    fn item(&self, whole: &str, item: &str) -> Result<Vec<u16>, ExpressionError> {
        let (range, step) = match item.split_once('/') {
            Some(_) if !self.steps => {
                let detail = "takes no steps: list the days, as MON,WED,FRI";
                return Err(self.wrong(whole, item, detail));
            }
            Some((range, step)) => (range, Some(self.step(whole, step)?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (self.value(whole, first)?, self.value(whole, last)?),
            None if range == "*" => (self.low, self.high),
            None => {
                let value = self.value(whole, range)?;
                // A single value with a step goes on to the end.
                (value, if step.is_some() { self.high } else { value })
            }
        };
        if first > last {
            let detail = format!("goes backwards: write {range} as two, with a comma between them");
            return Err(self.wrong(whole, range, detail));
        }
        Ok((first..=last).step_by(step.unwrap_or(1).into()).collect())
    }

    fn step(&self, whole: &str, text: &str) -> Result<u16, ExpressionError> {
        let most = self.high - self.low;
        let step = digits(text).filter(|step| (1..=most).contains(step));
        step.ok_or_else(|| self.wrong(whole, text, format!("a step must be 1 to {most}")))
    }

    /// One value, as a number or a word.
    pub(super) fn value(&self, whole: &str, text: &str) -> Result<u16, ExpressionError> {
        let word = self
            .words
            .iter()
            .zip(self.low..)
            .find(|(word, _)| word.eq_ignore_ascii_case(text));
        let value = word.map(|(_, value)| value).or_else(|| digits(text));
        match value {
            Some(value) if (self.low..=self.high).contains(&value) => Ok(value),
            Some(value) => Err(self.wrong(whole, text, format!("{value} is out of range: write {}", self.range()))),
            None if text.is_empty() => {
                Err(self.wrong(whole, text, format!("a value is missing: write {}", self.range())))
            }
            None => Err(self.wrong(whole, text, format!("is not understood: write {}", self.range()))),
        }
    }

    fn range(&self) -> String {
        let numbers = format!("{} to {}", self.low, self.high);
        match self.words {
            [first, .., last] => format!("{numbers} or {first} to {last}"),
            _ => numbers,
        }
    }

    pub(super) fn wrong(&self, whole: &str, found: &str, detail: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.name, detail, whole, found)
    }
}

/// Digits alone: no sign, and at most four of them.
pub(super) fn digits(text: &str) -> Option<u16> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}
