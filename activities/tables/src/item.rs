//! A message's item: the truth of how the message stands.

use contracts::{DeadLetter, Execution, Message, Receipt, Redriven, Status, execution_name, message_id};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an item is kept after the last thing that happened to its message.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A message's item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageItem {
    /// The message's id: the table's key.
    pub message_id: String,
    /// The stage: key of an index.
    pub stage: String,
    /// How it stands: key of an index.
    pub status: Status,
    /// When it was accepted, as RFC 3339 in UTC with milliseconds, so that text order is time order: the sort key of
    /// each index.
    pub created_date: String,
    /// The `sub` of its creator: key of an index; absent for a message that nobody signed in for.
    #[serde(default)]
    pub owner: Option<String>,
    /// The message as it went into the workflow.
    pub message: Message,
    /// The execution that carries it, or carried it last.
    pub execution: Execution,
    /// ntfy's receipt, once there is one; a redrive of such a message only records.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// Why it failed; present if and only if `status` is `failed`.
    #[serde(default)]
    pub dead_letter: Option<DeadLetter>,
    /// When it ended; present if and only if `status` is final.
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    /// When the item was written last.
    pub updated_at: Timestamp,
    /// The number of its latest redrive; 0 before the first.
    #[serde(default)]
    pub redrive: u32,
    /// The latest redrive has been begun, and its execution has not been heard of yet.
    #[serde(default)]
    pub redrive_pending: bool,
    /// Counts the writes.
    pub revision: u64,
    /// When DynamoDB may remove it, in seconds since 1970.
    pub ttl: i64,
}

impl MessageItem {
    /// The item of a message that its execution has just written.
    pub fn new(stage: &str, status: Status, message: Message, execution: Execution, now: Timestamp) -> Self {
        let created_at = message.created_at.unwrap_or(execution.started_at);
        let item = Self {
            message_id: message_id(&message, &execution.name),
            stage: stage.to_owned(),
            status,
            created_date: created_date(created_at),
            // An item is also written for a message that was refused: its owner may not be fit for a key.
            owner: message.owner.clone().filter(|owner| (1..=1_024).contains(&owner.len())),
            redrive: message.redrive,
            receipt: message.receipt.clone(),
            message,
            execution,
            dead_letter: None,
            finished_at: None,
            updated_at: now,
            redrive_pending: false,
            revision: 0,
            ttl: 0,
        };
        item.touched(now)
    }

    /// When it was accepted.
    pub fn created_at(&self) -> Timestamp {
        self.message.created_at.unwrap_or(self.execution.started_at)
    }

    /// The input of the execution that redrives it as its `n`th redrive: the message, and the receipt if ntfy has it.
    pub fn redrive_input(&self, n: u32) -> Message {
        Message {
            message_id: Some(self.message_id.clone()),
            created_at: self.created_date.parse().ok(),
            redrive: n,
            receipt: self.receipt.clone(),
            ..self.message.clone()
        }
    }

    /// The number that the next redrive gets: one that has been begun and not been heard of keeps its own.
    pub fn next_redrive(&self) -> u32 {
        self.redrive + u32::from(!self.redrive_pending)
    }

    /// Redrive `n` of the message, as it is or as it would be.
    pub fn redriven(&self, n: u32) -> Redriven {
        Redriven {
            message_id: self.message_id.clone(),
            redrive: n,
            execution: execution_name(&self.message_id, n),
            delivered: self.receipt.is_some(),
        }
    }

    /// The item as it is written at `now`.
    ///
    /// It is kept for 90 days after the latest of its times; the write itself is one, so that an old message that is
    /// redriven does not vanish on its way.
    pub(crate) fn touched(self, now: Timestamp) -> Self {
        let latest = [
            Some(self.created_at()),
            self.message.deliver_at,
            self.finished_at,
            Some(now),
        ]
        .into_iter()
        .flatten();
        let ttl = latest
            .max()
            .map_or(0, |latest| latest.as_second().saturating_add(KEPT.as_secs()));
        Self {
            updated_at: now,
            revision: self.revision + 1,
            ttl,
            ..self
        }
    }
}

/// A time as the indexes sort it.
pub(crate) fn created_date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, execution, message};

    #[test]
    fn dates_sort_as_text() {
        let dates = [0, 1, 1_000, 1_001, 60_000].map(|ms| created_date(Timestamp::from_millisecond(ms).unwrap()));
        assert!(dates.is_sorted());
        assert_eq!(dates[3], "1970-01-01T00:00:01.001Z");
    }

    #[test]
    fn it_is_kept_for_90_days_after_the_latest_time() {
        let days = |n: i64| SignedDuration::from_hours(24 * n);
        let now = at(0);
        let item = |deliver_at| {
            let message = Message {
                deliver_at,
                ..message("m")
            };
            MessageItem::new("dev", Status::Scheduled, message, execution("m"), now)
        };
        assert_eq!(item(None).ttl, (now + days(90)).as_second());
        assert_eq!(item(Some(now + days(360))).ttl, (now + days(450)).as_second());
        assert_eq!(item(None).touched(now + days(80)).ttl, (now + days(170)).as_second());
    }

    #[test]
    fn a_redrive_carries_the_receipt_and_the_first_acceptance() {
        let receipt: Receipt = serde_json::from_value(serde_json::json!({
            "ntfy_id": "n", "topic": "t", "delivered_at": "2026-11-25T00:00:00Z", "truncated": false, "found": false,
        }))
        .unwrap();
        let item = MessageItem::new("dev", Status::Processing, message("m"), execution("m"), at(0));
        let input = MessageItem {
            receipt: Some(receipt.clone()),
            ..item
        }
        .redrive_input(2);
        assert_eq!(
            (input.redrive, input.receipt, input.message_id.as_deref()),
            (2, Some(receipt), Some("m"))
        );
        assert_eq!(input.created_at, Some(execution("m").started_at));
    }
}
