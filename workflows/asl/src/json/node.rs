//! The tree that the reader builds.

use std::ops::Range;

use serde_json::{Map, Number, Value};

/// A value and the bytes it was written with.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) json: Json,
}

/// A JSON value of [`Node`]s.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A member of an object. Equal keys may occur.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node,
}

impl Node {
    /// The value without places. Of equal keys the last one stays.
    pub(crate) fn to_value(&self) -> Value {
        match &self.json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => items.iter().map(Node::to_value).collect(),
            Json::Object(members) => Value::Object(members.iter().map(Member::to_entry).collect::<Map<_, _>>()),
        }
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.json {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list.
    pub(crate) fn as_array(&self) -> Option<&[Node]> {
        match &self.json {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub(crate) fn as_object(&self) -> Option<&[Member]> {
        match &self.json {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }
}

impl Member {
    fn to_entry(&self) -> (String, Value) {
        (self.key.clone(), self.value.to_value())
    }
}
