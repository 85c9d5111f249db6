//! `Retry` and `Catch`.

use super::fields;
use super::object::Object;
use crate::{Catcher, JitterStrategy, Retrier};

/// The elements of `Retry`, if all of them could be read.
pub(super) fn retry(object: &Object<'_>) -> Option<Vec<Retrier>> {
    object.each("Retry", retrier)
}

/// The elements of `Catch`, if all of them could be read.
pub(super) fn catch(object: &Object<'_>) -> Option<Vec<Catcher>> {
    object.each("Catch", catcher)
}

const JITTER: &[(&str, JitterStrategy)] = &[("FULL", JitterStrategy::Full), ("NONE", JitterStrategy::None)];

fn retrier(object: &Object<'_>) -> Option<Retrier> {
    object.allow(fields::RETRIER);
    let complete = object.require(&["ErrorEquals"]);
    let retrier = Retrier {
        comment: object.text("Comment"),
        interval_seconds: object.integer("IntervalSeconds"),
        max_attempts: object.integer("MaxAttempts"),
        backoff_rate: object.number("BackoffRate").and_then(|rate| rate.as_f64()),
        max_delay_seconds: object.integer("MaxDelaySeconds"),
        jitter_strategy: object.one_of("JitterStrategy", JITTER),
        error_equals: object.texts("ErrorEquals")?,
    };
    complete.then_some(retrier)
}

fn catcher(object: &Object<'_>) -> Option<Catcher> {
    object.allow(fields::CATCHER);
    let complete = object.require(&["ErrorEquals", "Next"]);
    let (error_equals, next) = (object.texts("ErrorEquals"), object.text("Next"));
    let catcher = Catcher {
        comment: object.text("Comment"),
        result_path: object.path_or_null("ResultPath"),
        assign: object.structure("Assign"),
        output: object.any("Output"),
        error_equals: error_equals?,
        next: next?,
    };
    complete.then_some(catcher)
}
