//! Builds an object field by field, leaving out what is absent.

use serde_json::{Map, Value};

use crate::{Number, PathOrNull, Text};

/// An object being built.
#[derive(Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn some<T: Clone + Into<Value>>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.put(name, value.clone());
        }
    }

    pub(super) fn path(&mut self, name: &str, path: Option<&PathOrNull>) {
        match path {
            Some(PathOrNull::Path(path)) => self.put(name, path.clone()),
            Some(PathOrNull::Null) => self.put(name, Value::Null),
            None => {}
        }
    }

    /// A number, its expression, or its twin whose name ends in `Path`.
    pub(super) fn number(&mut self, name: &str, number: Option<&Number>) {
        match number {
            Some(Number::Literal(number)) => self.put(name, number.clone()),
            Some(Number::Jsonata(expression)) => self.put(name, expression.clone()),
            Some(Number::Path(path)) => self.put(&format!("{name}Path"), path.clone()),
            None => {}
        }
    }

    /// A text, its expression, or its twin whose name ends in `Path`.
    pub(super) fn text(&mut self, name: &str, text: Option<&Text>) {
        match text {
            Some(Text::Literal(text) | Text::Jsonata(text)) => self.put(name, text.clone()),
            Some(Text::Path(path)) => self.put(&format!("{name}Path"), path.clone()),
            None => {}
        }
    }

    /// A list, left out when it is empty.
    pub(super) fn list<T>(&mut self, name: &str, items: &[T], print: impl Fn(&T) -> Value) {
        if !items.is_empty() {
            self.put(name, items.iter().map(print).collect::<Value>());
        }
    }

    /// The fields of another object, here.
    pub(super) fn extend(&mut self, fields: Self) {
        self.0.extend(fields.0);
    }

    pub(super) fn finish(self) -> Value {
        Value::Object(self.0)
    }
}
