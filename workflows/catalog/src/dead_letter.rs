//! How a message ends that is not completed.

use contracts::{DeadLetterNotice, DeadLetterNoticeExpr, Message, OutcomeStatus, Receipt, RecordOutcome};
use expr::{Is, Shape};
use flow::{Retry, Scope, Then, value};

use crate::payloads::outcome;

/// Recording is repeated for four to nine hours (intervals are drawn at random): an outcome that is not written down has
/// to be found by hand.
pub(crate) const FOR_HOURS: Retry = Retry::times(120).max_delay(300);

/// Why a message cannot be delivered, and whether it was.
#[derive(Shape)]
pub struct DeadEnd {
    /// Why, in one line without the message's text.
    pub reason: String,
    /// What ntfy answered, if the message was delivered and only its record is missing.
    pub receipt: Option<Receipt>,
}

/// The message is dead-lettered: its item says so, and the queue has been told.
const DEAD_LETTERED: &str = "Message.DeadLettered";
/// Its item could not be written for hours. No state is left to try it: whoever sees executions end does.
const UNRECORDED: &str = "Message.Unrecorded";

/// Where every message ends that is not completed: the truth in the message's item, a signal in the queue, and an
/// execution that failed.
///
/// The truth comes first, so that whoever hears the signal finds it, and because only recording says which message it was
/// that could not be persisted. A signal that cannot be sent takes nothing from it.
pub(crate) fn bury<'s, T: Shape>(
    w: &Scope<'s, '_>,
    message: impl Is<'s, Message>,
    reason: impl Is<'s, String>,
    receipt: impl Is<'s, Option<Receipt>>,
) -> Then<'s, T> {
    let message = message.expr();
    let dead_end = w.keep::<DeadEnd>("deadEnd", DeadEndExpr { reason, receipt });
    w.otherwise(|w, _| FOR_HOURS.then(w.fail_because(UNRECORDED, &dead_end.reason)));
    let outcome = outcome(OutcomeStatus::Failed, &message, &dead_end.receipt, &dead_end.reason);
    let recorded = w
        .named("RecordFailure")
        .call(RecordOutcome, outcome, |_, never| match never {});
    let notice = DeadLetterNoticeExpr {
        message_id: &recorded.message_id,
        reason: &dead_end.reason,
        n: &message.redrive,
        delivered: dead_end.receipt.is_some(),
    };
    w.named("SendDeadLetter")
        .sqs_send_message::<DeadLetterNotice>("DeadLetterQueue", notice, |_, _| value(()));
    w.fail_because(DEAD_LETTERED, &dead_end.reason)
}
