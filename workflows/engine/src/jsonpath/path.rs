//! Paths, compiled and followed.

mod function;
#[cfg(test)]
mod tests;
mod walk;

use std::borrow::Cow;

use asl::path::{Root, Step, segment};
use serde_json::Value;
use serde_json_path::JsonPath;

use self::function::Function;
use self::walk::walk;
use super::{PathError, filter};
use crate::query::Scope;

pub(super) use self::walk::element;

/// A compiled path.
#[derive(Debug)]
pub(crate) struct Path {
    text: Box<str>,
    root: Root,
    /// The steps that lead to one value each.
    steps: Box<[Step]>,
    /// What follows from the first step on that may lead to several values.
    query: Option<Box<JsonPath>>,
    ending: Option<Ending>,
}

/// What is made of that which the steps lead to.
#[derive(Debug)]
enum Ending {
    Function(Function),
    /// `['a','b']`: an object with these members, as far as they are there.
    Members(Box<[String]>),
}

/// What is said of a path into `null`, without the path.
///
/// Source: reports of failed executions; Step Functions Developer Guide, "Handling errors in workflows", `States.Runtime`.
const NOTHING: &str = "Unable to apply Path transformation to null or empty input.";

/// Why a path leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing(pub(crate) String);

impl Missing {
    pub(super) fn is_nothing(&self) -> bool {
        self.0 == NOTHING
    }
}

impl Path {
    /// Compiles a path. The error says what cannot be evaluated here.
    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        Self::of(asl::path::Path::parse(text).ok_or_else(|| format!("'{text}' is not a path"))?)
    }

    /// Compiles a path that is taken apart already.
    pub(super) fn of(parsed: asl::path::Path) -> Result<Self, String> {
        let text = parsed.text;
        let mut steps = parsed.steps;
        let ending = match steps.last() {
            Some(Step::Function(name)) => {
                let missing = || format!("the path '{text}' ends in a function that does not exist: {name}()");
                Some(Ending::Function(Function::named(name).ok_or_else(missing)?))
            }
            Some(Step::Many(several)) => filter::names(several).map(Ending::Members),
            _ => None,
        };
        steps.truncate(steps.len() - usize::from(ending.is_some()));
        let single = |step: &Step| matches!(step, Step::Name(_) | Step::Index(_));
        let reads_root = |step: &Step| matches!(step, Step::Many(text) if filter::reads_root(text));
        let first_many = if steps.iter().any(reads_root) {
            0
        } else {
            steps.iter().position(|step| !single(step)).unwrap_or(steps.len())
        };
        let rest = steps.split_off(first_many);
        let query = (!rest.is_empty()).then(|| compile_query(&text, &rest)).transpose()?;
        Ok(Self {
            text: text.into(),
            root: parsed.root,
            steps: steps.into(),
            query,
            ending,
        })
    }

    /// The path as it is written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is `$`, so that the data can be handed on as it is written.
    pub(crate) fn is_data(&self) -> bool {
        self.root == Root::Data && self.is_root()
    }

    /// The variable that it is as a whole.
    pub(crate) fn variable(&self) -> Option<&str> {
        match &self.root {
            Root::Variable(name) if self.is_root() => Some(name),
            _ => None,
        }
    }

    /// Whether it reads the context object.
    pub(crate) fn sees_context(&self) -> bool {
        self.root == Root::Context
    }

    fn is_root(&self) -> bool {
        self.steps.is_empty() && self.query.is_none() && self.ending.is_none()
    }

    /// The value that the path leads to. One that may lead to several gives their array, also when there are none.
    pub(crate) fn find<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, Missing> {
        let root = match &self.root {
            Root::Data => scope.input,
            Root::Context => scope.context,
            Root::Variable(name) => scope
                .variables
                .get(name)
                .ok_or_else(|| Missing(format!("The variable '${name}' is not defined")))?,
        };
        if root.is_null() && !self.is_root() {
            return Err(Missing(NOTHING.into()));
        }
        let value = walk(root, &self.steps);
        let found = match &self.query {
            // A query finds nothing in what is not there.
            Some(query) => Cow::Owned(value.map_or_else(
                |_| Value::Array(Vec::new()),
                |value| query.query(value).all().into_iter().cloned().collect(),
            )),
            None => Cow::Borrowed(value?),
        };
        match &self.ending {
            Some(Ending::Function(function)) => function.of(&found).map(Cow::Owned),
            Some(Ending::Members(names)) if self.query.is_some() => {
                let each = found.as_array().into_iter().flatten();
                Ok(Cow::Owned(each.filter_map(|value| members(value, names)).collect()))
            }
            Some(Ending::Members(names)) => {
                let found = members(&found, names);
                found
                    .map(Cow::Owned)
                    .ok_or_else(|| Missing(format!("No results for path: {}", self.text)))
            }
            None => Ok(found),
        }
    }

    /// The value, or the error that `InputPath`, `OutputPath` and their like have for none.
    pub(crate) fn select<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, PathError> {
        self.find(scope).map_err(|missing| self.invalid(&missing))
    }

    pub(super) fn invalid(&self, missing: &Missing) -> PathError {
        if missing.is_nothing() {
            return PathError::runtime(NOTHING);
        }
        PathError::runtime(format!("Invalid path '{}' : {}", self.text, missing.0))
    }
}

fn compile_query(text: &str, steps: &[Step]) -> Result<Box<JsonPath>, String> {
    if let Some(Step::Function(name)) = steps.iter().find(|step| matches!(step, Step::Function(_))) {
        return Err(format!("the path '{text}' has a function before its end: {name}()"));
    }
    let query: String = steps.iter().map(segment).map(|text| filter::to_rfc(&text)).collect();
    JsonPath::parse(&format!("${query}"))
        .map(Box::new)
        .map_err(|error| format!("the path '{text}' cannot be evaluated: {}", error.message()))
}

/// An object with these members of another.
fn members(value: &Value, names: &[String]) -> Option<Value> {
    let object = value.as_object()?;
    let found = names
        .iter()
        .filter_map(|name| Some((name.clone(), object.get(name)?.clone())));
    Some(Value::Object(found.collect()))
}
