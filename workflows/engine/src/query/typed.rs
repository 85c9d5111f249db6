//! Fields that take one JSON type only.

use serde_json::{Map, Value};

use super::error::type_name;
use super::{Problem, QueryError, Scope, Template};

impl Template {
    /// A choice rule's `Condition`.
    pub fn condition(&self, scope: &Scope<'_>) -> Result<bool, QueryError> {
        match self.evaluate(scope)? {
            Value::Bool(value) => Ok(value),
            value => Err(self.wrong_type("boolean", &value)),
        }
    }

    /// A text: `Timestamp`, `Error`, `Cause`.
    pub fn string(&self, scope: &Scope<'_>) -> Result<String, QueryError> {
        match self.evaluate(scope)? {
            Value::String(value) => Ok(value),
            value => Err(self.wrong_type("string", &value)),
        }
    }

    /// A whole number within a range, both ends included: `Seconds`, `TimeoutSeconds`, `HeartbeatSeconds`,
    /// `MaxConcurrency`, `ToleratedFailureCount`, `MaxItems`.
    pub fn integer(&self, scope: &Scope<'_>, minimum: i64, maximum: i64) -> Result<i64, QueryError> {
        let number = self.number(scope)?;
        let name = self.location();
        let Some(value) = number.as_i64() else {
            return Err(self.out_of_range(format!("The {name} field cannot be parsed as an integer: {number}")));
        };
        if value < minimum || value > maximum {
            let text = format!("{name} must be between {minimum} and {maximum} but was: {value}");
            return Err(self.out_of_range(text));
        }
        Ok(value)
    }

    /// A number: `ToleratedFailurePercentage`.
    pub fn number(&self, scope: &Scope<'_>) -> Result<serde_json::Number, QueryError> {
        match self.evaluate(scope)? {
            Value::Number(value) => Ok(value),
            value => Err(self.wrong_type("number", &value)),
        }
    }

    /// An array: `Items` of a map state.
    pub fn array(&self, scope: &Scope<'_>) -> Result<Vec<Value>, QueryError> {
        match self.evaluate(scope)? {
            Value::Array(value) => Ok(value),
            value => Err(self.wrong_type("array", &value)),
        }
    }

    /// An object: `Assign`, and `Arguments` of most integrations.
    pub fn object(&self, scope: &Scope<'_>) -> Result<Map<String, Value>, QueryError> {
        match self.evaluate(scope)? {
            Value::Object(value) => Ok(value),
            value => Err(self.wrong_type("object", &value)),
        }
    }

    fn wrong_type(&self, expected: &'static str, value: &Value) -> QueryError {
        self.error(Problem::WrongType {
            expected,
            found: type_name(value),
            value: value.to_string(),
        })
    }

    fn out_of_range(&self, text: String) -> QueryError {
        self.error(Problem::OutOfRange(text))
    }

    fn error(&self, problem: Problem) -> QueryError {
        QueryError {
            location: self.location().to_owned(),
            expression: self.expression().to_owned(),
            problem,
        }
    }
}
