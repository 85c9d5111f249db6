//! The shape of a value that is known already.

use std::rc::Rc;

use crate::shape::{List, Number, Object, Shape};

impl From<&serde_json::Value> for Shape {
    /// The shape of a value that is known already.
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::null(),
            Value::Bool(_) => Self::boolean(),
            Value::Number(number) => Self::from(Number { most: number.as_f64() }),
            Value::String(text) => Self::constant(text),
            Value::Array(items) => Self::from(List::exactly(items.iter().map(Self::from).collect())),
            Value::Object(members) => {
                let fields = members.iter().map(|(name, value)| (name.clone(), Self::from(value)));
                Self::from(Object {
                    fields: Rc::new(fields.collect()),
                    open: false,
                    most_bytes: None,
                })
            }
        }
    }
}
