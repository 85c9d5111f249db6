//! Where notifications are kept: the journal.

use jiff::Timestamp;
use journal::{Batch, InboxMessage, InboxSince, Journal};

use super::notification::Notification;
use super::refusal::Refusal;
use super::since::Since;
use crate::failpoints::{self, Commit};

/// The most notifications in one answer, oldest first; a reader goes on with `since` and the id of the last one.
const ANSWER: usize = 10_000;

/// Keeps a notification; returns once it is durable.
pub(super) async fn put(journal: &Journal, notification: &Notification, now: Timestamp) -> Result<(), Refusal> {
    let mut batch = Batch::new();
    batch.put_inbox(InboxMessage {
        id: notification.id.clone(),
        topic: notification.topic.clone(),
        received_at: now,
        json: serde_json::to_string(notification).map_err(|error| failed(&error))?,
    });
    failpoints::commit(journal, Commit::Inbox, batch)
        .await
        .map_err(|error| failed(&error))
}

/// The notifications of a topic as JSON lines, oldest first.
pub(super) async fn lines(journal: &Journal, topic: &str, since: Since) -> Result<String, Refusal> {
    let from = match since {
        Since::Nothing => return Ok(String::new()),
        Since::Latest => return latest(journal, topic).await,
        Since::All => InboxSince::Start,
        Since::Id(id) => InboxSince::After(id),
        Since::Time(seconds) => InboxSince::Time(point(seconds)),
    };
    let kept = read(journal, topic, from).await?;
    Ok(kept.into_iter().map(|one| one.json + "\n").collect())
}

async fn latest(journal: &Journal, topic: &str) -> Result<String, Refusal> {
    let mut latest: Option<InboxMessage> = None;
    loop {
        let from = latest
            .as_ref()
            .map_or(InboxSince::Start, |one| InboxSince::After(one.id.clone()));
        match read(journal, topic, from).await?.pop() {
            Some(later) => latest = Some(later),
            None => return Ok(latest.map_or_else(String::new, |one| one.json + "\n")),
        }
    }
}

async fn read(journal: &Journal, topic: &str, from: InboxSince) -> Result<Vec<InboxMessage>, Refusal> {
    journal.inbox(topic, from, ANSWER).await.map_err(|error| failed(&error))
}

/// Times beyond what a timestamp can hold lie before or after everything.
fn point(seconds: i64) -> Timestamp {
    let edge = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(edge)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(error, "the inbox failed");
    Refusal::Internal
}
