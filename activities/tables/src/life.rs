//! The life of a message: what each write makes of its item. Plain code, decided on the item as it was read.
//!
//! ```text
//!            put                  record                  begin_redrive
//!  (absent) ────> scheduled ────> completed
//!           ────> processing ───> cancelled
//!                      ▲  └─────> failed ────────────────> failed, redrive n pending
//!                      │                                        │
//!                      └──────────── put by redrive n ──────────┘
//! ```
//! The first end of an execution stands, unless a later one has a receipt and it had none: what ntfy has is beyond doubt.
//! Such an end comes of an execution that Step Functions has redriven. Only the execution that the item names may write to
//! it, or the redrive that is pending.

use contracts::{DeadLetter, Outcome, OutcomeStatus, Recorded, Status};
use jiff::Timestamp;

use crate::MessageItem;

/// What becomes of the item, and the answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Step<T, I = MessageItem> {
    /// It stays as it is.
    Keep(T),
    /// It is written, if nobody wrote in between.
    Write(Box<I>, T),
}

/// Whose message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// This execution's: it was written now, or earlier by the same execution.
    Fresh,
    /// Another execution's: this one has nothing to do.
    Duplicate,
}

/// What a message's item says after an end was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// How the message stands now.
    pub recorded: Recorded,
    /// The reported end stands, written now or earlier: its event is to be published. Otherwise another one stands.
    pub stands: bool,
    /// It was written now: it is to be counted. An event may be published twice; an end is one.
    pub first: bool,
}

/// A message that cannot be redriven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRedrivable {
    /// There is none of this id.
    #[error("there is no such message")]
    NotFound,
    /// It has not failed.
    #[error("the message is {0}: only failed messages are redriven")]
    NotFailed(Status),
}

/// An execution writes its message.
pub(crate) fn put(old: Option<MessageItem>, new: &MessageItem) -> Step<Put> {
    match old {
        None => Step::Write(Box::new(new.clone()), Put::Fresh),
        Some(old) if carries(&old, new) => Step::Keep(Put::Fresh),
        Some(old) if awaits(&old, new) => {
            let reopened = MessageItem {
                status: new.status,
                dead_letter: None,
                finished_at: None,
                ..taken(old, new)
            };
            Step::Write(Box::new(reopened.touched(new.updated_at)), Put::Fresh)
        }
        Some(_) => Step::Keep(Put::Duplicate),
    }
}

/// An execution reports how its message ended. `new` is what the item would be if there were none.
pub(crate) fn record(old: Option<MessageItem>, new: &MessageItem, outcome: &Outcome) -> Step<Recording> {
    let now = new.updated_at;
    match old {
        None => ended(new.clone(), outcome, now),
        Some(old) if carries(&old, new) && !old.status.is_final() => ended(old, outcome, now),
        Some(old) if awaits(&old, new) => ended(taken(old, new), outcome, now),
        Some(old) if carries(&old, new) && old.receipt.is_none() && outcome.receipt.is_some() => {
            late(old, outcome, now)
        }
        Some(old) => {
            let stands = carries(&old, new) && old.status == status(outcome);
            Step::Keep(Recording {
                recorded: recorded(&old),
                stands,
                first: false,
            })
        }
    }
}

/// Somebody redrives a failed message. A redrive that is pending is given out again under the same number, so that one
/// that was cut off before its execution started can be repeated; the execution's name keeps it single.
pub(crate) fn begin_redrive(old: Option<MessageItem>, now: Timestamp) -> Step<Result<MessageItem, NotRedrivable>> {
    match old {
        None => Step::Keep(Err(NotRedrivable::NotFound)),
        Some(old) if old.status != Status::Failed => Step::Keep(Err(NotRedrivable::NotFailed(old.status))),
        Some(old) if old.redrive_pending => Step::Keep(Ok(old)),
        Some(old) => {
            let begun = MessageItem {
                redrive: old.redrive + 1,
                redrive_pending: true,
                ..old
            }
            .touched(now);
            Step::Write(Box::new(begun.clone()), Ok(begun))
        }
    }
}

/// The execution of redrive `n` has ended and reported nothing: the number is spent.
pub(crate) fn abandon_redrive(old: Option<MessageItem>, n: u32, now: Timestamp) -> Step<bool> {
    match old {
        Some(old) if old.redrive_pending && old.redrive == n => Step::Write(
            Box::new(
                MessageItem {
                    redrive_pending: false,
                    ..old
                }
                .touched(now),
            ),
            true,
        ),
        _ => Step::Keep(false),
    }
}

/// Whether `new`'s execution is the one that the item names.
fn carries(old: &MessageItem, new: &MessageItem) -> bool {
    old.execution.arn == new.execution.arn
}

/// Whether `new`'s execution is the redrive for which the item waits.
fn awaits(old: &MessageItem, new: &MessageItem) -> bool {
    old.status == Status::Failed && old.redrive_pending && old.redrive == new.redrive
}

/// The item in the hands of the redrive for which it waited.
fn taken(old: MessageItem, new: &MessageItem) -> MessageItem {
    MessageItem {
        execution: new.execution.clone(),
        redrive_pending: false,
        ..old
    }
}

fn ended(item: MessageItem, outcome: &Outcome, now: Timestamp) -> Step<Recording> {
    // A receipt is never lost: neither the one of this execution nor one that an earlier execution could not record.
    let receipt = outcome.receipt.clone().or(item.receipt.clone());
    let dead_letter = (outcome.status == OutcomeStatus::Failed).then(|| DeadLetter {
        reason: outcome
            .reason
            .clone()
            .unwrap_or_else(|| "no reason was given".to_owned()),
        at: now,
        n: outcome.message.redrive,
        delivered: receipt.is_some(),
    });
    let status = status(outcome);
    let ended = MessageItem {
        status,
        receipt,
        dead_letter,
        finished_at: Some(now),
        ..item
    }
    .touched(now);
    let recording = Recording {
        recorded: recorded(&ended),
        stands: true,
        first: true,
    };
    Step::Write(Box::new(ended), recording)
}

/// An end after the end, which knows that ntfy has the message. The message has been counted.
fn late(item: MessageItem, outcome: &Outcome, now: Timestamp) -> Step<Recording> {
    // A redrive of the message that has not begun finds a completed one, and sends nothing.
    let redrive_pending = item.redrive_pending && outcome.status == OutcomeStatus::Failed;
    match ended(
        MessageItem {
            redrive_pending,
            ..item
        },
        outcome,
        now,
    ) {
        Step::Write(item, recording) => Step::Write(
            item,
            Recording {
                first: false,
                ..recording
            },
        ),
        kept @ Step::Keep(_) => kept,
    }
}

fn recorded(item: &MessageItem) -> Recorded {
    Recorded {
        message_id: item.message_id.clone(),
        status: item.status,
        // An item without an end is one that another execution still carries.
        finished_at: item.finished_at.unwrap_or(item.updated_at),
    }
}

fn status(outcome: &Outcome) -> Status {
    match outcome.status {
        OutcomeStatus::Completed => Status::Completed,
        OutcomeStatus::Failed => Status::Failed,
        OutcomeStatus::Cancelled => Status::Cancelled,
    }
}

#[cfg(test)]
mod tests;
