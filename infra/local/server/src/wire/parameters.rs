//! The parameters of an operation and their constraints.
//!
//! Violations are gathered, so that the caller gets all of them at once, as AWS does: first read every parameter, then
//! call [`Parameters::check`].

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::ApiError;

/// The members of a request.
#[derive(Debug)]
pub(super) struct Parameters {
    members: Map<String, Value>,
    violations: Vec<String>,
    malformed: Option<ApiError>,
}

/// The longest ARN. Source: API reference, for example `StartExecution`, `stateMachineArn`.
const ARN_CHARS: usize = 256;

impl Parameters {
    /// Reads a request's body.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let text = if body.is_empty() { b"{}" } else { body };
        let members = serde_json::from_slice(text).map_err(|_| malformed("the body is no JSON object"))?;
        Ok(Self {
            members,
            violations: Vec::new(),
            malformed: None,
        })
    }

    /// A member's value as it came, for structures that are kept whole.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A list of structures or texts; `required` if it must be there.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &str, required: bool) -> Vec<T> {
        let Some(value) = self.value(name) else {
            if required {
                self.must_not_be_null(name);
            }
            return Vec::new();
        };
        let read = Vec::<T>::deserialize(value);
        read.unwrap_or_else(|_| {
            self.malformed
                .get_or_insert_with(|| malformed(&format!("{name} must be a list")));
            Vec::new()
        })
    }

    /// A text of `min` to `max` characters that may be absent.
    pub(super) fn optional_text(&mut self, name: &str, min: usize, max: usize) -> Option<String> {
        let text = match self.members.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.malformed
                    .get_or_insert_with(|| malformed(&format!("{name} must be a string")));
                return None;
            }
        };
        self.constrain(name, &text, min, max);
        Some(text)
    }

    /// A text that stands anywhere in the request must have `min` to `max` characters.
    pub(super) fn constrain(&mut self, name: &str, text: &str, min: usize, max: usize) {
        let length = text.chars().count();
        if length > max {
            let rule = format!("Member must have length less than or equal to {max}");
            self.violate(text, name, &rule);
        }
        if length < min {
            let rule = format!("Member must have length greater than or equal to {min}");
            self.violate(text, name, &rule);
        }
    }

    /// A text that must be there. After [`check`](Self::check) it is.
    pub(super) fn text(&mut self, name: &str, min: usize, max: usize) -> String {
        let text = self.optional_text(name, min, max);
        if text.is_none() {
            self.must_not_be_null(name);
        }
        text.unwrap_or_default()
    }

    /// An ARN that must be there.
    pub(super) fn arn(&mut self, name: &str) -> String {
        self.text(name, 1, ARN_CHARS)
    }

    /// An ARN that may be absent.
    pub(super) fn optional_arn(&mut self, name: &str) -> Option<String> {
        self.optional_text(name, 1, ARN_CHARS)
    }

    /// A whole number that may be absent.
    pub(super) fn number(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let number = match self.members.get(name) {
            None | Some(Value::Null) => return None,
            Some(value) => value.as_i64(),
        };
        let Some(number) = number else {
            self.malformed
                .get_or_insert_with(|| malformed(&format!("{name} must be an integer")));
            return None;
        };
        if number > max {
            let rule = format!("Member must have value less than or equal to {max}");
            self.violate(&number.to_string(), name, &rule);
        }
        if number < min {
            let rule = format!("Member must have value greater than or equal to {min}");
            self.violate(&number.to_string(), name, &rule);
        }
        Some(number)
    }

    /// A truth value that may be absent.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => {
                self.malformed
                    .get_or_insert_with(|| malformed(&format!("{name} must be a boolean")));
                None
            }
        }
    }

    /// One of several names, or absent.
    pub(super) fn choice(&mut self, name: &str, names: &[&str]) -> Option<String> {
        let text = self.optional_text(name, 0, usize::MAX)?;
        if !names.contains(&text.as_str()) {
            let set = names.join(", ");
            self.violate(&text, name, &format!("Member must satisfy enum value set: [{set}]"));
        }
        Some(text)
    }

    /// Fails if a constraint has been violated.
    pub(super) fn check(&mut self) -> Result<(), ApiError> {
        if let Some(error) = self.malformed.take() {
            return Err(error);
        }
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(ApiError::validation(&self.violations))
        }
    }

    fn must_not_be_null(&mut self, name: &str) {
        self.violations.push(format!(
            "Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ));
    }

    pub(super) fn violate(&mut self, value: &str, name: &str, rule: &str) {
        self.violations.push(format!(
            "Value '{value}' at '{name}' failed to satisfy constraint: {rule}"
        ));
    }
}

fn malformed(what: &str) -> ApiError {
    ApiError::new("SerializationException", what)
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn all_violations_are_told_at_once() {
        let mut parameters = Parameters::parse(br#"{"maxResults": 1001}"#).unwrap();
        parameters.arn("stateMachineArn");
        parameters.number("maxResults", 0, 1000);
        let error = format!("{:?}", parameters.check().unwrap_err());
        assert!(error.contains("2 validation errors detected"), "{error}");
        assert!(error.contains("Value null at 'stateMachineArn'"), "{error}");
        assert!(error.contains("Value '1001' at 'maxResults'"), "{error}");
    }

    #[test]
    fn a_member_of_the_wrong_type_is_no_violation_but_nonsense() {
        for body in [r#"{"a": 1}"#, r#"{"a": ["x"]}"#, r#"{"a": true}"#] {
            let mut parameters = Parameters::parse(body.as_bytes()).unwrap();
            assert_eq!(parameters.optional_text("a", 0, 10), None);
            let error = format!("{:?}", parameters.check().unwrap_err());
            assert!(error.contains("SerializationException"), "{error}");
        }
        assert!(Parameters::parse(b"[]").is_err());
    }
}
