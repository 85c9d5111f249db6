//! Items as serde sees them, and as DynamoDB does.

mod read;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

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
    // serde's text may quote a value, which may be a person's: it is not kept.
    T::deserialize(read::item(attributes)).map_err(|_| TableError::new(operation, TableErrorKind::Corrupt))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|number: f64| Value::from(number + 0.5)),
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

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    enum Choice {
        Bare,
        Of(u8),
        With { name: Option<String> },
    }

    /// A struct has what JSON alone does not show: options, choices, characters, and what stands around another type.
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Shapes {
        choices: Vec<Choice>,
        absent: Option<u8>,
        pair: (i8, char),
        at: jiff::Timestamp,
    }

    #[test]
    fn a_struct_is_read_as_it_was_written() {
        let named = |name: Option<&str>| Choice::With {
            name: name.map(str::to_owned),
        };
        let shapes = Shapes {
            choices: vec![Choice::Bare, Choice::Of(7), named(None), named(Some("a"))],
            absent: None,
            pair: (-1, 'x'),
            at: "2026-12-01T00:00:00.5Z".parse().unwrap(),
        };
        let read: Shapes = from_attributes("GetItem", &to_attributes(&shapes).unwrap()).unwrap();
        assert_eq!(read, shapes);
    }

    #[test]
    fn what_is_no_such_struct_is_corrupt_and_is_not_quoted() {
        let unlike = [
            json!({ "value": "secret" }),
            json!({ "value": 300 }),
            json!({ "value": -1 }),
            json!({ "value": 0.5 }),
            json!({ "other": 1 }),
        ];
        for item in unlike {
            #[derive(Debug, serde::Deserialize)]
            struct Small {
                #[serde(rename = "value")]
                _value: u8,
            }
            let error = from_attributes::<Small>("GetItem", &to_attributes(&item).unwrap()).unwrap_err();
            assert_eq!(error.kind, TableErrorKind::Corrupt, "{item}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }

    #[test]
    fn a_null_is_left_out() {
        assert_eq!(to_attributes(&json!({ "owner": null })).unwrap(), Attributes::new());
    }
}
