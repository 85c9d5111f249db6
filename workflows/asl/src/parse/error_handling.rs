//! `Retry` and `Catch`.

use super::fields;
use super::object::Object;
use crate::{Catcher, JitterStrategy, Retrier};

/// The elements of `Retry`.
pub(super) fn retry(object: &Object<'_>) -> Vec<Retrier> {
    object.objects("Retry").iter().map(retrier).collect()
}

/// The elements of `Catch`. One without `Next` is reported and left out.
pub(super) fn catch(object: &Object<'_>) -> Vec<Catcher> {
    object.objects("Catch").iter().filter_map(catcher).collect()
}

const JITTER: &[(&str, JitterStrategy)] = &[("FULL", JitterStrategy::Full), ("NONE", JitterStrategy::None)];

fn retrier(object: &Object<'_>) -> Retrier {
    object.allow(fields::RETRIER);
    object.require(&["ErrorEquals"]);
    Retrier {
        comment: object.text("Comment"),
        error_equals: object.texts("ErrorEquals"),
        interval_seconds: object.integer("IntervalSeconds"),
        max_attempts: object.integer("MaxAttempts"),
        backoff_rate: object.number("BackoffRate").and_then(|rate| rate.as_f64()),
        max_delay_seconds: object.integer("MaxDelaySeconds"),
        jitter_strategy: object.one_of("JitterStrategy", JITTER),
    }
}

fn catcher(object: &Object<'_>) -> Option<Catcher> {
    object.allow(fields::CATCHER);
    object.require(&["ErrorEquals", "Next"]);
    let next = object.text("Next");
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
