//! The schemas of requests: what a schedule's creator may give, and what may be changed.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::new_schedule::{FIELDS, NOT_OF_SCHEDULES};
use super::{CATCH_UP, DEFAULT_CATCH_UP, NewSchedule};
use crate::NewMessage;

impl JsonSchema for NewSchedule {
    fn schema_name() -> Cow<'static, str> {
        "NewSchedule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema(generator, "A schedule to create.", &["name", "expression", "message"])
    }
}

/// A schedule as `PUT` takes it: its name stands in the address.
pub(crate) struct ChangedSchedule;

impl JsonSchema for ChangedSchedule {
    fn schema_name() -> Cow<'static, str> {
        "ChangedSchedule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema(
            generator,
            "A schedule as it is to be. What is left out is as if it were created so.",
            &["expression", "message"],
        )
    }
}

fn schema(generator: &mut SchemaGenerator, about: &str, required: &[&str]) -> Schema {
    let mut properties = Map::new();
    for field in FIELDS {
        let schema = property(generator, field);
        let needed = required.contains(&field);
        let schema = if needed {
            schema
        } else {
            json!({ "anyOf": [schema, { "type": "null" }] })
        };
        properties.insert(field.to_owned(), schema);
    }
    json_schema!({
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(generator: &mut SchemaGenerator, field: &str) -> Value {
    let time = |about: &str| json!({ "type": "string", "format": "date-time", "description": about });
    match field {
        "name" => {
            json!({ "type": "string", "pattern": "^[-_.0-9A-Za-z]{1,64}$", "description": "Names it, for ever." })
        }
        "expression" => json!({
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "description": "When to fire, as EventBridge Scheduler writes it.",
            "examples": ["rate(5 minutes)", "cron(0 9 ? * MON-FRI *)", "at(2030-01-31T09:30:00)"],
        }),
        "timezone" => json!({
            "type": "string",
            "default": "UTC",
            "description": "The time zone of the IANA database whose clocks count.",
            "examples": ["Europe/Berlin"],
        }),
        "start" => time("It does not fire before this. A rate counts from here, else from its creation."),
        "end" => time("It does not fire after this."),
        "enabled" => json!({ "type": "boolean", "default": true, "description": "Whether it fires; false pauses it." }),
        "catch_up" => json!({
            "anyOf": [
                { "type": "integer", "minimum": CATCH_UP.start(), "maximum": CATCH_UP.end() },
                { "type": "string", "examples": ["1h", "PT12H"] },
            ],
            "default": DEFAULT_CATCH_UP,
            "description": "How late a time that was missed may be made up for; only the last one is.",
        }),
        _ => message(generator),
    }
}

/// What a schedule sends: a new message without the fields that mean nothing here.
fn message(generator: &mut SchemaGenerator) -> Value {
    let mut message = Value::from(NewMessage::json_schema(generator));
    if let Some(properties) = message["properties"].as_object_mut() {
        properties.retain(|field, _| NOT_OF_SCHEDULES.iter().all(|(other, _)| field != other));
    }
    message["description"] = json!("The message that is sent each time.");
    message
}
