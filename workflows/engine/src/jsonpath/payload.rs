//! Payload templates.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::call::Call;
use super::path::Missing;
use super::{Path, PathError};
use crate::query::Scope;

/// A field of a state, compiled: a payload template, a path, or a literal.
#[derive(Debug)]
pub(crate) struct Payload {
    /// The name of the field, for example `SecondsPath`.
    pub(crate) field: Box<str>,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) enum Node {
    Literal(Value),
    /// A path, and the member of the template that it stands in, with its `.$`.
    Path(Path, Option<Box<str>>),
    Call(Box<Call>),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

impl Payload {
    /// Compiles a template. The error says what cannot be evaluated, after the pointer to it inside of the template.
    ///
    /// Source: Amazon States Language, "Payload Template".
    pub(crate) fn template(value: &Value, field: &str) -> Result<Self, (String, String)> {
        Ok(Self {
            field: field.into(),
            node: Node::compile(value, "")?,
        })
    }

    /// A value that is taken as it is.
    pub(crate) fn literal(value: Value, field: &str) -> Self {
        Self {
            field: field.into(),
            node: Node::Literal(value),
        }
    }

    /// A field whose text is a path or a call.
    pub(crate) fn computed(text: &str, field: &str) -> Result<Self, (String, String)> {
        Ok(Self {
            field: field.into(),
            node: Node::computed(text, None).map_err(|what| (String::new(), what))?,
        })
    }

    pub(crate) fn sees_context(&self) -> bool {
        self.node.sees_context()
    }

    /// The value, where nothing computes.
    pub(crate) fn constant(&self) -> Option<&Value> {
        match &self.node {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The path, where the field is nothing else.
    pub(crate) fn whole_path(&self) -> Option<&Path> {
        match &self.node {
            Node::Path(path, _) => Some(path),
            _ => None,
        }
    }

    /// The path that the field is as a whole, as it is written.
    pub(crate) fn path(&self) -> &str {
        match &self.node {
            Node::Path(path, _) => path.text(),
            Node::Call(call) => call.text(),
            _ => "",
        }
    }

    pub(crate) fn evaluate<'a>(&'a self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, PathError> {
        match &self.node {
            // A field that is a path says itself what it misses.
            Node::Path(path, None) => path.find(scope).map_err(|missing| self.missing(path, &missing)),
            node => node.evaluate(scope),
        }
    }

    /// The fields whose texts are known say that they reference nothing; the others as `InputPath` does.
    fn missing(&self, path: &Path, missing: &Missing) -> PathError {
        let (field, text) = (&self.field, path.text());
        match &**field {
            "SecondsPath" | "TimestampPath" | "TimeoutSecondsPath" | "HeartbeatSecondsPath" => PathError::runtime(
                format!("The {field} parameter does not reference an input value: {text}"),
            ),
            _ => path.invalid(missing),
        }
    }
}

impl Node {
    fn compile(value: &Value, at: &str) -> Result<Self, (String, String)> {
        let node = match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(key, value)| Self::member(key, value, at))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Array(items) => Self::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| Self::compile(item, &format!("{at}/{index}")))
                    .collect::<Result<_, _>>()?,
            ),
            literal => Self::Literal(literal.clone()),
        };
        Ok(if node.is_literal() {
            Self::Literal(value.clone())
        } else {
            node
        })
    }

    fn member(key: &str, value: &Value, at: &str) -> Result<(String, Self), (String, String)> {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match (key.strip_suffix(".$"), value) {
            (Some(name), Value::String(text)) => {
                let node = Self::computed(text, Some(key)).map_err(|what| (at, what))?;
                Ok((name.to_owned(), node))
            }
            (Some(_), _) => Err((at, format!("The value of '{key}' must be a path or a call"))),
            (None, value) => Ok((key.to_owned(), Self::compile(value, &at)?)),
        }
    }

    fn computed(text: &str, key: Option<&str>) -> Result<Self, String> {
        if let Some(call) = asl::intrinsic::Call::parse(text) {
            return Call::compile(call).map(|call| Self::Call(Box::new(call)));
        }
        Path::compile(text).map(|path| Self::Path(path, key.map(Into::into)))
    }

    /// Whether no child computes. Children are compiled before their parent, so one level is enough; a member `a.$` that
    /// was given its name is no literal.
    fn is_literal(&self) -> bool {
        let literal = |node: &Self| matches!(node, Self::Literal(_));
        match self {
            Self::Literal(_) => true,
            Self::Path(..) | Self::Call(_) => false,
            Self::Object(members) => members.iter().all(|(_, node)| literal(node)),
            Self::Array(items) => items.iter().all(literal),
        }
    }

    fn sees_context(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Path(path, _) => path.sees_context(),
            Self::Call(call) => call.sees_context(),
            Self::Object(members) => members.iter().any(|(_, node)| node.sees_context()),
            Self::Array(items) => items.iter().any(Self::sees_context),
        }
    }

    fn evaluate<'a>(&'a self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, PathError> {
        Ok(match self {
            Self::Literal(value) => Cow::Borrowed(value),
            Self::Path(path, field) => path
                .find(scope)
                .map_err(|missing| not_found(path, field.as_deref(), scope, &missing))?,
            Self::Call(call) => Cow::Owned(call.evaluate(scope)?),
            Self::Array(items) => Cow::Owned(
                items
                    .iter()
                    .map(|item| item.evaluate(scope).map(Cow::into_owned))
                    .collect::<Result<_, _>>()?,
            ),
            Self::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, node) in members {
                    object.insert(name.clone(), node.evaluate(scope)?.into_owned());
                }
                Cow::Owned(Value::Object(object))
            }
        })
    }
}

fn not_found(path: &Path, field: Option<&str>, scope: &Scope<'_>, missing: &Missing) -> PathError {
    if missing.is_nothing() {
        return path.invalid(missing);
    }
    let field = field.unwrap_or_default();
    PathError::runtime(format!(
        "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
        path.text(),
        scope.input
    ))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::query::Random;

    fn evaluate(template: &Value, input: &Value) -> Result<Value, String> {
        let (context, random) = (json!({ "Task": { "Token": "t" } }), Random::new(0));
        let scope = Scope::new(input, &context, Timestamp::UNIX_EPOCH, &random);
        let payload = Payload::template(template, "Parameters").map_err(|(at, what)| format!("{at}: {what}"))?;
        payload
            .evaluate(&scope)
            .map(Cow::into_owned)
            .map_err(|error| error.text)
    }

    #[test]
    fn only_members_that_end_in_dollar_compute() {
        let template = json!({
            "a.$": "$.x", "b": "$.x", "c": [{ "d.$": "$$.Task.Token" }, "$.x", 1],
            "e": { "f.$": "States.Format('{}!', $.x)" }, "g.$": "$",
        });
        let expected = json!({
            "a": 7, "b": "$.x", "c": [{ "d": "t" }, "$.x", 1], "e": { "f": "7!" }, "g": { "x": 7 },
        });
        assert_eq!(evaluate(&template, &json!({ "x": 7 })), Ok(expected));
    }

    #[test]
    fn a_path_that_leads_nowhere_names_field_and_input() {
        assert_eq!(
            evaluate(&json!({ "JobName.$": "$.JobName" }), &json!({})),
            Err(
                "The JSONPath '$.JobName' specified for the field 'JobName.$' could not be found in the input '{}'"
                    .into()
            )
        );
    }

    #[test]
    fn what_is_no_path_does_not_compile() {
        assert!(
            evaluate(&json!({ "a": [{ "b.$": 1 }] }), &json!({}))
                .unwrap_err()
                .starts_with("/a/0/b.$: ")
        );
    }
}
