//! Plain paths, which most expressions are, answered without an evaluator.

use jsonata_core::ast::AstNode;
use serde_json::Value;

use super::Scope;
use super::references::is_plain;

/// `$states.input`, `$states.input.a.b`, `$x`, `$x.y.z`.
#[derive(Debug)]
pub(super) struct Path {
    root: Root,
    fields: Vec<String>,
}

#[derive(Debug)]
enum Root {
    /// A field of `$states`.
    States(String),
    /// A workflow variable.
    Variable(String),
}

/// What a plain path leads to.
pub(super) enum Found<'a> {
    /// A value.
    Value(&'a Value),
    /// Undefined.
    Nothing,
    /// An array before the path's end: there it maps, and JSONata's own rules apply.
    Array,
}

impl<'a> Found<'a> {
    /// The value, if there is one.
    pub(super) fn value(self) -> Option<&'a Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Array => None,
        }
    }
}

impl Path {
    /// The expression as a plain path, if it is one.
    pub(super) fn of(ast: &AstNode) -> Option<Self> {
        if let AstNode::Variable(name) = ast {
            return (!name.is_empty() && name != "states").then(|| Self::variable(name, Vec::new()));
        }
        let AstNode::Path { steps } = ast else { return None };
        let (first, rest) = steps.split_first()?;
        let AstNode::Variable(name) = &first.node else {
            return None;
        };
        if name.is_empty() || !steps.iter().all(is_plain) {
            return None;
        }
        let mut fields = rest.iter().map(|step| match &step.node {
            AstNode::Name(name) => Some(name.clone()),
            _ => None,
        });
        if name == "states" {
            return Some(Self {
                root: Root::States(fields.next()??),
                fields: fields.collect::<Option<_>>()?,
            });
        }
        Some(Self::variable(name, fields.collect::<Option<_>>()?))
    }

    fn variable(name: &str, fields: Vec<String>) -> Self {
        Self {
            root: Root::Variable(name.to_owned()),
            fields,
        }
    }

    /// What the path leads to.
    ///
    /// The array at a path's end stays as it is, also with one item or none: a path collapses only what it collects.
    pub(super) fn find<'a>(&self, scope: &Scope<'a>) -> Found<'a> {
        let root = match &self.root {
            Root::States(field) => scope.states(field),
            Root::Variable(name) => scope.variables.get(name),
        };
        let Some(mut value) = root else { return Found::Nothing };
        for field in &self.fields {
            match value {
                Value::Array(_) => return Found::Array,
                Value::Object(object) => match object.get(field) {
                    Some(next) => value = next,
                    None => return Found::Nothing,
                },
                _ => return Found::Nothing,
            }
        }
        Found::Value(value)
    }
}
