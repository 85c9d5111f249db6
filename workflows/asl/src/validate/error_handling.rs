//! `Retry` and `Catch`.
//!
//! Source: Amazon States Language, "Retriers" and "Catchers"; AWS developer guide, "Handling errors" for the upper limits.

use super::{Partial, range};
use crate::{Finding, Kind, Pointer, Retrier};

/// The upper limit of `IntervalSeconds` and `MaxAttempts`.
const MOST: u64 = 99_999_999;

/// The upper limit of `MaxDelaySeconds`: a year and a day.
const LONGEST_DELAY: u64 = 31_622_400;

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        let (retry, catch) = (visit.state.kind.retry(), visit.state.kind.catch());
        let at = visit.pointer.key("Retry");
        for (index, retrier) in retry.iter().enumerate() {
            limits(retrier, &at.index(index), out);
            names(&retrier.error_equals, &at.index(index), index + 1 == retry.len(), out);
        }
        let at = visit.pointer.key("Catch");
        for (index, catcher) in catch.iter().enumerate() {
            names(&catcher.error_equals, &at.index(index), index + 1 == catch.len(), out);
        }
    }
}

fn names(errors: &[String], element: &Pointer, last: bool, out: &mut Vec<Finding>) {
    let pointer = element.key("ErrorEquals");
    if errors.is_empty() {
        out.push(Finding::new(Kind::Empty, &pointer, "Value cannot be empty"));
    }
    for (index, _) in errors.iter().enumerate().filter(|(_, name)| *name == "States.ALL") {
        if errors.len() > 1 || !last {
            let message = "States.ALL must appear alone and at end of list";
            out.push(Finding::new(Kind::CatchAllNotLast, &pointer.index(index), message));
        }
    }
}

fn limits(retrier: &Retrier, at: &Pointer, out: &mut Vec<Finding>) {
    range::integer(retrier.interval_seconds, 1, MOST, &at.key("IntervalSeconds"), out);
    range::integer(retrier.max_attempts, 0, MOST, &at.key("MaxAttempts"), out);
    range::integer(
        retrier.max_delay_seconds,
        1,
        LONGEST_DELAY,
        &at.key("MaxDelaySeconds"),
        out,
    );
    if retrier.backoff_rate.is_some_and(|rate| rate < 1.0) {
        out.push(Finding::new(
            Kind::OutOfRange,
            &at.key("BackoffRate"),
            "Minimum value is 1.0",
        ));
    }
    if let (Some(interval), Some(longest)) = (retrier.interval_seconds, retrier.max_delay_seconds)
        && longest <= interval
    {
        let message = "MaxDelaySeconds must be greater than IntervalSeconds";
        out.push(Finding::new(Kind::OutOfRange, &at.key("MaxDelaySeconds"), message));
    }
}
