//! `Retry` and `Catch`.

use serde_json::Value;

use super::fields::Fields;
use crate::{Catcher, JitterStrategy, Retrier, StateKind};

/// Both fields of the kinds that have them.
pub(super) fn put(fields: &mut Fields, kind: &StateKind) {
    fields.list("Retry", kind.retry(), retrier);
    fields.list("Catch", kind.catch(), catcher);
}

fn retrier(retrier: &Retrier) -> Value {
    let mut fields = Fields::default();
    fields.some("Comment", retrier.comment.as_ref());
    fields.put("ErrorEquals", retrier.error_equals.clone());
    fields.some("IntervalSeconds", retrier.interval_seconds.as_ref());
    fields.some("MaxAttempts", retrier.max_attempts.as_ref());
    fields.some("BackoffRate", retrier.backoff_rate.as_ref());
    fields.some("MaxDelaySeconds", retrier.max_delay_seconds.as_ref());
    match retrier.jitter_strategy {
        Some(JitterStrategy::Full) => fields.put("JitterStrategy", "FULL"),
        Some(JitterStrategy::None) => fields.put("JitterStrategy", "NONE"),
        None => {}
    }
    fields.finish()
}

fn catcher(catcher: &Catcher) -> Value {
    let mut fields = Fields::default();
    fields.some("Comment", catcher.comment.as_ref());
    fields.put("ErrorEquals", catcher.error_equals.clone());
    fields.path("ResultPath", catcher.result_path.as_ref());
    fields.some("Assign", catcher.assign.as_ref());
    fields.some("Output", catcher.output.as_ref());
    fields.put("Next", catcher.next.clone());
    fields.finish()
}
