//! What stands in the row of a schedule.

use api::{KnownSchedule, ScheduleDefinition};
use jiff::{SignedDuration, Timestamp};
use journal::Schedule;
use serde::{Deserialize, Serialize};

use crate::addresses;

/// A schedule, as the journal keeps it for the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) definition: ScheduleDefinition,
    /// A whole second.
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Document {
    /// Reads what stands in a row; the error says why it is not readable.
    pub(super) fn read(schedule: &Schedule) -> Result<Self, String> {
        serde_json::from_str(&schedule.document).map_err(|error| error.to_string())
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and times can always be written")
    }

    pub(super) fn times(&self) -> Result<schedule::Schedule, String> {
        self.definition
            .times(self.created_at)
            .map_err(|error| error.to_string())
    }

    /// The oldest time that may be made up for at `now`.
    pub(super) fn oldest(&self, now: Timestamp) -> Timestamp {
        let catch_up = SignedDuration::from_secs(self.definition.catch_up.into());
        now.saturating_sub(catch_up).unwrap_or(Timestamp::MIN)
    }

    /// The row of a schedule, due from `from` on.
    pub(super) fn row(&self, name: &str, version: i64, from: Timestamp) -> Schedule {
        let times = self.times().ok().filter(|_| self.definition.enabled);
        Schedule {
            name: name.to_owned(),
            version,
            owner: self.definition.message.owner.clone(),
            due: times.and_then(|times| times.at_or_after(from)),
            fired: None,
            document: self.write(),
        }
    }

    /// A schedule as the API knows it.
    pub(super) fn known(self, row: &Schedule) -> KnownSchedule {
        KnownSchedule {
            name: row.name.clone(),
            arn: addresses::schedule_arn(&row.name),
            // A name may be used again: its first version is another one then.
            version: format!("{}-{}", row.version, self.updated_at.as_millisecond()),
            definition: self.definition,
            created_at: self.created_at,
            updated_at: self.updated_at,
            fired: row.fired,
        }
    }
}

/// The second that a time lies in.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
