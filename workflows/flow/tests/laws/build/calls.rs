//! Calls, and what their errors lead to.

use expr::{Expr, Is, execution_name, retry_count};
use flow::{Retry, Scope, Then, Through, value};

use super::{
    Around, arm, fail,
    values::{Made, number},
};
use crate::{
    contracts::{
        Compute, ComputeError, CountedQuestionExpr, Order, Question, QuestionExpr, TokenQuestion, TokenQuestionExpr,
        Work,
    },
    program::{BEAT, Block, OnFailure, PATIENCE, Policies, Policy, Via},
};

pub(super) fn ask<'s>(
    w: &Scope<'s, '_>,
    id: usize,
    via: Via,
    number: &Expr<'s, u32>,
    failed: &OnFailure,
    made: &Made<'s>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    let question = QuestionExpr { step, number };
    match via {
        Via::Function => w.lambda_invoke::<Question, u32>("Ask", question, |w, _| instead(w, failed, made)),
        Via::Execution => {
            w.run_execution::<Question, u32>("Ask", 60, execution_name(), question, |w, _| instead(w, failed, made))
        }
        Via::Token { beats } => {
            let w = if beats { w.heartbeat(BEAT) } else { w };
            w.wait_for_token::<u32, TokenQuestion>(
                PATIENCE,
                Through::Queue("Ask"),
                |token| TokenQuestionExpr { token, step, number }.expr(),
                |w, _| instead(w, failed, made),
            )
        }
    }
}

fn instead<'x, 's: 'x>(w: &Scope<'x, '_>, failed: &OnFailure, made: &Made<'s>) -> Then<'x, u32> {
    match failed {
        OnFailure::Number(of) => value(number(of, made)),
        OnFailure::Nothing => value(0),
        OnFailure::Fail(error) => fail(w, *error),
    }
}

/// What follows an error once it has been tried again as often as its policy says.
fn after(policy: Option<Policy>, then: Then<'_, u32>) -> Then<'_, u32> {
    let Some(policy) = policy else { return then };
    let mut retry = Retry::times(policy.times)
        .interval(policy.interval)
        .backoff(if policy.doubles { 2.0 } else { 1.0 })
        .without_jitter();
    if let Some(longest) = policy.longest {
        retry = retry.max_delay(longest);
    }
    if policy.separately {
        retry = retry.separately();
    }
    retry.then(then)
}

pub(super) fn work<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    number: Expr<'s, u32>,
    ([declined, locked, busy], policies): (&[Block; 3], &Policies),
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    around: Around<'a, 'r>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    let alike = format!("{declined:?}") == format!("{locked:?}");
    let attempt = retry_count();
    let [on_declined, on_locked, on_busy] = *policies;
    w.activity_worker(
        Work,
        CountedQuestionExpr { step, number, attempt },
        |w, error| match error {
            ComputeError::Declined => after(on_declined, arm(w, declined, order, made.inner(), around)),
            ComputeError::Locked { .. } if alike => after(on_locked, arm(w, locked, order, made.inner(), around)),
            // Whoever wants to know what is locked has to be told.
            ComputeError::Locked { number } => {
                let number = w.keep::<u32>(&format!("locked{id}"), number);
                after(on_locked, arm(w, locked, order, made.and(number), around))
            }
            ComputeError::Busy => after(on_busy, arm(w, busy, order, made.inner(), around)),
        },
    )
}

pub(super) fn call<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    number: Expr<'s, u32>,
    ([declined, locked, busy], policies): (&[Block; 3], &Policies),
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    around: Around<'a, 'r>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    // Arms that are to become one piece of graph must see the same values as well.
    let alike = format!("{declined:?}") == format!("{locked:?}");
    let attempt = retry_count();
    let [on_declined, on_locked, on_busy] = *policies;
    w.call_then(
        Compute,
        CountedQuestionExpr { step, number, attempt },
        |_, answer| value(&answer.number),
        |w, error| match error {
            ComputeError::Declined => after(on_declined, arm(w, declined, order, made.inner(), around)),
            ComputeError::Locked { .. } if alike => after(on_locked, arm(w, locked, order, made.inner(), around)),
            ComputeError::Locked { number } => after(on_locked, arm(w, locked, order, made.and(number), around)),
            ComputeError::Busy => after(on_busy, arm(w, busy, order, made.inner(), around)),
        },
    )
}
