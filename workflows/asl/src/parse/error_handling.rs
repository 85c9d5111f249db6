//! `Retry` and `Catch`.

use super::fields;
use super::object::Object;
use crate::{Catcher, JitterStrategy, Retrier};

/// The elements of `Retry`. One without `ErrorEquals` is reported and left out.
pub(super) fn retry(object: &Object<'_>) -> Vec<Retrier> {
    object.objects("Retry").iter().filter_map(retrier).collect()
}

/// The elements of `Catch`. One without `ErrorEquals` or `Next` is reported and left out.
pub(super) fn catch(object: &Object<'_>) -> Vec<Catcher> {
    object.objects("Catch").iter().filter_map(catcher).collect()
}

const JITTER: &[(&str, JitterStrategy)] = &[("FULL", JitterStrategy::Full), ("NONE", JitterStrategy::None)];

fn retrier(object: &Object<'_>) -> Option<Retrier> {
    object.allow(fields::RETRIER);
    let complete = object.require(&["ErrorEquals"]);
    let retrier = Retrier {
        comment: object.text("Comment"),
        error_equals: object.texts("ErrorEquals"),
        interval_seconds: object.integer("IntervalSeconds"),
        max_attempts: object.integer("MaxAttempts"),
        backoff_rate: object.number("BackoffRate").and_then(|rate| rate.as_f64()),
        max_delay_seconds: object.integer("MaxDelaySeconds"),
        jitter_strategy: object.one_of("JitterStrategy", JITTER),
    };
    complete.then_some(retrier)
}

fn catcher(object: &Object<'_>) -> Option<Catcher> {
    object.allow(fields::CATCHER);
    let complete = object.require(&["ErrorEquals", "Next"]);
    let next = object.text("Next").filter(|_| complete);
    if next.is_none() {
        object.sink.lose(&object.pointer);
    }
    Some(Catcher {
        comment: object.text("Comment"),
        error_equals: object.texts("ErrorEquals"),
        result_path: object.path_or_null("ResultPath"),
        assign: object.structure("Assign"),
        output: object.any("Output"),
        next: next?,
    })
}
