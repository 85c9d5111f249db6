//! Queues.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::row::{time, unsigned};
use crate::{Journal, ReadError};

/// A message in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// Its place in the queue; given when it is written, and ignored in what is written.
    pub position: i64,
    /// The queue's name.
    pub queue: String,
    /// The id its sender was told.
    pub message_id: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Its body.
    pub body: String,
    /// Its attributes as JSON text.
    pub attributes: String,
}

impl Journal {
    /// Messages in the order in which they were sent, after the position given.
    pub async fn queue(&self, queue: &str, after: i64, limit: usize) -> Result<Vec<QueueMessage>, ReadError> {
        let queue = queue.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, message_id, sent_at, body, attributes FROM queue_messages
                 WHERE queue = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let rows = statement.query_map(params![queue, after, limit], |row| {
                Ok(QueueMessage {
                    position: row.get(0)?,
                    queue: queue.clone(),
                    message_id: row.get(1)?,
                    sent_at: time(row.get(2)?)?,
                    body: row.get(3)?,
                    attributes: row.get(4)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// How many messages a queue holds.
    pub async fn queue_length(&self, queue: &str) -> Result<u64, ReadError> {
        let queue = queue.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT count(*) FROM queue_messages WHERE queue = ?1")?;
            statement.query_row([queue], |row| row.get(0)).map(unsigned)
        })
        .await
    }
}

pub(crate) fn send(connection: &Connection, message: &QueueMessage) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO queue_messages (queue, message_id, sent_at, body, attributes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            message.queue,
            message.message_id,
            message.sent_at.as_millisecond(),
            message.body,
            message.attributes
        ])?;
    Ok(())
}

pub(crate) fn drain(connection: &Connection, queue: &str, positions: &[i64]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM queue_messages WHERE queue = ?1 AND id = ?2")?;
    for position in positions {
        statement.execute(params![queue, position])?;
    }
    Ok(())
}
