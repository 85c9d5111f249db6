//! `process-message`: a message is persisted, delivered to ntfy, and its outcome recorded.
//!
//! Every path ends in one of three ways: completed, duplicate (another execution carries the message), or dead-lettered.

use contracts::{
    DeliverMessage, DeliverMessageError, Message, OutcomeStatus, PersistMessage, PersistMessageError, Persisted,
    Processed, Receipt, RecordOutcome,
};
use expr::{Expr, Is, Never, Nothing};
use flow::{Failure, Retry, Scope, Then, Workflow, value, workflow};

use crate::{
    dead_letter::{FOR_HOURS, bury},
    patience::{Consequence, Waited, keep_trying},
    payloads::{delivery, outcome, persist_request, processed},
};

/// One execution carries one message. On the happy path it enters four states.
pub fn process_message() -> Workflow {
    let main = workflow::<Message, Processed>("process-message", never_persisted, |w, message| {
        let persisted = w.call(PersistMessage, persist_request(&message), |w, error| match error {
            PersistMessageError::Invalid { field, reason } => {
                let reason = field.concat(": ").concat(reason);
                bury(w, &message, reason, Nothing)
            }
        });
        w.otherwise(|w, failure| bury(w, &message, blame(failure), Nothing));

        w.named("WhatIsLeftToDo").end_if(&persisted.duplicate, |w| {
            let output = processed(&persisted, true, Nothing);
            w.named("CarriedByAnotherExecution").succeed::<Processed, _>(output)
        });
        // A redrive of a message that was delivered brings its receipt along: it is recorded, never sent again.
        let receipt = w.if_some_else(
            &message.receipt,
            |_, receipt| value(receipt),
            |w| {
                w.if_some(&persisted.deliver_at, |w, at| w.wait_until(at));
                deliver(w, &message, &persisted)
            },
        );

        w.otherwise(|w, failure| FOR_HOURS.then(bury(w, &message, blame(failure), &receipt)));
        let completed = outcome(OutcomeStatus::Completed, &message, &receipt, Nothing);
        w.call(RecordOutcome, completed, |_, never| match never {});
        value(processed(&persisted, false, &receipt))
    });
    main.commented("Persists a message, delivers it to ntfy and records its outcome; what fails is dead-lettered.")
}

/// Delivers the message: up to four attempts within seconds, then patience.
fn deliver<'s>(
    w: &Scope<'s, '_>,
    message: impl Is<'s, Message>,
    persisted: impl Is<'s, Persisted>,
) -> Then<'s, Receipt> {
    let (message, persisted) = (message.expr(), persisted.expr());
    let receipt = w.call_then(
        DeliverMessage,
        delivery(&message, &persisted, 0, false),
        |_, receipt| value(receipt),
        |w, error| match consequence(error, &Waited::not_yet()) {
            Consequence::Hopeless(reason) => bury(w, &message, reason, Nothing),
            Consequence::Later(setback) => keep_trying(w, &message, &persisted, setback),
            Consequence::SoonThenLater(setback) => Retry::times(3).then(keep_trying(w, &message, &persisted, setback)),
        },
    );
    value(receipt)
}

/// What an error of `DeliverMessage` means for a message that has `waited` so far.
pub(crate) fn consequence<'s>(error: DeliverMessageError<'s>, waited: &Waited<'s>) -> Consequence<'s> {
    match error {
        DeliverMessageError::Rejected { reason } | DeliverMessageError::Misconfigured { reason } => {
            Consequence::Hopeless(reason)
        }
        DeliverMessageError::RateLimited {
            retry_after,
            may_be_sent,
        } => Consequence::Later(waited.limited(retry_after, may_be_sent)),
        DeliverMessageError::CircuitOpen {
            retry_after,
            failing_for,
            may_be_sent,
        } => Consequence::Later(waited.refused(&retry_after, failing_for, may_be_sent)),
        DeliverMessageError::Unavailable { reason } | DeliverMessageError::Ambiguous { reason } => {
            Consequence::SoonThenLater(waited.failed(reason))
        }
    }
}

/// What happens when the message could not even be persisted.
fn never_persisted<'s>(w: &Scope<'s, '_>, message: &Expr<'s, Message>, failure: &Failure<'s>) -> Then<'s, Never> {
    bury(w, message, blame(failure), Nothing)
}

/// Which state failed, and by which error.
pub(crate) fn blame<'s>(failure: &Failure<'s>) -> Expr<'s, String> {
    failure.state.concat(" failed: ").concat(&failure.error)
}
