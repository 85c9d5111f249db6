//! Events published to topics.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::row::time;
use crate::{Journal, ReadError};

/// An event published to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedEvent {
    /// Its place among all events; given when it is written, and ignored in what is written.
    pub position: i64,
    /// The topic's name.
    pub topic: String,
    /// The id its publisher was told.
    pub message_id: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// What was published.
    pub message: String,
}

impl Journal {
    /// Events of all topics in the order of publication, after the position given.
    pub async fn events(&self, after: i64, limit: usize) -> Result<Vec<PublishedEvent>, ReadError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, topic, message_id, published_at, message FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?;
            let rows = statement.query_map(params![after, limit], |row| {
                Ok(PublishedEvent {
                    position: row.get(0)?,
                    topic: row.get(1)?,
                    message_id: row.get(2)?,
                    published_at: time(row.get(3)?)?,
                    message: row.get(4)?,
                })
            })?;
            rows.collect()
        })
        .await
    }
}

pub(crate) fn publish(connection: &Connection, event: &PublishedEvent) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO events (topic, message_id, published_at, message) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            event.topic,
            event.message_id,
            event.published_at.as_millisecond(),
            event.message
        ])?;
    Ok(())
}
