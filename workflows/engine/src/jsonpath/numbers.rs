//! The intrinsic functions for numbers.

use serde_json::Value;

use super::call::Outcome;
use crate::query::Random;

/// A whole number; others are rounded to the nearest, halves up: recorded from AWS, which uses Java's `Math.round`.
pub(super) fn integer(value: &Value) -> Result<i64, String> {
    let number = value.as_number().ok_or("The argument must be a number")?;
    if let Some(integer) = number.as_i64() {
        return Ok(integer);
    }
    let rounded = number.as_f64().map_or(f64::NAN, |number| (number + 0.5).floor());
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (rounded.abs() <= 9e15)
        .then_some(rounded as i64)
        .ok_or_else(|| format!("The number {number} is out of range"))
}

pub(super) fn add(left: &Value, right: &Value) -> Outcome {
    let sum = integer(left)?.checked_add(integer(right)?);
    sum.map(Value::from).ok_or_else(|| "The sum is out of range".into())
}

/// A whole number from `start` up to, but without, `end`.
pub(super) fn random(start: &Value, end: &Value, seed: Option<&Value>, random: &Random) -> Outcome {
    let (start, end) = (integer(start)?, integer(end)?);
    let width = end
        .checked_sub(start)
        .and_then(|width| u64::try_from(width).ok())
        .filter(|width| *width > 0)
        .ok_or("The start must be less than the end")?;
    let drawn = match seed {
        Some(seed) => Random::new(integer(seed)?.cast_unsigned()).next_u64() % width,
        None => random.next_u64() % width,
    };
    Ok(start.wrapping_add(drawn.cast_signed()).into())
}
