//! How a message ends that is not completed.

use contracts::{DeadLetterNotice, DeadLetterNoticeExpr, Message, OutcomeStatus, Receipt, RecordOutcome};
use expr::{Is, Shape};
use flow::{Retry, Scope, Then, value};

use crate::payloads::outcome;

/// Recording is repeated for four to nine hours (intervals are drawn at random): an outcome that is not written down has
/// to be found by hand.
pub(crate) const FOR_HOURS: Retry = Retry::times(120).max_delay(300);

/// Why a message cannot be delivered, and what is known of it.
#[derive(Shape)]
pub struct DeadEnd {
    /// The message.
    pub message_id: String,
    /// Why, in one line without the message's text.
    pub reason: String,
    /// What ntfy answered, if the message was delivered and only its record is missing.
    pub receipt: Option<Receipt>,
}

/// Where every message ends that is not completed: a signal in the queue, the truth in the message's item, and an
/// execution that failed. A signal that cannot be sent does not keep the truth from being written.
pub(crate) fn bury<'s, T: Shape>(
    w: &Scope<'s, '_>,
    message: impl Is<'s, Message>,
    message_id: impl Is<'s, String>,
    reason: impl Is<'s, String>,
    receipt: impl Is<'s, Option<Receipt>>,
) -> Then<'s, T> {
    let message = message.expr();
    let dead_end = w.keep::<DeadEnd>(
        "deadEnd",
        DeadEndExpr {
            message_id,
            reason,
            receipt,
        },
    );
    let notice = DeadLetterNoticeExpr {
        message_id: &dead_end.message_id,
        reason: &dead_end.reason,
        n: &message.redrive,
        delivered: dead_end.receipt.is_some(),
    };
    w.named("SendDeadLetter")
        .sqs_send_message::<DeadLetterNotice>("DeadLetterQueue", notice, |_, _| value(()));
    w.otherwise(|w, _| FOR_HOURS.then(w.fail_because("Message.DeadLettered", &dead_end.reason)));
    let outcome = outcome(OutcomeStatus::Failed, &message, &dead_end.receipt, &dead_end.reason);
    w.named("RecordFailure")
        .call(RecordOutcome, outcome, |_, never| match never {});
    w.fail_because("Message.DeadLettered", &dead_end.reason)
}
