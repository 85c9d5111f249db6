//! The intrinsic functions for texts and JSON.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::call::Outcome;
use crate::query::hash_hex;

/// The longest text that is encoded, decoded or hashed, in characters.
///
/// Source: Step Functions Developer Guide, "Intrinsics for data encoding and decoding", "Intrinsic for hash calculation".
const LONGEST: usize = 10_000;

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "The argument must be a string".to_owned())
}

fn short(value: &Value) -> Result<&str, String> {
    let text = text(value)?;
    if text.chars().count() > LONGEST {
        return Err(format!("The argument must not be longer than {LONGEST} characters"));
    }
    Ok(text)
}

pub(super) fn base64_encode(value: &Value) -> Outcome {
    Ok(BASE64_STANDARD.encode(short(value)?).into())
}

pub(super) fn base64_decode(value: &Value) -> Outcome {
    let bytes = BASE64_STANDARD
        .decode(short(value)?)
        .map_err(|error| format!("The argument is not Base64: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "The decoded data is not text".to_owned())?;
    Ok(text.into())
}

/// The digest of a text, or of the text of any other JSON.
pub(super) fn hash(data: &Value, algorithm: &Value) -> Outcome {
    let data = match data {
        Value::String(_) => short(data)?.to_owned(),
        other => other.to_string(),
    };
    hash_hex(data.as_bytes(), text(algorithm)?)
        .map(Value::from)
        .ok_or_else(|| "The algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512".into())
}

pub(super) fn json_merge(left: &Value, right: &Value, deep: &Value) -> Outcome {
    let (Value::Object(left), Value::Object(right)) = (left, right) else {
        return Err("Both arguments must be an object".into());
    };
    if deep != &Value::Bool(false) {
        return Err("Only the shallow mode is supported: the third argument must be false".into());
    }
    let mut merged = left.clone();
    merged.extend(right.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(merged.into())
}

/// Recorded from AWS: a blank text is `null`, and an integer has no negative zero.
pub(super) fn string_to_json(value: &Value) -> Outcome {
    let text = text(value)?;
    match text.trim() {
        "" => return Ok(Value::Null),
        "-0" => return Ok(0.into()),
        _ => {}
    }
    serde_json::from_str(text).map_err(|error| format!("The argument is not valid JSON: {error}"))
}

/// Splits at every one of the separators; what is empty between two is left out.
pub(super) fn split(value: &Value, separators: &Value) -> Outcome {
    let separators: Vec<char> = text(separators)?.chars().collect();
    let parts = text(value)?.split(|c| separators.contains(&c));
    Ok(parts.filter(|part| !part.is_empty()).collect())
}

/// Puts values in the place of each `{}`. A backslash takes the next character as it is.
pub(super) fn format(template: &Value, values: &[&Value]) -> Outcome {
    let template = text(template)?;
    let mut formatted = String::with_capacity(template.len());
    let (mut values, mut chars) = (values.iter(), template.chars().peekable());
    let mismatch = || "The number of arguments does not match the placeholders of the template".to_owned();
    while let Some(c) = chars.next() {
        match c {
            '\\' => formatted.extend(chars.next()),
            '{' if chars.peek() == Some(&'}') => {
                chars.next();
                shown(values.next().ok_or_else(mismatch)?, &mut formatted);
            }
            c => formatted.push(c),
        }
    }
    if values.next().is_some() {
        return Err(mismatch());
    }
    Ok(formatted.into())
}

/// A value inside of a text, in the way that AWS's recorded answers show: texts bare, objects as `{a=1, b=2}`.
fn shown(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                shown(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                // Writing to a text cannot fail.
                let _ = write!(out, "{}{key}=", if index > 0 { ", " } else { "" });
                shown(member, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// A text as it is meant: a backslash takes the next character as it is.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next()),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn base64_comes_back(text in "\\PC{0,60}") {
            prop_assert_eq!(base64_decode(&base64_encode(&json!(text)).unwrap()), Ok(json!(text)));
        }

        #[test]
        fn json_comes_back(text in "\\PC{0,60}", number in any::<i64>()) {
            let value = json!({ "a": [text, number, null] });
            prop_assert_eq!(string_to_json(&json!(value.to_string())), Ok(value));
        }

        #[test]
        fn what_was_joined_is_split(parts in prop::collection::vec("[a-z]{1,5}", 1..6)) {
            prop_assert_eq!(split(&json!(parts.join(";")), &json!(";,")), Ok(json!(parts)));
        }
    }

    #[test]
    fn long_texts_are_refused() {
        assert!(base64_encode(&json!("é".repeat(10_000))).is_ok());
        assert!(base64_encode(&json!("é".repeat(10_001))).is_err());
    }
}
