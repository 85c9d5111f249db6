//! Schedules as the API reads and changes them.

use std::sync::Arc;

use api::schedules::is_name;
use api::{KnownSchedule, PortError, ScheduleDefinition, SchedulePage, ScheduleQuery};
use async_trait::async_trait;
use journal::{Batch, CommitError, Schedule};
use tables::InvalidCursor;

use super::Schedules;
use super::document::{Document, whole_second};
use crate::failpoints::{self, Commit};
use crate::host::HostError;
use crate::ports::failed;

/// The schedules of this process's journal.
pub(crate) struct LocalSchedules(pub(crate) Arc<Schedules>);

#[async_trait]
impl api::Schedules for LocalSchedules {
    async fn list(&self, query: &ScheduleQuery) -> Result<Result<SchedulePage, InvalidCursor>, PortError> {
        let after = query.cursor.clone().unwrap_or_default();
        if query.cursor.is_some() && !is_name(&after) {
            return Ok(Err(InvalidCursor));
        }
        // One more than asked for tells whether there is another page.
        let rows = self
            .0
            .host
            .journal
            .schedules(&after, query.owner.as_deref(), query.limit + 1)
            .await;
        let mut rows = rows.map_err(|error| failed("ListSchedules", &error.into()))?;
        let is_more = rows.len() > query.limit;
        rows.truncate(query.limit);
        Ok(Ok(SchedulePage {
            next: rows.last().filter(|_| is_more).map(|last| last.name.clone()),
            schedules: rows.iter().filter_map(known).collect(),
        }))
    }

    async fn get(&self, name: &str) -> Result<Option<KnownSchedule>, PortError> {
        let row = self.0.host.journal.schedule(name).await;
        Ok(row
            .map_err(|error| failed("GetSchedule", &error.into()))?
            .as_ref()
            .and_then(known))
    }

    async fn create(&self, name: &str, definition: &ScheduleDefinition) -> Result<Option<KnownSchedule>, PortError> {
        let (this, name, definition) = (Arc::clone(&self.0), name.to_owned(), definition.clone());
        completed("CreateSchedule", async move { this.create(&name, definition).await }).await
    }

    async fn change(
        &self,
        known: &KnownSchedule,
        definition: &ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, PortError> {
        let (this, known, definition) = (Arc::clone(&self.0), known.clone(), definition.clone());
        completed("UpdateSchedule", async move { this.change(&known, definition).await }).await
    }

    async fn delete(&self, known: &KnownSchedule) -> Result<bool, PortError> {
        let (this, known) = (Arc::clone(&self.0), known.clone());
        completed("DeleteSchedule", async move { this.delete(&known).await }).await
    }
}

/// Does something to its end, even if whoever asked for it goes away.
async fn completed<T: Send + 'static>(
    what: &'static str,
    work: impl Future<Output = Result<T, HostError>> + Send + 'static,
) -> Result<T, PortError> {
    let done = tokio::spawn(work).await.unwrap_or(Err(HostError::Stopping));
    done.map_err(|error| failed(what, &error))
}

/// A row that this version cannot read is left alone, and in the log.
fn known(row: &Schedule) -> Option<KnownSchedule> {
    let unreadable = |detail: &String| tracing::error!(schedule = row.name, detail, "a schedule cannot be read");
    let document = Document::read(row).inspect_err(unreadable).ok()?;
    Some(document.known(row))
}

impl Schedules {
    async fn create(&self, name: &str, definition: ScheduleDefinition) -> Result<Option<KnownSchedule>, HostError> {
        let _writing = self.writing.lock().await;
        let now = self.host.now();
        let document = Document {
            definition,
            created_at: whole_second(now),
            updated_at: now,
        };
        // A rate without a start fires at once: its first time is its creation.
        let row = document.row(name, 1, document.created_at);
        let batch = Batch::creating_schedule(row.clone());
        match failpoints::commit(&self.host.journal, Commit::Schedule, batch).await {
            Err(CommitError::Exists) => return Ok(None),
            committed => committed?,
        }
        self.changed.notify_one();
        Ok(Some(document.known(&row)))
    }

    async fn change(
        &self,
        known: &KnownSchedule,
        definition: ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, HostError> {
        let _writing = self.writing.lock().await;
        let now = self.host.now();
        let Some(mut current) = self.current(known).await? else {
            return Ok(None);
        };
        if current.due.is_some_and(|due| due <= now) {
            // Its time came before the change.
            self.fire(current, now).await?;
            let Some(fired) = self.current(known).await? else {
                return Ok(None);
            };
            current = fired;
        }
        let document = Document {
            definition,
            created_at: known.created_at,
            updated_at: now,
        };
        let row = Schedule {
            fired: current.fired,
            ..document.row(&known.name, current.version + 1, now)
        };
        let mut batch = Batch::new();
        batch.change_schedule(row.clone());
        failpoints::commit(&self.host.journal, Commit::Schedule, batch).await?;
        self.changed.notify_one();
        Ok(Some(document.known(&row)))
    }

    async fn delete(&self, known: &KnownSchedule) -> Result<bool, HostError> {
        let _writing = self.writing.lock().await;
        if self.current(known).await?.is_none() {
            return Ok(false);
        }
        let mut batch = Batch::new();
        batch.delete_schedule(known.name.clone());
        failpoints::commit(&self.host.journal, Commit::Schedule, batch).await?;
        Ok(true)
    }

    /// The row of a schedule, if it is still as it was known.
    async fn current(&self, known: &KnownSchedule) -> Result<Option<Schedule>, HostError> {
        let row = self.host.journal.schedule(&known.name).await?;
        let same = |row: &Schedule| {
            let now = Document::read(row).ok().map(|document| document.known(row).version);
            now.as_ref() == Some(&known.version)
        };
        Ok(row.filter(same))
    }
}
