//! What is tried again, and how often.

use asl::{JitterStrategy, Retrier};

use crate::{Retry, calls::INVALID_INPUT, tree::Call};

/// Declared errors first, equal policies together; those that are not retried are named too where the policy for
/// infrastructure errors would take them (`States.TaskFailed` matches every name); then that policy. An activity that
/// cannot read its input cannot read it the second time either.
pub(crate) fn retriers(call: &Call) -> Vec<Retrier> {
    let takes_any = call.unexpected.retry.is_some() && call.unexpected.retried.contains(&"States.TaskFailed");
    let mut groups: Vec<(Option<Retry>, Vec<String>)> = Vec::new();
    for arm in &call.errors {
        let shared = groups
            .iter_mut()
            .find(|(policy, _)| *policy == arm.retry && !arm.retry.is_some_and(|r| r.separately));
        match shared {
            Some((_, names)) => names.push(arm.name.to_owned()),
            None => groups.push((arm.retry, vec![arm.name.to_owned()])),
        }
    }
    if call.is_ours {
        let invalid = INVALID_INPUT.to_owned();
        match groups.iter_mut().find(|(policy, _)| policy.is_none()) {
            Some((_, names)) => names.push(invalid),
            None => groups.push((None, vec![invalid])),
        }
    }
    groups.retain(|(policy, _)| policy.is_some() || takes_any);
    groups.sort_by_key(|(policy, _)| policy.is_none());
    let declared = groups.into_iter().map(|(policy, names)| match policy {
        Some(policy) => retrier(names, policy),
        None => Retrier {
            comment: Some("Never repeated: Catch decides.".to_owned()),
            interval_seconds: None,
            backoff_rate: None,
            jitter_strategy: None,
            ..retrier(names, Retry::times(0))
        },
    });
    let unexpected = call.unexpected.retry.map(|policy| {
        let names = call.unexpected.retried.iter().map(|name| (*name).to_owned());
        retrier(names.collect(), policy)
    });
    declared.chain(unexpected).collect()
}

/// A policy as a retrier of these errors.
pub(crate) fn retrier(errors: Vec<String>, policy: Retry) -> Retrier {
    Retrier {
        comment: None,
        error_equals: errors,
        interval_seconds: Some(policy.interval_seconds.into()),
        max_attempts: Some(policy.times.into()),
        backoff_rate: Some(policy.backoff_rate),
        max_delay_seconds: policy.max_delay_seconds.map(Into::into),
        jitter_strategy: policy.jitter.then_some(JitterStrategy::Full),
    }
}
