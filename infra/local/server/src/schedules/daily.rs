//! The daily schedule that is there from the beginning, ready to be switched on.

use api::ScheduleDefinition;
use api::schedules::DEFAULT_CATCH_UP;
use contracts::{Message, MessageType};
use journal::{Batch, CommitError};

use super::document::{Document, whole_second};
use crate::failpoints::{self, Commit};
use crate::host::{Host, HostError};

/// Its name.
const NAME: &str = "daily";
/// The key under which the journal keeps that it has been there: whoever deletes it does not get it back.
const PROVIDED: &str = "daily_schedule";

/// Creates the daily schedule in a new data directory. It is paused.
pub(crate) async fn provide(host: &Host) -> Result<(), HostError> {
    if host.journal.meta(PROVIDED).await?.is_some() {
        return Ok(());
    }
    let now = host.now();
    let document = Document {
        definition: definition(),
        created_at: whole_second(now),
        updated_at: now,
    };
    let mut batch = Batch::creating_schedule(document.row(NAME, 1, now));
    batch.set_meta(PROVIDED, "1");
    match failpoints::commit(&host.journal, Commit::Schedule, batch).await {
        // Somebody's own has the name: there is nothing to provide.
        Err(CommitError::Exists) => Ok(()),
        committed => Ok(committed?),
    }
}

fn definition() -> ScheduleDefinition {
    let message = serde_json::json!({ "body": "Good morning: messages get through.", "title": "Daily message" });
    let message: Message = serde_json::from_value(message).expect("a body is all that a message needs");
    ScheduleDefinition {
        expression: "cron(0 9 * * ? *)".to_owned(),
        timezone: "UTC".to_owned(),
        start: None,
        end: None,
        enabled: false,
        catch_up: DEFAULT_CATCH_UP,
        message: Message {
            message_type: MessageType::Scheduled,
            ..message
        },
    }
}
