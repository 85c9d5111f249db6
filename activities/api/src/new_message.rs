//! The body of `POST /api/messages`: from JSON to a message that may start an execution.

use std::borrow::Cow;

use contracts::{Message, MessageType, Priority, limits};
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::FieldError;
use crate::fields::{Fields, Wrong, flag, seconds, text, texts, time};

/// The fields that a sender may give.
pub(crate) const FIELDS: [&str; 11] = [
    "body",
    "title",
    "topic",
    "priority",
    "tags",
    "click",
    "markdown",
    "deliver_at",
    "patience",
    "dedup_key",
    "message_type",
];

/// The schema of the request: what [`Message`] says of the fields that a sender may give, and how this entrance reads more than it
/// writes. `null` counts as absent.
impl JsonSchema for NewMessage {
    fn schema_name() -> Cow<'static, str> {
        "NewMessage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let message = Message::json_schema(generator);
        let mut properties = Map::new();
        for field in FIELDS {
            let written = message.get("properties").map_or(Value::Null, |all| all[field].clone());
            let mut schema = own_schema(field).unwrap_or_else(|| written.clone());
            if schema["description"].is_null() {
                schema["description"] = written["description"].clone();
            }
            let optional = || json!({ "anyOf": [schema.clone(), { "type": "null" }] });
            properties.insert(
                field.to_owned(),
                if field == "body" { schema.clone() } else { optional() },
            );
        }
        json_schema!({
            "type": "object",
            "description": "A message to send.",
            "properties": properties,
            "required": ["body"],
            "additionalProperties": false,
            "examples": [{ "body": "Build finished", "priority": "low" }],
        })
    }
}

/// Schemas of fields that stand in no message, or that this entrance reads in more ways than a message writes them.
fn own_schema(field: &str) -> Option<Value> {
    let schema = match field {
        "body" => {
            json!({ "type": "string", "minLength": 1, "maxLength": limits::BODY_BYTES, "pattern": r"[^\s\u0000]" })
        }
        "priority" => {
            json!({ "enum": ["min", "low", "default", "high", "urgent", "max", 1, 2, 3, 4, 5, "1", "2", "3", "4", "5"] })
        }
        "patience" => json!({
            "oneOf": [
                { "type": "integer", "minimum": 0, "maximum": limits::PATIENCE },
                { "type": "string", "examples": ["PT1H", "90s", "2d"] },
            ],
            "default": limits::DEFAULT_PATIENCE,
        }),
        "message_type" => json!({ "enum": ["manual", "api"], "default": "api" }),
        "dedup_key" => json!({
            "type": "string",
            "pattern": "^[ -~]{1,255}$",
            "description": "As the header Idempotency-Key, for senders that cannot set headers.",
        }),
        _ => return None,
    };
    Some(schema)
}

/// A message as its sender asked for it, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// What goes into the workflow, without the fields that the entrance fills in.
    pub message: Message,
    /// The key under which a repeated request is recognised.
    pub dedup_key: Option<String>,
}

impl NewMessage {
    /// Reads and checks a request; `now` judges `deliver_at`.
    ///
    /// Every entrance uses it, so that the command line refuses what the API refuses, in the same words.
    pub fn parse(object: Map<String, Value>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        Self::parse_knowing(object, now, &FIELDS)
    }

    /// The same of a request that may repeat an earlier one: that its `deliver_at` has passed meanwhile is no fault yet. See
    /// [`NewMessage::is_late`].
    pub fn parse_again(object: Map<String, Value>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        Self::read(object, &FIELDS, |message| contracts::validate_started(message, now))
    }

    /// Why this is refused unless it repeats a request that was accepted before.
    pub fn is_late(&self, now: Timestamp) -> Option<FieldError> {
        contracts::is_late(&self.message, now).map(FieldError::from)
    }

    /// The same where a request has fewer fields: `known` are those that a refusal names.
    pub(crate) fn parse_knowing(
        object: Map<String, Value>,
        now: Timestamp,
        known: &[&str],
    ) -> Result<Self, Vec<FieldError>> {
        Self::read(object, known, |message| contracts::validate(message, now))
    }

    fn read(
        object: Map<String, Value>,
        known: &[&str],
        validate: impl FnOnce(&Message) -> Result<(), Vec<contracts::FieldError>>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new(object);
        let new = Self {
            message: message(&mut fields),
            dedup_key: fields.take("dedup_key", key),
        };
        let mut errors = fields.finish(known);
        // A field that could not be read stands in the message as if it were absent: its rules say nothing.
        let unread: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
        let broken = validate(&new.message).err().unwrap_or_default();
        errors.extend(
            broken
                .into_iter()
                .filter(|broken| !unread.iter().any(|name| name == broken.field))
                .map(FieldError::from),
        );
        if errors.is_empty() { Ok(new) } else { Err(errors) }
    }
}

fn message(fields: &mut Fields) -> Message {
    Message {
        body: fields.require("body", text).unwrap_or_default(),
        message_id: None,
        title: fields.take("title", text),
        topic: fields.take("topic", text),
        priority: fields.take("priority", priority),
        tags: fields.take("tags", texts).unwrap_or_default(),
        click: fields.take("click", text),
        markdown: fields.take("markdown", flag).unwrap_or_default(),
        deliver_at: fields.take("deliver_at", time),
        patience: fields.take("patience", seconds).unwrap_or(limits::DEFAULT_PATIENCE),
        message_type: fields.take("message_type", message_type).unwrap_or(MessageType::Api),
        owner: None,
        correlation_id: None,
        created_at: None,
        request_hash: None,
        schedule_arn: None,
        scheduled_time: None,
        redrive: 0,
        receipt: None,
    }
}

/// A name or ntfy's number. Source of the numbers: <https://docs.ntfy.sh/publish/#message-priority>.
fn priority(value: &Value) -> Result<Priority, Wrong> {
    const ALL: [(&str, Priority); 6] = [
        ("min", Priority::Min),
        ("low", Priority::Low),
        ("default", Priority::Default),
        ("high", Priority::High),
        ("urgent", Priority::Urgent),
        // ntfy's other name for it.
        ("max", Priority::Urgent),
    ];
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let known = ALL
        .iter()
        .find(|(name, priority)| value.as_str() == Some(name) || number == Some(u64::from(priority.number())));
    known
        .map(|(_, priority)| *priority)
        .ok_or("must be min, low, default, high, urgent or 1 to 5")
}

/// `scheduled` belongs to schedules alone.
fn message_type(value: &Value) -> Result<MessageType, Wrong> {
    match value.as_str() {
        Some("manual") => Ok(MessageType::Manual),
        Some("api") => Ok(MessageType::Api),
        _ => Err("must be manual or api"),
    }
}

/// The same characters as in the header `Idempotency-Key`, whose place it takes.
pub(crate) fn key(value: &Value) -> Result<String, Wrong> {
    let wrong = "must be 1 to 255 printable ASCII characters";
    let key = value.as_str().ok_or(wrong)?;
    let usable = !key.is_empty() && key.len() <= 255 && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    usable.then(|| key.to_owned()).ok_or(wrong)
}
