//! Listing messages, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::Status;
use jiff::Timestamp;

use crate::{IndexDefinition, MESSAGES, MessageItem, attributes::Attributes, item::created_date};

/// Which messages to list. One of the three indexes is read; the other conditions filter what it gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListQuery {
    /// The index and its key.
    pub by: ListBy,
    /// Only messages of this status.
    pub status: Option<Status>,
    /// Only messages accepted then or later.
    pub since: Option<Timestamp>,
    /// Only messages accepted then or earlier.
    pub until: Option<Timestamp>,
    /// Only messages that have this text in body, title, topic or tags, whatever its case. Every message of the index is read
    /// for it, at most [`EXAMINED`] for one page: such a page may be short and have a next one nevertheless.
    pub text: Option<String>,
    /// How many at most; 1 to 1,000.
    pub limit: usize,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
}

/// How many messages are read for one page of a search.
pub const EXAMINED: usize = 20_000;

/// The index that is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ListBy {
    /// All messages of a stage.
    Stage(String),
    /// All messages of a status.
    Status(Status),
    /// One person's messages.
    Owner(String),
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The messages, newest first.
    pub items: Vec<MessageItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// A cursor that no page gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that a page has given out")]
pub struct InvalidCursor;

impl ListQuery {
    /// The newest messages of an index, a hundred a page.
    pub fn newest(by: ListBy) -> Self {
        Self {
            by,
            status: None,
            since: None,
            until: None,
            text: None,
            limit: 100,
            cursor: None,
        }
    }

    /// Refuses a cursor that no page gave out.
    pub fn check(&self) -> Result<(), InvalidCursor> {
        self.start().map(|_| ())
    }

    /// Whether a message has the text that is looked for.
    pub(crate) fn has_text(&self, item: &MessageItem) -> bool {
        let Some(text) = &self.text else { return true };
        let text = text.to_lowercase();
        let message = &item.message;
        let fields = [Some(&message.body), message.title.as_ref(), message.topic.as_ref()];
        let mut fields = fields.into_iter().flatten().chain(&message.tags);
        fields.any(|field| field.to_lowercase().contains(&text))
    }

    pub(crate) fn index(&self) -> &'static IndexDefinition {
        match self.by {
            ListBy::Stage(_) => &MESSAGES.indexes[0],
            ListBy::Status(_) => &MESSAGES.indexes[1],
            ListBy::Owner(_) => &MESSAGES.indexes[2],
        }
    }

    pub(crate) fn partition(&self) -> AttributeValue {
        AttributeValue::S(match &self.by {
            ListBy::Stage(key) | ListBy::Owner(key) => key.clone(),
            ListBy::Status(status) => status.as_str().to_owned(),
        })
    }

    /// The first and the last `created_date`, both included. A date begins with a digit, so `0` lies before and `:` after
    /// every one of them.
    pub(crate) fn dates(&self) -> (AttributeValue, AttributeValue) {
        let date = |at: Option<Timestamp>, open: &str| AttributeValue::S(at.map_or(open.to_owned(), created_date));
        (date(self.since, "0"), date(self.until, ":"))
    }

    /// The key after which the page begins.
    pub(crate) fn start(&self) -> Result<Option<Attributes>, InvalidCursor> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| InvalidCursor)?;
        let (date, id) = text.split_once(' ').ok_or(InvalidCursor)?;
        // An empty or overlong key would be refused by DynamoDB, as if the fault were ours.
        date.parse::<Timestamp>().map_err(|_| InvalidCursor)?;
        // So would one that lies outside of the times that are asked for: it belongs to another list.
        let (since, until) = (self.since.map(created_date), self.until.map(created_date));
        if since.is_some_and(|since| date < since.as_str()) || until.is_some_and(|until| date > until.as_str()) {
            return Err(InvalidCursor);
        }
        if !(1..=1_024).contains(&id.len()) {
            return Err(InvalidCursor);
        }
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let keys = [
            (MESSAGES.key, key(id)),
            (self.index().sort, key(date)),
            (self.index().partition, self.partition()),
        ];
        Ok(Some(
            keys.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ))
    }
}

/// The cursor that continues after an item.
pub(crate) fn cursor_after(item: &MessageItem) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{} {}", item.created_date, item.message_id))
}
