//! Messages that the built-in inbox received.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::row::time;
use crate::{Journal, ReadError};

/// How many messages the inbox keeps, of all topics together: the oldest ones make room.
const KEPT: i64 = 100_000;

/// A message as the inbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMessage {
    /// Its id, unique in the inbox. A second message of the same id is dropped.
    pub id: String,
    /// The topic.
    pub topic: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The message as its readers get it: JSON text.
    pub json: String,
}

/// From where on a reader wants messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboxSince {
    /// From the first.
    Start,
    /// Received at this time or later.
    Time(Timestamp),
    /// Received after the message of this id; from the first if it is not there.
    After(String),
}

impl Journal {
    /// Messages of a topic in the order in which they were received.
    pub async fn inbox(&self, topic: &str, since: InboxSince, limit: usize) -> Result<Vec<InboxMessage>, ReadError> {
        let topic = topic.to_owned();
        self.read(move |connection| {
            let (time, id) = match since {
                InboxSince::Start => (i64::MIN, None),
                InboxSince::Time(time) => (time.as_millisecond(), None),
                InboxSince::After(id) => (i64::MIN, Some(id)),
            };
            let mut statement = connection.prepare_cached(
                "SELECT id, topic, received_at, json FROM inbox
                 WHERE topic = ?1 AND received_at >= ?2
                   AND position > coalesce((SELECT position FROM inbox WHERE id = ?3), 0)
                 ORDER BY position LIMIT ?4",
            )?;
            statement
                .query_map(params![topic, time, id, limit], from_row)?
                .collect()
        })
        .await
    }
}

pub(crate) fn put(connection: &Connection, message: &InboxMessage) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO inbox (id, topic, received_at, json) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            message.id,
            message.topic,
            message.received_at.as_millisecond(),
            message.json
        ])?;
    // Positions grow by one, so this looks at the few rows beyond the bound and at nothing else.
    connection
        .prepare_cached("DELETE FROM inbox WHERE position <= (SELECT max(position) FROM inbox) - ?1")?
        .execute([KEPT])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<InboxMessage> {
    Ok(InboxMessage {
        id: row.get(0)?,
        topic: row.get(1)?,
        received_at: time(row.get(2)?)?,
        json: row.get(3)?,
    })
}
