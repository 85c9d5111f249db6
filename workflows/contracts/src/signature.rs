//! The contracts as data, for those who check definitions instead of writing them.

use expr::{Activity, ActivityError, NoError};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::{AskForAcknowledgement, DeliverMessage, ListDeadLetters, PersistMessage, RecordOutcome, RedriveMessage};

/// What an activity takes, gives and raises, in JSON Schema (draft 2020-12).
#[derive(Clone, Debug)]
pub struct Signature {
    /// The name in `PascalCase`.
    pub name: &'static str,
    /// The payload of the invocation.
    pub input: Value,
    /// The function's answer.
    pub output: Value,
    /// The declared errors: each name on the wire, and the schema of the JSON in its `errorMessage`.
    pub errors: Vec<(&'static str, Value)>,
}

/// The signatures of all our activities, in alphabetical order.
pub fn signatures() -> Vec<Signature> {
    vec![
        failing::<AskForAcknowledgement>(),
        failing::<DeliverMessage>(),
        failing::<ListDeadLetters>(),
        failing::<PersistMessage>(),
        signature::<RecordOutcome>(),
        failing::<RedriveMessage>(),
    ]
}

/// Of an activity that declares no errors.
fn signature<A: Activity<Error = NoError>>() -> Signature
where
    A::Input: JsonSchema,
    A::Output: JsonSchema,
{
    with_errors::<A>(Vec::new())
}

/// Of an activity that declares some.
fn failing<A: Activity>() -> Signature
where
    A::Input: JsonSchema,
    A::Output: JsonSchema,
    A::Error: JsonSchema,
{
    let schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<A::Error>();
    let schema = Value::from(schema);
    let variants = A::Error::NAMES.iter().zip(A::Error::VARIANTS);
    with_errors::<A>(
        variants
            .map(|(name, variant)| (*name, fields_of(&schema, variant)))
            .collect(),
    )
}

fn with_errors<A: Activity>(errors: Vec<(&'static str, Value)>) -> Signature
where
    A::Input: JsonSchema,
    A::Output: JsonSchema,
{
    let schemas = SchemaSettings::draft2020_12();
    Signature {
        name: A::NAME,
        input: schemas
            .clone()
            .for_deserialize()
            .into_generator()
            .into_root_schema_for::<A::Input>()
            .into(),
        output: schemas
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<A::Output>()
            .into(),
        errors,
    }
}

/// The schema of a variant's fields, in that of the whole type. A variant without fields is written as `{}`.
fn fields_of(schema: &Value, variant: &str) -> Value {
    let variants = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
    let mut found = variants.filter_map(|one| one["properties"].get(variant));
    let mut fields = found
        .next()
        .cloned()
        .unwrap_or_else(|| json!({"type": "object", "additionalProperties": false}));
    // References lead to the definitions of the whole.
    if let (Some(definitions), Some(fields)) = (schema.get("$defs"), fields.as_object_mut()) {
        fields.insert("$defs".to_owned(), definitions.clone());
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_with_the_fields_that_travel_in_their_message() {
        let deliver = signatures()
            .into_iter()
            .find(|signature| signature.name == "DeliverMessage")
            .unwrap();
        let limited = deliver
            .errors
            .iter()
            .find(|(name, _)| *name == "Delivery.RateLimited")
            .unwrap();
        assert_eq!(limited.1["properties"]["retry_after"]["type"], "integer");
        assert_eq!(
            deliver.errors.len(),
            <crate::DeliverError as ActivityError>::NAMES.len()
        );
    }
}
