//! Taking the fields of a JSON object one by one, so that every wrong one is named in one answer.

use jiff::{Span, SpanRelativeTo, Timestamp, Unit};
use serde_json::{Map, Value};

use crate::FieldError;

/// What is wrong with a value and what would be right, without the value.
pub(crate) type Wrong = &'static str;

/// The fields that are left, and what was wrong with those that were taken.
pub(crate) struct Fields {
    left: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(crate) fn new(object: Map<String, Value>) -> Self {
        Self {
            left: object,
            errors: Vec::new(),
        }
    }

    /// Takes a field; `null` counts as absent, as in most clients' serializers.
    pub(crate) fn take<T>(&mut self, name: &str, parse: fn(&Value) -> Result<T, Wrong>) -> Option<T> {
        let value = self.left.remove(name).filter(|value| !value.is_null())?;
        parse(&value).map_err(|wrong| self.wrong(name, wrong)).ok()
    }

    /// Takes a field that must be there.
    pub(crate) fn require<T>(&mut self, name: &str, parse: fn(&Value) -> Result<T, Wrong>) -> Option<T> {
        if self.left.get(name).is_none_or(Value::is_null) {
            self.left.remove(name);
            self.wrong(name, "is missing");
            return None;
        }
        self.take(name, parse)
    }

    /// Notes that a field is wrong.
    fn wrong(&mut self, name: &str, wrong: Wrong) {
        self.errors.push(FieldError::new(name, wrong));
    }

    /// Every error, with one for each field that nobody took. `known` names the fields there are.
    pub(crate) fn finish(mut self, known: &[&str]) -> Vec<FieldError> {
        self.errors.extend(unknown("field", self.left.keys(), known));
        self.errors
    }
}

/// How many unknown names are told one by one: an answer is not longer than what it answers.
const TOLD: usize = 10;

/// One error for each name that is none of a kind, and in the last one how many more there are.
pub(crate) fn unknown<'a>(kind: &str, names: impl Iterator<Item = &'a String>, known: &[&str]) -> Vec<FieldError> {
    let detail = format!("is not a {kind}: leave it out; known are {}", known.join(", "));
    let mut names = names.map(|name| printable(name));
    let mut errors: Vec<_> = names
        .by_ref()
        .take(TOLD)
        .map(|name| FieldError::new(&name, &*detail))
        .collect();
    let more = names.count();
    if let Some(last) = errors.last_mut().filter(|_| more > 0) {
        last.detail = format!("{}; and so are {more} more names", last.detail);
    }
    errors
}

/// A name as it may stand in an answer: short and without control characters.
fn printable(name: &str) -> String {
    name.chars().filter(|char| !char.is_control()).take(64).collect()
}

pub(crate) fn text(value: &Value) -> Result<String, Wrong> {
    value.as_str().map(str::to_owned).ok_or("must be a JSON string")
}

pub(crate) fn flag(value: &Value) -> Result<bool, Wrong> {
    value.as_bool().ok_or("must be true or false")
}

pub(crate) fn texts(value: &Value) -> Result<Vec<String>, Wrong> {
    let wrong = "must be a JSON array of strings";
    let list = value.as_array().ok_or(wrong)?;
    list.iter()
        .map(|entry| entry.as_str().map(str::to_owned).ok_or(wrong))
        .collect()
}

/// A point in time as RFC 3339 writes it, with its offset.
pub(crate) fn time(value: &Value) -> Result<Timestamp, Wrong> {
    let wrong = "must be a time as RFC 3339 writes it, with its offset, for example 2030-01-31T09:30:00Z";
    value.as_str().and_then(|text| text.parse().ok()).ok_or(wrong)
}

/// Whole seconds: a number, digits, ISO 8601 (`PT1H`) or words (`1h 30m`); a day is 24 hours.
pub(crate) fn seconds(value: &Value) -> Result<u32, Wrong> {
    let wrong = "must be a duration: whole seconds (3600), ISO 8601 (PT1H) or words (1h, 90s, 2d)";
    match value {
        Value::Number(number) => number.as_u64().and_then(|seconds| seconds.try_into().ok()).ok_or(wrong),
        Value::String(text) => text.parse().ok().or_else(|| span_seconds(text)).ok_or(wrong),
        _ => Err(wrong),
    }
}

fn span_seconds(text: &str) -> Option<u32> {
    let span: Span = text.parse().ok()?;
    // Months and years have no length in seconds without a calendar date: they are refused here.
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok()?;
    let whole = seconds >= 0.0 && seconds.fract() == 0.0 && seconds <= f64::from(u32::MAX);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and within range"
    )]
    whole.then_some(seconds as u32)
}
