//! One firing: an execution and the way to the next time, together.

use std::time::Duration;

use jiff::Timestamp;
use journal::{Advance, Batch, Schedule};

use super::{Document, Schedules};
use crate::failpoints::{self, Commit};
use crate::host::{HostError, Start, StartError};
use crate::{addresses, process_message};

/// When a schedule is looked at again that cannot be read: a later version of this program may be able to.
const PUT_OFF: Duration = Duration::from_mins(10);

impl Schedules {
    /// Lets a schedule that is due fire. The caller keeps others from writing it.
    pub(super) async fn fire(&self, schedule: Schedule, now: Timestamp) -> Result<(), HostError> {
        let read = Document::read(&schedule).and_then(|document| Ok((document.times()?, document)));
        let (times, document) = match read {
            Ok(read) => read,
            Err(detail) => return self.put_off(schedule, now, &detail).await,
        };
        let due = schedule.due.unwrap_or(now);
        let fired = times.last_within(due.max(document.oldest(now)), now);
        if fired != Some(due) {
            tracing::warn!(schedule = schedule.name, %due, fired = fired.map(tracing::field::display), "times were missed");
        }
        let advance = Advance {
            name: schedule.name,
            version: schedule.version,
            due: times.next(now),
            fired,
        };
        match fired {
            Some(time) => self.start(&document, time, advance).await,
            None => self.advance(advance).await,
        }
    }

    async fn start(&self, document: &Document, time: Timestamp, advance: Advance) -> Result<(), HostError> {
        let missing = || HostError::Schedule {
            detail: format!(
                "the state machine {} has been deleted: restart the server",
                process_message::NAME
            ),
        };
        let loaded = self
            .host
            .state_machine(process_message::NAME)
            .await?
            .ok_or_else(missing)?;
        let (arn, time) = (addresses::schedule_arn(&advance.name), time.to_string());
        let mut message = document.definition.message_for(arn, time, None);
        let name = contracts::message_id(&message, "");
        message.correlation_id = Some(name.clone());
        let mut with = Batch::new();
        with.advance_schedule(advance.clone());
        let input = serde_json::to_string(&message).expect("texts, numbers and times can always be written");
        let start = Start {
            loaded,
            name,
            input,
            trace_header: None,
            parent: None,
            with: Some(with),
        };
        match self.host.start(start).await {
            Ok(started) if !started.repeated => Ok(()),
            // It has fired for this time before.
            Ok(_) | Err(StartError::Exists(_)) => self.advance(advance).await,
            Err(full @ StartError::Full(_)) => Err(HostError::Schedule {
                detail: full.to_string(),
            }),
            Err(StartError::Host(error)) => Err(error),
        }
    }

    async fn advance(&self, advance: Advance) -> Result<(), HostError> {
        let mut batch = Batch::new();
        batch.advance_schedule(advance);
        Ok(failpoints::commit(&self.host.journal, Commit::Advance, batch).await?)
    }

    async fn put_off(&self, schedule: Schedule, now: Timestamp, detail: &str) -> Result<(), HostError> {
        tracing::error!(
            schedule = schedule.name,
            detail,
            "a schedule cannot be read and does not fire"
        );
        let mut batch = Batch::new();
        let later = now.saturating_add(PUT_OFF).unwrap_or(Timestamp::MAX);
        batch.put_off_schedule(schedule.name, later);
        Ok(failpoints::commit(&self.host.journal, Commit::PutOffSchedule, batch).await?)
    }
}
