//! Items as serde sees them, and as DynamoDB does.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value};

use crate::{TableError, TableErrorKind};

/// An item of DynamoDB.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// The item for a struct. A field that is null is left out: DynamoDB takes no null as an index key.
pub(crate) fn to_attributes<T: Serialize>(item: &T) -> Result<Attributes, TableError> {
    match serde_json::to_value(item) {
        Ok(Value::Object(fields)) => Ok(map(fields)),
        _ => Err(TableError::new("PutItem", TableErrorKind::Refused)),
    }
}

/// The struct for an item.
pub(crate) fn from_attributes<T: DeserializeOwned>(
    operation: &'static str,
    attributes: &Attributes,
) -> Result<T, TableError> {
    let json = Value::Object(object(attributes));
    // serde's text may quote a value, which may be a person's: it is not kept.
    serde_json::from_value(json).map_err(|_| TableError::new(operation, TableErrorKind::Corrupt))
}

fn map(fields: Map<String, Value>) -> Attributes {
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name, attribute(value)))
        .collect()
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(list) => AttributeValue::L(list.into_iter().map(attribute).collect()),
        Value::Object(fields) => AttributeValue::M(map(fields)),
    }
}

fn object(attributes: &Attributes) -> Map<String, Value> {
    attributes
        .iter()
        .map(|(name, attribute)| (name.clone(), json(attribute)))
        .collect()
}

fn json(attribute: &AttributeValue) -> Value {
    match attribute {
        AttributeValue::Bool(value) => Value::Bool(*value),
        AttributeValue::N(number) => number.parse::<Number>().map_or(Value::Null, Value::Number),
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::L(list) => list.iter().map(json).collect(),
        AttributeValue::M(fields) => Value::Object(object(fields)),
        // Sets and binary values are nothing that this code writes.
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(".*", inner, 0..4).prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in any_json()) {
            let item = json!({ "value": value });
            let read: Value = from_attributes("GetItem", &to_attributes(&item).unwrap()).unwrap();
            prop_assert_eq!(read, item);
        }
    }

    #[test]
    fn a_null_is_left_out() {
        assert_eq!(to_attributes(&json!({ "owner": null })).unwrap(), Attributes::new());
    }
}
