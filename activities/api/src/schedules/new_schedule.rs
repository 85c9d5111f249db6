//! The body of `POST /api/schedules` and of `PUT /api/schedules/{name}`: from JSON to a schedule that may fire.

use contracts::{Message, MessageType};
use jiff::Timestamp;
use schedule::{Expression, Schedule, Zone};
use serde_json::{Map, Value};

use super::{CATCH_UP, DEFAULT_CATCH_UP, ScheduleDefinition};
use crate::fields::{Fields, Wrong, flag, seconds, text, time};
use crate::new_message::FIELDS as MESSAGE_FIELDS;
use crate::{FieldError, NewMessage};

/// The fields that its creator may give.
pub(super) const FIELDS: [&str; 8] = [
    "name",
    "expression",
    "timezone",
    "start",
    "end",
    "enabled",
    "catch_up",
    "message",
];

/// Fields of a message that mean nothing in a schedule, and what to do instead.
pub(super) const NOT_OF_SCHEDULES: [(&str, &str); 3] = [
    ("deliver_at", "belongs to no schedule: its expression says when"),
    (
        "dedup_key",
        "belongs to no schedule: each of its times sends one message",
    ),
    ("message_type", "belongs to no schedule: it is scheduled"),
];

/// A schedule as its creator asked for it, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSchedule {
    /// Its name.
    pub name: String,
    /// What it sends, and when; nobody's yet.
    pub definition: ScheduleDefinition,
}

impl NewSchedule {
    /// Reads and checks a request. `name` is the one in the address, if there is one; `now` judges whether there is a
    /// time ahead, which an enabled schedule must have.
    ///
    /// Every entrance uses it, so that the command line refuses what the API refuses, in the same words.
    pub fn parse(object: Map<String, Value>, name: Option<&str>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new(object);
        let given = match name {
            None => fields.require("name", schedule_name),
            Some(_) => fields.take("name", schedule_name),
        };
        let timing = Timing {
            expression: fields.require("expression", text),
            timezone: fields.take("timezone", text).unwrap_or_else(|| "UTC".to_owned()),
            start: fields.take("start", time),
            end: fields.take("end", time),
        };
        let enabled = fields.take("enabled", flag).unwrap_or(true);
        let catch_up = fields.take("catch_up", catch_up).unwrap_or(DEFAULT_CATCH_UP);
        let message = fields.require("message", object_of);
        let mut errors = fields.finish(&FIELDS);
        if given.as_deref().zip(name).is_some_and(|(given, name)| given != name) {
            let detail = "differs from the address: leave it out, a schedule keeps its name";
            errors.push(FieldError::new("name", detail));
        }
        let message = message.and_then(|message| sent(message, now).map_err(|wrong| errors.extend(wrong)).ok());
        // A field that could not be read says nothing about the others.
        if !errors.iter().any(|error| TIMING.contains(&error.field.as_str())) {
            errors.extend(timing.wrong(enabled, now));
        }
        let named = given.or_else(|| name.map(str::to_owned));
        match (named, timing.expression, message) {
            (Some(name), Some(expression), Some(message)) if errors.is_empty() => Ok(Self {
                name,
                definition: ScheduleDefinition {
                    expression,
                    timezone: timing.timezone,
                    start: timing.start,
                    end: timing.end,
                    enabled,
                    catch_up,
                    message,
                },
            }),
            _ => Err(errors),
        }
    }
}

/// The fields that say when.
struct Timing {
    expression: Option<String>,
    timezone: String,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

/// Their names.
const TIMING: [&str; 4] = ["expression", "timezone", "start", "end"];

impl Timing {
    /// What is wrong with them: the expression, the zone, the bounds; or that no time lies ahead, which an enabled
    /// schedule must have.
    fn wrong(&self, enabled: bool, now: Timestamp) -> Vec<FieldError> {
        let expression = Expression::parse(self.expression.as_deref().unwrap_or_default());
        let (expression, zone) = match (expression, Zone::named(&self.timezone)) {
            (Ok(expression), Ok(zone)) => (expression, zone),
            (expression, zone) => {
                let expression = expression
                    .err()
                    .map(|wrong| FieldError::new("expression", wrong.to_string()));
                let zone = zone.err().map(|wrong| FieldError::new("timezone", wrong.to_string()));
                return expression.into_iter().chain(zone).collect();
            }
        };
        let schedule = Schedule {
            expression,
            zone,
            start: self.start,
            end: self.end,
            created_at: now,
        };
        let mut wrong = wrong_bounds(&schedule);
        if wrong.is_empty() && enabled && schedule.next(now).is_none() {
            wrong.push(no_time_ahead(&schedule));
        }
        wrong
    }
}

fn wrong_bounds(schedule: &Schedule) -> Vec<FieldError> {
    let bounds = [("start", schedule.start), ("end", schedule.end)];
    if matches!(schedule.expression, Expression::At(_)) {
        let detail = "means nothing beside at(), which fires once: leave it out";
        let given = bounds.iter().filter(|(_, bound)| bound.is_some());
        return given.map(|(field, _)| FieldError::new(field, detail)).collect();
    }
    match (schedule.start, schedule.end) {
        (Some(start), Some(end)) if end < start => {
            vec![FieldError::new("end", "lies before the start: name a later time")]
        }
        _ => Vec::new(),
    }
}

/// The message that a schedule sends, with the names of its fields as they stand in the request.
fn sent(mut object: Map<String, Value>, now: Timestamp) -> Result<Message, Vec<FieldError>> {
    let misplaced = NOT_OF_SCHEDULES.iter();
    let misplaced = misplaced.filter(|(field, _)| object.remove(*field).is_some_and(|value| !value.is_null()));
    let mut errors: Vec<FieldError> = misplaced
        .map(|(field, detail)| FieldError::new(field, *detail))
        .collect();
    let misplaced = |field: &&str| NOT_OF_SCHEDULES.iter().any(|(other, _)| other == field);
    let known: Vec<&str> = MESSAGE_FIELDS.into_iter().filter(|field| !misplaced(field)).collect();
    let message = NewMessage::parse_knowing(object, now, &known)
        .map_err(|wrong| errors.extend(wrong))
        .ok();
    match message {
        Some(new) if errors.is_empty() => Ok(Message {
            message_type: MessageType::Scheduled,
            ..new.message
        }),
        _ => {
            let inside = |error: FieldError| FieldError::new(&format!("message.{}", error.field), error.detail);
            Err(errors.into_iter().map(inside).collect())
        }
    }
}

fn no_time_ahead(schedule: &Schedule) -> FieldError {
    let once = matches!(schedule.expression, Expression::At(_));
    let (field, detail) = match schedule.at_or_after(Timestamp::MIN) {
        None if once => (
            "expression",
            "is no time in that zone, whose clocks go forward over it: name another",
        ),
        Some(_) if once => ("expression", "lies in the past: name a time ahead"),
        _ if schedule.end.is_some() => ("end", "leaves no time ahead: name a later one, or leave it out"),
        _ => ("expression", "has no time ahead: it would never fire"),
    };
    FieldError::new(field, detail)
}

fn schedule_name(value: &Value) -> Result<String, Wrong> {
    let wrong = "must be 1 to 64 of the characters A-Z a-z 0-9 - _ .";
    let name = value.as_str().ok_or(wrong)?;
    super::is_name(name).then(|| name.to_owned()).ok_or(wrong)
}

fn catch_up(value: &Value) -> Result<u32, Wrong> {
    let wrong = "must be 60 seconds to a day: 60, 86400, 1h or PT12H";
    seconds(value)
        .ok()
        .filter(|seconds| CATCH_UP.contains(seconds))
        .ok_or(wrong)
}

fn object_of(value: &Value) -> Result<Map<String, Value>, Wrong> {
    value
        .as_object()
        .cloned()
        .ok_or("must be a JSON object, as {\"body\": \"hello\"}")
}
