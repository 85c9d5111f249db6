//! Schedules: what they are, and what the API needs of whoever keeps them and lets them fire.

mod new_schedule;
mod schema;
mod view;

use async_trait::async_trait;
use contracts::{Message, MessageType};
use jiff::Timestamp;
use schedule::{Expression, Schedule, Zone};
use serde::{Deserialize, Serialize};
use tables::InvalidCursor;

use crate::PortError;

pub use new_schedule::NewSchedule;
pub(crate) use schema::ChangedSchedule;
pub(crate) use view::ScheduleView;

/// How late a time may be made up for, in seconds, unless the schedule says otherwise: a day, as EventBridge Scheduler's
/// `MaximumEventAgeInSeconds`.
pub const DEFAULT_CATCH_UP: u32 = 86_400;

/// The least and the most that a schedule may say: EventBridge Scheduler's bounds.
/// Source: its API reference, `RetryPolicy`.
pub const CATCH_UP: std::ops::RangeInclusive<u32> = 60..=86_400;

/// Whether a schedule may be called so: 1 to 64 of A-Z a-z 0-9 - _ .
/// Source: EventBridge Scheduler API reference, `CreateSchedule`, `Name`.
pub fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// What a schedule sends, and when. Checked: its expression and time zone can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleDefinition {
    /// `rate(…)`, `cron(…)` or `at(…)`, as EventBridge Scheduler writes it.
    pub expression: String,
    /// The time zone of the IANA database whose clocks count.
    pub timezone: String,
    /// It does not fire before this; a rate counts from here.
    #[serde(default)]
    pub start: Option<Timestamp>,
    /// It does not fire after this.
    #[serde(default)]
    pub end: Option<Timestamp>,
    /// Whether it fires at all.
    pub enabled: bool,
    /// How many seconds late a time may still be made up for, of which only the last is. 60 to 86,400.
    pub catch_up: u32,
    /// What it sends; its `owner` is the schedule's.
    pub message: Message,
}

/// A schedule's definition cannot be read: another version of this program has written it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct Unreadable {
    /// Which field.
    pub field: &'static str,
    /// Why.
    pub detail: String,
}

impl ScheduleDefinition {
    /// The times of a schedule that was created then.
    pub fn times(&self, created_at: Timestamp) -> Result<Schedule, Unreadable> {
        let unreadable = |field, detail: String| Unreadable { field, detail };
        let expression =
            Expression::parse(&self.expression).map_err(|error| unreadable("expression", error.to_string()))?;
        let zone = Zone::named(&self.timezone).map_err(|error| unreadable("timezone", error.to_string()))?;
        Ok(Schedule {
            expression,
            zone,
            start: self.start,
            end: self.end,
            created_at,
        })
    }

    /// The message of one firing. Who lets it fire says for which schedule, for which time, and under which correlation
    /// id; the message's id follows from the first two, so that firing twice for one time sends one message.
    pub fn message_for(&self, schedule_arn: String, scheduled_time: String, correlation_id: Option<String>) -> Message {
        Message {
            message_type: MessageType::Scheduled,
            schedule_arn: Some(schedule_arn),
            scheduled_time: Some(scheduled_time),
            correlation_id,
            ..self.message.clone()
        }
    }
}

/// A schedule that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownSchedule {
    /// Its name: 1 to 64 of A-Z a-z 0-9 - _ .
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it sends, and when.
    pub definition: ScheduleDefinition,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Differs between any two changes.
    pub version: String,
    /// The time for which it fired last, where that is known.
    pub fired: Option<Timestamp>,
}

impl KnownSchedule {
    /// Whose it is.
    pub fn owner(&self) -> Option<&str> {
        self.definition.message.owner.as_deref()
    }
}

/// Which schedules are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleQuery {
    /// Only those of this owner.
    pub owner: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Schedules by name.
#[derive(Clone, Debug, PartialEq)]
pub struct SchedulePage {
    /// The schedules.
    pub schedules: Vec<KnownSchedule>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// Whoever keeps schedules and lets them fire.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// A page of schedules, by name.
    async fn list(&self, query: &ScheduleQuery) -> Result<Result<SchedulePage, InvalidCursor>, PortError>;

    /// The schedule of this name.
    async fn get(&self, name: &str) -> Result<Option<KnownSchedule>, PortError>;

    /// Creates a schedule; `None` if there is one of this name.
    async fn create(&self, name: &str, definition: &ScheduleDefinition) -> Result<Option<KnownSchedule>, PortError>;

    /// Changes a schedule; `None` if it is not as `known` any more.
    async fn change(
        &self,
        known: &KnownSchedule,
        definition: &ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, PortError>;

    /// Deletes a schedule; `false` if it is not as `known` any more.
    async fn delete(&self, known: &KnownSchedule) -> Result<bool, PortError>;
}
