//! `ResultPath`: where a result goes in the state's input.

use asl::path::Step;
use serde_json::{Map, Value};

use super::PathError;
use crate::data::Data;

/// A compiled `ResultPath`.
#[derive(Debug)]
pub(crate) enum ResultPath {
    /// `$`, the default: the result takes the input's place.
    Replace,
    /// `null`: the result is dropped, the input goes on.
    Discard,
    /// The result is put into the input.
    At { text: Box<str>, steps: Box<[Step]> },
}

impl ResultPath {
    pub(crate) fn compile(path: Option<&asl::PathOrNull>) -> Result<Self, String> {
        let text = match path {
            None => return Ok(Self::Replace),
            Some(asl::PathOrNull::Null) => return Ok(Self::Discard),
            Some(asl::PathOrNull::Path(text)) => text,
        };
        let parsed = asl::path::Path::parse(text).filter(asl::path::Path::is_reference);
        let parsed = parsed.ok_or_else(|| format!("'{text}' is not a Reference Path"))?;
        if parsed.steps.is_empty() {
            return Ok(Self::Replace);
        }
        Ok(Self::At {
            text: parsed.text.into(),
            steps: parsed.steps.into(),
        })
    }

    /// The input with the result in its place.
    ///
    /// Source: Amazon States Language, "ResultPath": objects on the way are made where there are none; elements of arrays
    /// must be there.
    pub(crate) fn put(&self, input: &Data, result: &Data) -> Result<Data, PathError> {
        match self {
            Self::Replace => Ok(result.clone()),
            Self::Discard => Ok(input.clone()),
            Self::At { text, steps } => {
                let mut value = input.value().clone();
                put(&mut value, steps, result.value()).ok_or_else(|| PathError::result_path(text, input.text()))?;
                Ok(Data::from_value(value))
            }
        }
    }
}

/// `None` if a step does not fit what is there.
fn put(target: &mut Value, steps: &[Step], result: &Value) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        *target = result.clone();
        return Some(());
    };
    let next = match (step, target) {
        (Step::Name(name), Value::Object(members)) => {
            members.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()))
        }
        (Step::Index(index), Value::Array(items)) => items.get_mut(usize::try_from(*index).ok()?)?,
        _ => return None,
    };
    put(next, rest, result)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn put_at(path: &str, input: &Value, result: &Value) -> Result<Value, String> {
        let path = ResultPath::compile(Some(&asl::PathOrNull::Path(path.into()))).unwrap();
        let put = path.put(&Data::from_value(input.clone()), &Data::from_value(result.clone()));
        put.map(|data| data.value().clone()).map_err(|error| error.text)
    }

    #[test]
    fn objects_are_made_on_the_way_and_elements_must_be_there() {
        let cases = [
            ("$", json!({ "a": 1 }), Ok(json!("r"))),
            ("$.b", json!({ "a": 1 }), Ok(json!({ "a": 1, "b": "r" }))),
            ("$.a", json!({ "a": 1 }), Ok(json!({ "a": "r" }))),
            ("$.b.c", json!({}), Ok(json!({ "b": { "c": "r" } }))),
            ("$[1].b", json!([1, { "a": 2 }]), Ok(json!([1, { "a": 2, "b": "r" }]))),
            ("$['x y'][0]", json!({ "x y": [1] }), Ok(json!({ "x y": ["r"] }))),
            (
                "$[2]",
                json!([1]),
                Err("Unable to apply ReferencePath $[2] to input [1]".to_owned()),
            ),
            (
                "$.a.b",
                json!({ "a": 1 }),
                Err("Unable to apply ReferencePath $.a.b to input {\"a\":1}".to_owned()),
            ),
        ];
        for (path, input, expected) in cases {
            assert_eq!(put_at(path, &input, &json!("r")), expected, "{path}");
        }
    }

    #[test]
    fn null_discards() {
        let path = ResultPath::compile(Some(&asl::PathOrNull::Null)).unwrap();
        let input = Data::from_text("{ \"a\": 1 }");
        assert_eq!(path.put(&input, &Data::from_text("2")).unwrap().text(), "{ \"a\": 1 }");
    }

    proptest! {
        /// What was put somewhere is found there.
        #[test]
        fn a_result_is_found_where_it_was_put(names in prop::collection::vec("[a-zé_\\-]{1,4}", 1..4), result in "[a-z]*") {
            let path = format!("$.{}", names.join("."));
            let put = put_at(&path, &json!({ "other": 1 }), &json!(result)).unwrap();
            let pointer: String = format!("/{}", names.join("/"));
            prop_assert_eq!(put.pointer(&pointer), Some(&json!(result)));
            prop_assert!(names[0] == "other" || put["other"] == 1);
        }
    }
}
