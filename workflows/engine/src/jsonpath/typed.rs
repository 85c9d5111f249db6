//! Fields that take one JSON type only.

use serde_json::{Map, Number, Value};

use super::{PathError, Payload};

impl Payload {
    /// A whole number within a range: `SecondsPath`, `TimeoutSecondsPath`, `MaxConcurrencyPath` and their like.
    pub(crate) fn integer(&self, value: &Value, least: i64, most: i64) -> Result<i64, PathError> {
        let field = &self.field;
        // Recorded from AWS: a text of digits will do.
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let Some(number) = number else {
            return Err(self.unfit("cannot be parsed as a long value", value));
        };
        if number < least || number > most {
            let text = format!("{field} must be between {least} and {most} but was: {number}");
            return Err(PathError::runtime(text));
        }
        Ok(number)
    }

    /// A number: `ToleratedFailurePercentagePath`.
    pub(crate) fn number(&self, value: &Value) -> Result<Number, PathError> {
        let number = match value {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => text.trim().parse().ok().and_then(Number::from_f64),
            _ => None,
        };
        let Some(number) = number else {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            return Err(PathError::runtime(format!(
                "The {} field refers to value \"{shown}\" which is not a valid float: {}",
                self.field,
                self.path()
            )));
        };
        Ok(number)
    }

    /// A text: `TimestampPath`, `ErrorPath`, `CausePath`.
    pub(crate) fn string(&self, value: &Value) -> Result<String, PathError> {
        let Value::String(text) = value else {
            return Err(self.unfit("does not reference a string", value));
        };
        Ok(text.clone())
    }

    /// An array: `ItemsPath`.
    pub(crate) fn array(&self, value: &Value) -> Result<Vec<Value>, PathError> {
        let Value::Array(items) = value else {
            let text = format!("Reference path \"{}\" must point to array.", self.path());
            return Err(PathError::runtime(text));
        };
        Ok(items.clone())
    }

    /// An object: `Assign`, `Credentials`.
    pub(crate) fn object(&self, value: &Value) -> Result<Map<String, Value>, PathError> {
        let Value::Object(members) = value else {
            return Err(PathError::runtime(format!(
                "The field {} must be an object.",
                self.field
            )));
        };
        Ok(members.clone())
    }

    fn unfit(&self, what: &str, value: &Value) -> PathError {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        PathError::runtime(format!(
            "The {} parameter {what}: {} == {shown}",
            self.field,
            self.path()
        ))
    }
}
