//! Between JSON and the evaluator's values.

use indexmap::IndexMap;
use jsonata_core::value::JValue;
use serde_json::{Map, Number, Value};

use super::bounds::{self, Budget};
use super::references::Need;

/// 2⁶³, the first whole number that is no `i64`.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// The part of a value that is needed, for the evaluator.
pub(super) fn to_evaluator(value: &Value, need: &Need) -> JValue {
    match (value, need) {
        (Value::Object(object), Need::Fields(fields)) => {
            let mut map = IndexMap::with_capacity(fields.len());
            for (name, need) in fields {
                if let Some(value) = object.get(name) {
                    map.insert(name.clone(), to_evaluator(value, need));
                }
            }
            JValue::object(map)
        }
        (Value::Array(items), _) => JValue::array(items.iter().map(|item| to_evaluator(item, need)).collect()),
        (Value::Object(object), Need::All) => {
            let fields = object
                .iter()
                .map(|(key, value)| (key.clone(), to_evaluator(value, need)));
            JValue::object(fields.collect())
        }
        (Value::Null, _) => JValue::Null,
        (Value::Bool(value), _) => JValue::Bool(*value),
        (Value::Number(number), _) => JValue::Number(number.as_f64().unwrap_or(f64::NAN)),
        (Value::String(text), _) => JValue::string(text.as_str()),
    }
}

/// An evaluator's value as JSON; `None` for undefined. Functions are not JSON: as items and fields they become the empty
/// string, which is what JSONata's own serialisation makes of them.
pub(super) fn from_evaluator(value: &JValue, budget: &mut Budget) -> Result<Option<Value>, bounds::Exceeded> {
    Ok(Some(match value {
        JValue::Undefined => return Ok(None),
        JValue::Null => Value::Null,
        JValue::Bool(value) => Value::Bool(*value),
        JValue::Number(value) => number(*value),
        JValue::String(text) => {
            budget.spend(text.len())?;
            Value::String(text.to_string())
        }
        JValue::Array(items) => {
            let mut array = Vec::with_capacity(items.len());
            for item in items {
                budget.spend(bounds::SCALAR)?;
                array.extend(from_evaluator(item, budget)?);
            }
            Value::Array(array)
        }
        JValue::Object(fields) => {
            let mut object = Map::with_capacity(fields.len());
            for (key, value) in fields.iter() {
                budget.spend(key.len() + bounds::SCALAR)?;
                if let Some(value) = from_evaluator(value, budget)? {
                    object.insert(key.clone(), value);
                }
            }
            Value::Object(object)
        }
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => Value::String(String::new()),
    }))
}

/// A copy in which numbers are as Step Functions writes them: an integer is exact while it fits an `i64`, a whole double
/// loses its fraction (`1.0` is `1`), and what is not finite is its JavaScript name.
pub(super) fn normal(value: &Value) -> Value {
    match value {
        Value::Number(found) if !found.is_i64() => number(found.as_f64().unwrap_or(f64::NAN)),
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), normal(value))).collect())
        }
        other => other.clone(),
    }
}

/// A number of JSONata as Step Functions writes it.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within i64")]
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < TWO_TO_63 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or_else(|| Value::from(not_finite(value)), Value::Number)
}

fn not_finite(value: f64) -> &'static str {
    match value {
        _ if value.is_nan() => "NaN",
        _ if value > 0.0 => "Infinity",
        _ => "-Infinity",
    }
}
