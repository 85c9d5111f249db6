//! Values as people write them.

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// A number of rows; a listing of none answers nothing.
pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "write a whole number from 1 on".to_owned())
}

/// A duration in ISO 8601 or in words; a day is 24 hours.
pub(super) fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Span = text
        .parse()
        .map_err(|_| "write a duration as 10s, 1h30m or PT10S".to_owned())?;
    span.to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "write days, hours, minutes or seconds".to_owned())
}

/// How long something is kept: at least a second.
pub(super) fn retention(text: &str) -> Result<std::time::Duration, String> {
    let kept = std::time::Duration::try_from(duration(text)?).unwrap_or_default();
    if kept < std::time::Duration::from_secs(1) {
        return Err("keep what has ended for a second at least".to_owned());
    }
    Ok(kept)
}
