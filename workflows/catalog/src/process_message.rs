//! `process-message`: a message is persisted, delivered to ntfy, and its outcome recorded.
//!
//! Every path ends in one of three ways: completed, duplicate (another execution carries the message), or dead-lettered.

use contracts::{
    DeliverMessage, DeliverMessageError, Message, OutcomeStatus, PersistMessage, PersistMessageError, PersistRequestExpr,
    Persisted, Processed, ProcessedExpr, Receipt, RecordOutcome,
};
use expr::{Expr, Is, Never, Nothing, execution_name, now};
use flow::{Failure, Retry, Scope, Then, Workflow, value, workflow};

use crate::{
    dead_letter::{FOR_HOURS, bury},
    payloads::{delivery, execution, outcome},
    patience::{Setback, SetbackExpr, doubling},
};

/// One execution carries one message. On the happy path it enters four states.
pub fn process_message() -> Workflow {
    let main = workflow::<Message, Processed>("process-message", never_persisted, |w, message| {
        let request = PersistRequestExpr { message: &message, execution: execution() };
        let persisted = w.call(PersistMessage, request, |w, error| match error {
            PersistMessageError::Invalid { field, reason } => {
                bury(w, &message, provisional_id(&message), field.concat(": ").concat(reason), Nothing)
            }
        });
        w.otherwise(|w, failure| bury(w, &message, &persisted.message_id, blame(&failure), Nothing));

        w.named("WhatIsLeftToDo").end_if(&persisted.duplicate, |w| {
            w.named("CarriedByAnotherExecution").succeed::<Processed, _>(ProcessedExpr {
                message_id: &persisted.message_id,
                duplicate: true,
                receipt: Nothing,
            })
        });
        // A redrive of a message that was delivered brings its receipt along: it is recorded, never sent again.
        let receipt = w.if_some_else(&message.receipt, |_, receipt| value(receipt), |w| {
            w.if_some(&persisted.deliver_at, |w, at| w.wait_until(at));
            deliver(w, &message, &persisted)
        });

        w.otherwise(|w, failure| FOR_HOURS.then(bury(w, &message, &persisted.message_id, blame(&failure), &receipt)));
        w.call(RecordOutcome, outcome(OutcomeStatus::Completed, &message, &receipt, Nothing), |_, never| match never {});
        value(ProcessedExpr { message_id: &persisted.message_id, duplicate: false, receipt: &receipt })
    });
    main.commented("Persists a message, delivers it to ntfy and records its outcome. What cannot be delivered is dead-lettered.")
}

/// What an error of `DeliverMessage` means for the message.
enum Consequence<'s> {
    Hopeless(Expr<'s, String>),
    Later(Expr<'s, Setback>),
    SoonThenLater(Expr<'s, Setback>),
}

fn consequence<'s>(error: DeliverMessageError<'s>, round: impl Is<'s, u32>) -> Consequence<'s> {
    match error {
        DeliverMessageError::Rejected { reason } | DeliverMessageError::Misconfigured { reason } => {
            Consequence::Hopeless(reason)
        }
        DeliverMessageError::RateLimited { retry_after } => {
            Consequence::Later(SetbackExpr { pause: retry_after, reason: "ntfy asks to wait" }.expr())
        }
        DeliverMessageError::CircuitOpen { retry_after } => {
            let pause = retry_after.max(doubling(round));
            Consequence::Later(SetbackExpr { pause, reason: "the circuit breaker is open" }.expr())
        }
        DeliverMessageError::Unavailable { reason } | DeliverMessageError::Ambiguous { reason } => {
            Consequence::SoonThenLater(SetbackExpr { pause: doubling(round), reason }.expr())
        }
    }
}

/// Delivers the message: up to four attempts within seconds, then patience.
fn deliver<'s>(w: &Scope<'s, '_>, message: impl Is<'s, Message>, persisted: impl Is<'s, Persisted>) -> Then<'s, Receipt> {
    let (message, persisted) = (message.expr(), persisted.expr());
    let first = delivery(&message, &persisted, 0);
    let receipt = w.call_then(DeliverMessage, first, |_, receipt| value(receipt), |w, error| match consequence(error, 0) {
        Consequence::Hopeless(reason) => bury(w, &message, &persisted.message_id, reason, Nothing),
        Consequence::Later(setback) => keep_trying(w, &message, &persisted, setback),
        Consequence::SoonThenLater(setback) => Retry::times(3).then(keep_trying(w, &message, &persisted, setback)),
    });
    value(receipt)
}

/// Waits and tries once more, round after round, while the message's patience lasts. A round is a single attempt, so that
/// an outage of an hour costs few transitions. The longest patience, a week, holds fewer than 700 of the longest pauses.
fn keep_trying<'s>(
    w: &Scope<'s, '_>,
    message: impl Is<'s, Message>,
    persisted: impl Is<'s, Persisted>,
    setback: impl Is<'s, Setback>,
) -> Then<'s, Receipt> {
    let (message, persisted) = (message.expr(), persisted.expr());
    let rounds = w.named("IsPatienceSpent").repeat_with::<Setback, _>(700, "setback", setback, |w, round| {
        let (pause, reason) = (&round.carried.pause, &round.carried.reason);
        let spent = now().plus_seconds(pause).is_after(&persisted.patience_ends);
        w.end_if(spent, |w| bury(w, &message, &persisted.message_id, reason, Nothing));
        w.named("LeaveNtfyAlone").wait(pause);
        let next = delivery(&message, &persisted, &round.number);
        value(w.named("DeliverAgain").call_then(DeliverMessage, next, |_, receipt| value(receipt), |w, error| {
            match consequence(error, &round.number) {
                Consequence::Hopeless(reason) => bury(w, &message, &persisted.message_id, reason, Nothing),
                Consequence::Later(setback) | Consequence::SoonThenLater(setback) => round.again(setback),
            }
        }))
    }, |w, setback| bury(w, &message, &persisted.message_id, &setback.reason, Nothing));
    value(rounds)
}

/// What happens when the message could not even be persisted.
fn never_persisted<'s>(w: &Scope<'s, '_>, message: Expr<'s, Message>, failure: Failure<'s>) -> Then<'s, Never> {
    bury(w, &message, provisional_id(&message), blame(&failure), Nothing)
}

fn provisional_id<'s>(message: &Expr<'s, Message>) -> Expr<'s, String> {
    message.message_id.or(execution_name())
}

fn blame<'s>(failure: &Failure<'s>) -> Expr<'s, String> {
    failure.state.concat(" failed: ").concat(&failure.error)
}
