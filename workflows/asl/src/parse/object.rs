//! Reads the fields of an object into the types of the model.

use serde_json::{Number as JsonNumber, Value};

use super::fields::Field;
use super::sink::Sink;
use super::unknown;
use crate::json::{Json, Member, Node};
use crate::{Finding, Kind, Number, PathOrNull, Pointer, QueryLanguage, Text};

/// An object of the definition while it is read.
#[derive(Clone)]
pub(super) struct Object<'a> {
    pub(super) members: &'a [Member],
    pub(super) pointer: Pointer,
    pub(super) language: QueryLanguage,
    pub(super) sink: &'a Sink,
}

impl<'a> Object<'a> {
    /// The object behind a node; a finding when it is something else.
    pub(super) fn new(node: &'a Node, pointer: Pointer, language: QueryLanguage, sink: &'a Sink) -> Option<Self> {
        let Some(members) = node.as_object() else {
            sink.wrong_type(&pointer, "Object");
            return None;
        };
        Some(Self {
            members,
            pointer,
            language,
            sink,
        })
    }

    /// The object in this field.
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        Self::new(self.get(name)?, self.pointer.key(name), self.language, self.sink)
    }

    /// Reports fields that are not in the table, or belong to the other query language.
    pub(super) fn allow(&self, fields: &[Field]) {
        for member in self.members {
            unknown::check(self, member, fields);
        }
    }

    /// Reports which of these fields are absent, and says whether none is.
    pub(super) fn require(&self, names: &[&str]) -> bool {
        let absent: Vec<_> = names.iter().copied().filter(|name| self.get(name).is_none()).collect();
        if !absent.is_empty() {
            self.sink.missing(&self.pointer, &absent);
        }
        absent.is_empty()
    }

    /// Reports fields that exclude each other and yet stand together.
    pub(super) fn exclusive(&self, names: &[&str]) {
        let present: Vec<_> = names.iter().copied().filter(|name| self.get(name).is_some()).collect();
        if present.len() > 1 {
            let message = format!(
                "There should only be one of the following fields: [{}]",
                present.join(", ")
            );
            let pointer = self.pointer.key(present[1]);
            self.sink
                .push(Finding::of_field(Kind::ExclusiveFields, &pointer, message));
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        self.members
            .iter()
            .rfind(|member| member.key == name)
            .map(|member| &member.value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A field of any JSON.
    pub(super) fn any(&self, name: &str) -> Option<Value> {
        self.get(name).map(Node::to_value)
    }

    /// A field that holds an object, or in JSONata an expression that gives one.
    pub(super) fn structure(&self, name: &str) -> Option<Value> {
        let node = self.get(name)?;
        let expression = self.language == QueryLanguage::JSONata && node.as_str().is_some();
        if node.as_object().is_none() && !expression {
            self.sink.wrong_type(&self.pointer.key(name), "Object");
            return None;
        }
        Some(node.to_value())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let node = self.get(name)?;
        let text = node.as_str().map(str::to_owned);
        if text.is_none() {
            self.sink.wrong_type(&self.pointer.key(name), "String");
        }
        text
    }

    /// A text that is one of a few.
    pub(super) fn one_of<T: Copy>(&self, name: &str, values: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let value = values.iter().find(|(known, _)| *known == text).map(|(_, value)| *value);
        if value.is_none() {
            let names: Vec<_> = values.iter().map(|(known, _)| *known).collect();
            self.sink.wrong_value(&self.pointer.key(name), name, &names);
        }
        value
    }

    /// A whole number from 0. Its range is the validator's to check.
    pub(super) fn integer(&self, name: &str) -> Option<u64> {
        let number = self.number(name)?;
        let integer = number.as_u64().or_else(|| whole(&number));
        if integer.is_none() {
            let pointer = self.pointer.key(name);
            if number.as_f64().is_some_and(|value| value < 0.0) {
                self.sink
                    .push(Finding::new(Kind::OutOfRange, &pointer, "Minimum value is 0"));
            } else {
                self.sink.wrong_type(&pointer, "Integer");
            }
        }
        integer
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<JsonNumber> {
        let node = self.get(name)?;
        if let Json::Number(number) = &node.json {
            return Some(number.clone());
        }
        self.sink.wrong_type(&self.pointer.key(name), "Number");
        None
    }

    /// A path, or the `null` that discards.
    pub(super) fn path_or_null(&self, name: &str) -> Option<PathOrNull> {
        match &self.get(name)?.json {
            Json::Null => Some(PathOrNull::Null),
            _ => self.text(name).map(PathOrNull::Path),
        }
    }

    /// A number, the expression for it, or its twin whose name ends in `Path`.
    pub(super) fn computed_number(&self, name: &str) -> Option<Number> {
        let twin = format!("{name}Path");
        self.exclusive(&[name, &twin]);
        match self.get(name).map(|node| &node.json) {
            // A `${Name}` that a template engine has yet to fill in is kept as the text it is.
            Some(Json::String(text)) if self.language == QueryLanguage::JSONata || text.starts_with("${") => {
                Some(Number::Jsonata(text.clone()))
            }
            Some(_) => self.number(name).map(Number::Literal),
            None => self.text(&twin).map(Number::Path),
        }
    }

    /// A text, the expression for it, or its twin whose name ends in `Path`.
    pub(super) fn computed_text(&self, name: &str) -> Option<Text> {
        let twin = format!("{name}Path");
        self.exclusive(&[name, &twin]);
        if !self.has(name) {
            return self.text(&twin).map(Text::Path);
        }
        let text = self.text(name)?;
        let expression = self.language == QueryLanguage::JSONata && text.starts_with("{%");
        Some(if expression {
            Text::Jsonata(text)
        } else {
            Text::Literal(text)
        })
    }

    /// What `read` makes of each object of a list; nothing when one of them cannot be read, for then the places of the
    /// others in the list would no longer be those in the text. An absent field is an empty list.
    pub(super) fn each<T>(&self, name: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        self.list(name, |pointer, node| {
            read(&Self::new(node, pointer, self.language, self.sink)?)
        })
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.list(name, |pointer, node| {
            let text = node.as_str().map(str::to_owned);
            if text.is_none() {
                self.sink.wrong_type(&pointer, "String");
            }
            text
        })
    }

    /// Reads every element, so that all findings come up, before one of them spoils the list.
    fn list<T>(&self, name: &str, read: impl Fn(Pointer, &'a Node) -> Option<T>) -> Option<Vec<T>> {
        let Some(node) = self.get(name) else {
            return Some(Vec::new());
        };
        let pointer = self.pointer.key(name);
        let Some(items) = node.as_array() else {
            self.sink.wrong_type(&pointer, "Array");
            return None;
        };
        let elements: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(at, item)| read(pointer.index(at), item))
            .collect();
        elements.into_iter().collect()
    }
}

/// `3.0` is a whole number too.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked before"
)]
fn whole(number: &JsonNumber) -> Option<u64> {
    let value = number.as_f64()?;
    (value.fract() == 0.0 && (0.0..9e15).contains(&value)).then_some(value as u64)
}
