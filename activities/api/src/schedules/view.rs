//! A schedule as the API shows it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use contracts::{Message, Priority};

use super::KnownSchedule;

/// How many of its next times are shown.
const NEXT: usize = 5;

/// What its reader gets.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Schedule")]
pub(crate) struct ScheduleView {
    name: String,
    arn: String,
    /// When it fires: `rate(…)`, `cron(…)` or `at(…)`.
    expression: String,
    /// Whose clocks count.
    timezone: String,
    /// It does not fire before this.
    start: Option<Timestamp>,
    /// It does not fire after this.
    end: Option<Timestamp>,
    /// `false`: it is paused.
    enabled: bool,
    /// How many seconds late a time that was missed may be made up for.
    catch_up: u32,
    /// What it sends.
    message: Sent,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The next times, five at most; none of a paused schedule.
    next: Vec<Timestamp>,
    /// The last firing, where that is known.
    last: Option<Last>,
}

/// A firing of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Firing")]
struct Last {
    /// For which time.
    scheduled_time: Timestamp,
    /// The message that it sent.
    message_id: String,
}

/// What a schedule sends each time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "ScheduledMessage")]
struct Sent {
    body: String,
    title: Option<String>,
    topic: Option<String>,
    priority: Option<Priority>,
    tags: Vec<String>,
    click: Option<String>,
    markdown: bool,
    patience: u32,
}

impl From<&Message> for Sent {
    fn from(message: &Message) -> Self {
        Self {
            body: message.body.clone(),
            title: message.title.clone(),
            topic: message.topic.clone(),
            priority: message.priority,
            tags: message.tags.clone(),
            click: message.click.clone(),
            markdown: message.markdown,
            patience: message.patience,
        }
    }
}

impl ScheduleView {
    /// A schedule as it stands at `now`.
    pub(crate) fn new(known: &KnownSchedule, now: Timestamp) -> Self {
        let definition = &known.definition;
        // A definition of another version shows no times.
        let times = definition.times(known.created_at).ok().filter(|_| definition.enabled);
        let next = times.map(|times| times.upcoming(now).take(NEXT).collect());
        Self {
            name: known.name.clone(),
            arn: known.arn.clone(),
            expression: definition.expression.clone(),
            timezone: definition.timezone.clone(),
            start: definition.start,
            end: definition.end,
            enabled: definition.enabled,
            catch_up: definition.catch_up,
            message: Sent::from(&definition.message),
            created_at: known.created_at,
            updated_at: known.updated_at,
            next: next.unwrap_or_default(),
            last: known.fired.map(|fired| last(known, fired)),
        }
    }
}

fn last(known: &KnownSchedule, fired: Timestamp) -> Last {
    let message = known.definition.message_for(known.arn.clone(), fired.to_string(), None);
    Last {
        scheduled_time: fired,
        message_id: contracts::message_id(&message, ""),
    }
}

impl KnownSchedule {
    /// The `ETag` of what its owner has said, not of what time makes of it: a change is refused when somebody else has
    /// changed it, and not because it has fired meanwhile.
    pub(crate) fn tag(&self) -> String {
        let said = json!([self.name, self.version, self.created_at, self.definition]);
        format!("\"{:x}\"", Sha256::digest(said.to_string()))
    }
}
