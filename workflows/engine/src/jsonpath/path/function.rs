//! Functions at the end of a path.

use serde_json::{Number, Value};

use super::Missing;

/// A function at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Length,
    Minimum,
    Maximum,
    Average,
    Sum,
    Keys,
    First,
    Last,
    Deviation,
}

/// The functions by name.
///
/// Source: Step Functions Developer Guide, "Specifying state output using `ResultPath`", and the JSONPath library that AWS uses.
const FUNCTIONS: &[(&str, Function)] = &[
    ("length", Function::Length),
    ("min", Function::Minimum),
    ("max", Function::Maximum),
    ("avg", Function::Average),
    ("sum", Function::Sum),
    ("keys", Function::Keys),
    ("size", Function::Length),
    ("first", Function::First),
    ("last", Function::Last),
    ("stddev", Function::Deviation),
];

impl Function {
    /// The function of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let found = FUNCTIONS.iter().find(|(known, _)| *known == name);
        found.map(|(_, function)| *function)
    }

    /// What it makes of a value.
    pub(super) fn of(self, value: &Value) -> Result<Value, Missing> {
        let numbers = || -> Result<Vec<f64>, Missing> {
            let numbers: Vec<f64> = value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_f64)
                .collect();
            if numbers.is_empty() {
                return Err(Missing(
                    "Aggregation function attempted to calculate value using empty array".into(),
                ));
            }
            Ok(numbers)
        };
        match self {
            Self::Length => match value {
                Value::Array(items) => Ok(items.len().into()),
                Value::Object(members) => Ok(members.len().into()),
                _ => Ok(Value::Null),
            },
            Self::Keys => match value {
                Value::Object(members) => Ok(members.keys().cloned().collect()),
                _ => Ok(Value::Null),
            },
            Self::First | Self::Last => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                let found = if self == Self::First {
                    items.first()
                } else {
                    items.last()
                };
                found.cloned().ok_or_else(|| {
                    Missing("Aggregation function attempted to calculate value using empty array".into())
                })
            }
            Self::Deviation => {
                let numbers = numbers()?;
                #[expect(clippy::cast_precision_loss, reason = "no payload has 2^53 elements")]
                let count = numbers.len() as f64;
                let mean = numbers.iter().sum::<f64>() / count;
                let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
                Ok(double(variance.sqrt()))
            }
            Self::Minimum => Ok(double(numbers()?.into_iter().fold(f64::INFINITY, f64::min))),
            Self::Maximum => Ok(double(numbers()?.into_iter().fold(f64::NEG_INFINITY, f64::max))),
            Self::Sum => Ok(double(numbers()?.iter().sum())),
            Self::Average => {
                let numbers = numbers()?;
                #[expect(clippy::cast_precision_loss, reason = "no payload has 2^53 elements")]
                let count = numbers.len() as f64;
                Ok(double(numbers.iter().sum::<f64>() / count))
            }
        }
    }
}

fn double(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
