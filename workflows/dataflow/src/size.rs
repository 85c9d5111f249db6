//! How large a value may get.
//!
//! Step Functions takes inputs, outputs and results up to 256 KiB of UTF-8. Source: Step Functions developer guide,
//! "Quotas related to executions".

use crate::shape::{Known, Object, Shape, Text};

/// The bytes of a character of JSON text at most: a control character is written as `\u0000`.
const CHARACTER: u64 = 6;
/// The bytes of a number at most: a sign, 17 digits, a point and an exponent.
const NUMBER: u64 = 24;
/// `false`.
const BOOLEAN: u64 = 5;

/// The size of a value's JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The most bytes of everything that has a bound.
    pub bytes: u64,
    /// The paths to what has none, as `body.tags[]`. Empty: the whole value is bounded.
    pub unbounded: Vec<String>,
}

impl Shape {
    /// The largest JSON text of a value of this shape.
    pub fn largest(&self) -> Size {
        let mut unbounded = Vec::new();
        let bytes = bytes(self, "", &mut unbounded);
        unbounded.sort();
        unbounded.dedup();
        Size { bytes, unbounded }
    }
}

fn bytes(shape: &Shape, path: &str, unbounded: &mut Vec<String>) -> u64 {
    let Shape::Known(known) = shape else {
        unbounded.push(path.to_owned());
        return 0;
    };
    let Known {
        missing: _,
        null,
        boolean,
        number,
        text,
        list,
        objects,
    } = known;
    let mut most = 0;
    for (possible, size) in [(*null, 4), (*boolean, BOOLEAN), (number.is_some(), NUMBER)] {
        if possible {
            most = most.max(size);
        }
    }
    if let Some(text) = text {
        most = most.max(text_bytes(text, path, unbounded));
    }
    if let Some(list) = list {
        let item = bytes(&list.items, &format!("{path}[]"), unbounded);
        match list.most {
            Some(items) => most = most.max(items.saturating_mul(item.saturating_add(1)).saturating_add(2)),
            None => unbounded.push(format!("{path}[]")),
        }
    }
    objects
        .iter()
        .map(|object| object_bytes(object, path, unbounded))
        .fold(most, u64::max)
}

fn text_bytes(text: &Text, path: &str, unbounded: &mut Vec<String>) -> u64 {
    if let Some(most) = text.most_bytes {
        return text.longest.map_or(most, |longest| {
            most.min(longest.saturating_mul(CHARACTER).saturating_add(2))
        });
    }
    if let Some(values) = &text.values {
        return values.iter().map(|value| value.len() as u64 + 2).max().unwrap_or(2);
    }
    match (&text.json, text.longest) {
        (_, Some(longest)) => longest.saturating_mul(CHARACTER).saturating_add(2),
        (Some(json), None) => {
            // JSON inside JSON: its quotes are escaped.
            let inner = bytes(json, path, unbounded);
            inner.saturating_mul(2).saturating_add(2)
        }
        (None, None) => {
            unbounded.push(path.to_owned());
            2
        }
    }
}

fn object_bytes(object: &Object, path: &str, unbounded: &mut Vec<String>) -> u64 {
    // A bound of the whole bounds its parts.
    let mut parts = Vec::new();
    if object.open {
        parts.push(if path.is_empty() {
            "*".to_owned()
        } else {
            format!("{path}.*")
        });
    }
    let sum = object
        .fields
        .iter()
        .filter(|(_, shape)| !shape.is_missing())
        .fold(2, |sum: u64, (name, shape)| {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            // The quotes around the name, the colon and the comma.
            sum.saturating_add(name.len() as u64 + 4)
                .saturating_add(bytes(shape, &path, &mut parts))
        });
    match object.most_bytes {
        Some(most) if parts.is_empty() => most.min(sum),
        Some(most) => most,
        None => {
            unbounded.extend(parts);
            sum
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bounds_add_up_and_what_has_none_is_named() {
        let schema = json!({"type": "object", "required": ["id", "tags"], "properties": {
            "id": {"type": "string", "maxLength": 10},
            "note": {"type": ["string", "null"]},
            "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 1}},
        }});
        let size = Shape::of_schema(&schema).largest();
        let (id, note, tags) = (6 + 62, 8 + 4, 8 + 2 + 3 * 9);
        assert_eq!(
            size,
            Size {
                bytes: 2 + id + note + tags,
                unbounded: vec!["note".to_owned()]
            }
        );
    }

    #[test]
    fn a_constant_is_as_long_as_it_is() {
        assert_eq!(Shape::from(&json!({"a": "bc"})).largest().bytes, 2 + 5 + 4);
    }

    proptest::proptest! {
        /// No text of a value is longer than its shape says.
        #[test]
        fn the_bound_holds(texts in proptest::collection::vec(".{0,12}", 0..5), number: f64, flag: bool) {
            let most = texts.len() as u64;
            let item = Shape::from(Text { longest: Some(12), ..Text::default() });
            let list = Shape::Known(Known {
                list: Some(crate::List { most: Some(most), ..crate::List::of(item) }),
                ..Known::default()
            });
            let shape = Shape::object([("texts", list), ("number", Shape::number().join(Shape::null())), ("flag", Shape::boolean())]);
            let value = json!({"texts": texts, "number": number, "flag": flag});
            let size = shape.largest();
            proptest::prop_assert!(value.to_string().len() as u64 <= size.bytes, "{value}: {size:?}");
            proptest::prop_assert_eq!(size.unbounded, Vec::<String>::new());
        }
    }
}
