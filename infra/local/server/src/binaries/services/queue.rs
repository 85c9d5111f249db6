//! SQS: receiving from the local queues, hiding, giving back and deleting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use journal::{Batch, QueueMessage};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::Refused;
use crate::addresses;
use crate::failpoints::{self, Commit};
use crate::host::Host;

/// How many messages are read at a time.
const PAGE: usize = 256;
/// The most that one call receives, and the default time for which it hides them, in seconds.
///
/// Source: Amazon SQS API Reference, `ReceiveMessage`; Developer Guide, "Amazon SQS visibility timeout".
const MOST: u64 = 10;
const VISIBILITY: u64 = 30;
/// The longest time, in seconds.
const LONGEST: u64 = 43_200;

/// The messages that somebody has received, by queue and position, and until when nobody else does.
///
/// They are forgotten with this process: what was hidden then is received again, as it is when its time is over.
#[derive(Debug, Default)]
pub(super) struct Hidden(Mutex<HashMap<(String, i64), Duration>>);

impl Hidden {
    fn table(&self) -> MutexGuard<'_, HashMap<(String, i64), Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Performs an operation.
pub(super) async fn call(host: &Arc<Host>, hidden: &Hidden, operation: &str, asked: &Value) -> Result<Value, Refused> {
    let url = asked["QueueUrl"].as_str().filter(|url| !url.is_empty());
    let url =
        url.ok_or_else(|| Refused::new("MissingParameter", "The request must contain the parameter QueueUrl."))?;
    let queue = addresses::queue_name(url);
    match operation {
        "ReceiveMessage" => receive(host, hidden, queue, asked).await,
        "ChangeMessageVisibility" => {
            let position = position(asked)?;
            let seconds = seconds(asked, VISIBILITY);
            let until = host.monotonic() + Duration::from_secs(seconds);
            hidden.table().insert((queue.to_owned(), position), until);
            Ok(json!({}))
        }
        "DeleteMessageBatch" => delete(host, hidden, queue, asked).await,
        other => Err(Refused::new(
            "UnknownOperationException",
            format!("{other} is not known here"),
        )),
    }
}

async fn receive(host: &Arc<Host>, hidden: &Hidden, queue: &str, asked: &Value) -> Result<Value, Refused> {
    let most = asked["MaxNumberOfMessages"].as_u64().unwrap_or(1).clamp(1, MOST);
    let until = host.monotonic() + Duration::from_secs(seconds(asked, VISIBILITY));
    let (mut received, mut last) = (Vec::new(), 0);
    while (received.len() as u64) < most {
        let page = host
            .journal
            .queue(queue, last, PAGE)
            .await
            .map_err(Refused::unavailable)?;
        let Some(end) = page.last() else { break };
        last = end.position;
        received.extend(taken(
            hidden,
            host.monotonic(),
            until,
            page,
            most - received.len() as u64,
        ));
    }
    Ok(json!({ "Messages": received.iter().map(shown).collect::<Vec<_>>() }))
}

/// Of the messages those that nobody else has, at most so many; nobody else has them now.
fn taken(hidden: &Hidden, now: Duration, until: Duration, page: Vec<QueueMessage>, most: u64) -> Vec<QueueMessage> {
    let mut table = hidden.table();
    table.retain(|_, until| *until > now);
    let mut taken = Vec::new();
    for message in page {
        let key = (message.queue.clone(), message.position);
        if (taken.len() as u64) < most && !table.contains_key(&key) {
            table.insert(key, until);
            taken.push(message);
        }
    }
    taken
}

fn shown(message: &QueueMessage) -> Value {
    json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.position.to_string(),
        "MD5OfBody": format!("{:x}", Md5::digest(&message.body)),
        "Body": message.body,
    })
}

async fn delete(host: &Arc<Host>, hidden: &Hidden, queue: &str, asked: &Value) -> Result<Value, Refused> {
    let entries = asked["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let positions = entries.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    let mut batch = Batch::new();
    batch.drain(queue.to_owned(), positions.clone());
    let deleted = failpoints::commit(&host.journal, Commit::Drain, batch).await;
    deleted.map_err(Refused::unavailable)?;
    let mut table = hidden.table();
    for position in positions {
        table.remove(&(queue.to_owned(), position));
    }
    let successful: Vec<Value> = entries.iter().map(|entry| json!({ "Id": entry["Id"] })).collect();
    Ok(json!({ "Successful": successful, "Failed": [] }))
}

fn seconds(asked: &Value, default: u64) -> u64 {
    asked["VisibilityTimeout"].as_u64().unwrap_or(default).min(LONGEST)
}

/// Where the message of a receipt is.
fn position(asked: &Value) -> Result<i64, Refused> {
    let receipt = asked["ReceiptHandle"].as_str().and_then(|receipt| receipt.parse().ok());
    receipt.ok_or_else(|| Refused::new("ReceiptHandleIsInvalid", "The specified receipt handle isn't valid."))
}
