//! The table of messages.

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata,
    types::{AttributeValue, Select},
};
use contracts::{Outcome, Status};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tracing::error;

use crate::{
    InvalidCursor, ListBy, ListQuery, MESSAGES, MessageItem, NotRedrivable, Page, Put, Recording, TableError,
    TableErrorKind,
    attributes::{Attributes, from_attributes, to_attributes},
    life::{self, Step},
    list::{EXAMINED, cursor_after},
};

/// How often a write is decided anew when others write the same item. Few ever do: its execution, and people who redrive.
const ATTEMPTS: usize = 8;

/// How many messages a search reads at a time.
const SEARCHED: usize = 500;

/// The table of messages.
#[derive(Clone, Debug)]
pub struct Messages {
    client: Client,
    table: String,
}

/// An item that counts its writes.
pub(crate) trait Revised: Serialize + DeserializeOwned {
    /// How often it has been written.
    fn revision(&self) -> u64;
}

impl Revised for MessageItem {
    fn revision(&self) -> u64 {
        self.revision
    }
}

/// A redrive could not be begun.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// The message does not allow it.
    #[error(transparent)]
    Not(#[from] NotRedrivable),
    /// The table failed.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl Messages {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// Writes the item of an execution's message, unless another execution carries the message. Repeating it is free;
    /// a redrive that was [begun](Self::begin_redrive) opens the failed item again.
    pub async fn put(&self, new: &MessageItem) -> Result<Put, TableError> {
        // Almost every message is new: written without reading first.
        if self.write(new, None).await? {
            return Ok(Put::Fresh);
        }
        self.change(&new.message_id, |old| life::put(old, new)).await
    }

    /// The item, as of the last write.
    pub async fn get(&self, message_id: &str) -> Result<Option<MessageItem>, TableError> {
        self.read(message_id).await
    }

    pub(crate) async fn read<I: Revised>(&self, key: &str) -> Result<Option<I>, TableError> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request
            .key(MESSAGES.key, AttributeValue::S(key.to_owned()))
            .send()
            .await;
        let item = answer.map_err(|error| TableError::sdk("GetItem", error))?.item;
        item.map(|item| from_attributes("GetItem", &item)).transpose()
    }

    /// Records how a message ended. The first end of an execution stands; repeating it is free. An item that is missing
    /// is made: the message may have ended before it could be written.
    pub async fn record(&self, stage: &str, outcome: &Outcome, now: Timestamp) -> Result<Recording, TableError> {
        let message = outcome.message.clone();
        let new = MessageItem::new(stage, Status::Processing, message, outcome.execution.clone(), now);
        self.change(&new.message_id, |old| life::record(old, &new, outcome))
            .await
    }

    /// Begins the redrive of a failed message and returns its item: `redrive` is the number, and
    /// [`MessageItem::redrive_input`] the input of the execution to start. While that execution has not been heard of, the
    /// same number is returned again.
    pub async fn begin_redrive(&self, message_id: &str, now: Timestamp) -> Result<MessageItem, RedriveError> {
        Ok(self.change(message_id, |old| life::begin_redrive(old, now)).await??)
    }

    /// Gives up redrive `n`, whose execution has ended without a word, so that the next one gets a new number. Returns
    /// whether it was pending.
    pub async fn abandon_redrive(&self, message_id: &str, n: u32, now: Timestamp) -> Result<bool, TableError> {
        self.change(message_id, |old| life::abandon_redrive(old, n, now)).await
    }

    /// A page of messages, newest first. Indexes follow writes within moments, not at once.
    pub async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, TableError> {
        let Ok(mut start) = query.start() else {
            return Ok(Err(InvalidCursor));
        };
        let limit = query.limit.clamp(1, 1_000);
        let (mut items, mut examined, mut last) = (Vec::<MessageItem>::new(), 0, None);
        // One more than asked for tells whether there is a next page.
        while items.len() <= limit {
            let wanted = limit + 1 - items.len();
            let wanted = if query.text.is_some() {
                wanted.max(SEARCHED)
            } else {
                wanted
            };
            let (found, next) = self.query(query, wanted, start).await?;
            examined += found.len();
            last = found.last().map(cursor_after).or(last);
            items.extend(found.into_iter().filter(|item| query.has_text(item)));
            start = next;
            if start.is_none() || examined >= EXAMINED {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more {
            items.last().map(cursor_after)
        } else {
            start.and(last)
        };
        Ok(Ok(Page { items, next }))
    }

    /// How many messages have this status, accepted at or after `since`.
    pub async fn count(&self, status: Status, since: Option<Timestamp>) -> Result<u64, TableError> {
        let query = ListQuery {
            since,
            ..ListQuery::newest(ListBy::Status(status))
        };
        self.counted(&query).await
    }

    /// How many messages of an owner have not ended. It reads all of theirs: not for every request.
    pub async fn count_open(&self, owner: &str) -> Result<u64, TableError> {
        let mut count = 0;
        for status in Status::ALL.into_iter().filter(|status| !status.is_final()) {
            let query = ListQuery {
                status: Some(status),
                ..ListQuery::newest(ListBy::Owner(owner.to_owned()))
            };
            count += self.counted(&query).await?;
        }
        Ok(count)
    }

    async fn counted(&self, query: &ListQuery) -> Result<u64, TableError> {
        let (mut count, mut start) = (0, None);
        loop {
            let request = self.request(query).select(Select::Count).set_exclusive_start_key(start);
            let answer = request.send().await.map_err(|error| TableError::sdk("Query", error))?;
            count += u64::try_from(answer.count).unwrap_or(0);
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    async fn query(
        &self,
        query: &ListQuery,
        limit: usize,
        start: Option<Attributes>,
    ) -> Result<(Vec<MessageItem>, Option<Attributes>), TableError> {
        let request = self
            .request(query)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(|error| TableError::sdk("Query", error))?;
        let items = answer.items.unwrap_or_default();
        let readable = items.iter().filter_map(|item| match from_attributes("Query", item) {
            Ok(item) => Some(item),
            // One item of a newer version must not hide all the others.
            Err(unreadable) => {
                error!(message_id = ?item.get(MESSAGES.key), "{unreadable}");
                None
            }
        });
        Ok((readable.collect(), answer.last_evaluated_key))
    }

    /// The query for an index, newest first. The filter applies to what the key condition finds; it is left out on the
    /// index whose key it repeats, because DynamoDB refuses a filter on a key.
    fn request(&self, query: &ListQuery) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let (index, (first, last)) = (query.index(), query.dates());
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index.name)
            .scan_index_forward(false)
            .key_condition_expression("#key = :key AND #date BETWEEN :first AND :last")
            .expression_attribute_names("#key", index.partition)
            .expression_attribute_names("#date", index.sort)
            .expression_attribute_values(":key", query.partition())
            .expression_attribute_values(":first", first)
            .expression_attribute_values(":last", last);
        match (query.status, &query.by) {
            (Some(status), ListBy::Stage(_) | ListBy::Owner(_)) => request
                .filter_expression("#status = :status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", AttributeValue::S(status.as_str().to_owned())),
            _ => request,
        }
    }

    /// Reads, decides, writes; anew if somebody wrote in between.
    pub(crate) async fn change<T, I: Revised>(
        &self,
        key: &str,
        decide: impl Fn(Option<I>) -> Step<T, I>,
    ) -> Result<T, TableError> {
        for _ in 0..ATTEMPTS {
            let old = self.read::<I>(key).await?;
            let read = old.as_ref().map(Revised::revision);
            match decide(old) {
                Step::Keep(answer) => return Ok(answer),
                Step::Write(item, answer) => {
                    if self.write(&*item, read).await? {
                        return Ok(answer);
                    }
                }
            }
        }
        Err(TableError::new("PutItem", TableErrorKind::Contended))
    }

    /// Writes the whole item if nobody wrote since it was read; `false` if somebody did.
    ///
    /// The condition is `attribute_not_exists(message_id)` where no item was read, and `revision = :read` where one was:
    /// every write raises `revision`, so an equal one is the very item that the decision was made on. When an answer is
    /// lost and the SDK repeats the write, its own first write looks like somebody else's; the decision is then made
    /// anew and finds that it has happened.
    async fn write<I: Revised>(&self, item: &I, read: Option<u64>) -> Result<bool, TableError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_attributes(item)?));
        let request = match read {
            None => request
                .condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", MESSAGES.key),
            Some(revision) => request
                .condition_expression("#revision = :read")
                .expression_attribute_names("#revision", "revision")
                .expression_attribute_values(":read", AttributeValue::N(revision.to_string())),
        };
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(TableError::sdk("PutItem", error)),
        }
    }
}

#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod tests;
