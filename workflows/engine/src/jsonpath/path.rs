//! Paths, compiled and walked.

use std::borrow::Cow;

use asl::path::{Root, Step, segment};
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::{PathError, filter};
use crate::query::{Scope, type_name};

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

/// A function at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
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
                let known = FUNCTIONS.iter().find(|(known, _)| known == name);
                Some(Ending::Function(known.ok_or_else(missing)?.1))
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

/// Follows steps that lead to one value each.
fn walk<'a>(root: &'a Value, steps: &[Step]) -> Result<&'a Value, Missing> {
    let mut value = root;
    for (taken, step) in steps.iter().enumerate() {
        let next = match (step, value) {
            (Step::Name(name), Value::Object(members)) => members.get(name),
            (Step::Index(index), Value::Array(items)) => element(items, *index),
            _ => return Err(unfit(step, value, &steps[..taken])),
        };
        value = next.ok_or_else(|| missing(step, &steps[..=taken], taken + 1 == steps.len()))?;
    }
    Ok(value)
}

/// The element with this index; negative ones count from the end.
pub(super) fn element(items: &[Value], index: i64) -> Option<&Value> {
    let place = usize::try_from(index.unsigned_abs()).ok()?;
    match index {
        0.. => items.get(place),
        _ => items.get(items.len().checked_sub(place)?),
    }
}

fn written(steps: &[Step]) -> String {
    std::iter::once("$".to_owned())
        .chain(steps.iter().map(segment))
        .collect()
}

fn missing(step: &Step, upto: &[Step], last: bool) -> Missing {
    let upto = written(upto);
    Missing(match step {
        Step::Name(_) if !last => format!("Missing property in path {upto}"),
        _ => format!("No results for path: {upto}"),
    })
}

fn unfit(step: &Step, value: &Value, before: &[Step]) -> Missing {
    let before = written(before);
    Missing(match (step, value) {
        (_, Value::Null) => format!("The path {before} is null"),
        (Step::Name(name), _) => {
            format!(
                "Expected to find an object with property ['{name}'] in path {before} but found '{}'",
                type_name(value)
            )
        }
        _ => format!(
            "Filter: {} can only be applied to arrays. Current context is: {value}",
            segment(step)
        ),
    })
}

impl Function {
    fn of(self, value: &Value) -> Result<Value, Missing> {
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::query::Random;

    fn find(text: &str) -> Result<Value, String> {
        let input = json!({
            "a": { "b": [10, 20, { "c": "x" }], "d e": null }, "a-b": 1, "été": true,
            "books": [{ "price": 5, "title": "A" }, { "price": 15, "title": "B" }, { "title": "C" }],
        });
        let context = json!({ "Execution": { "Name": "n" } });
        let variables = json!({ "v": { "w": [1] }, "n": null });
        let random = Random::new(0);
        let scope = Scope {
            variables: variables.as_object().unwrap(),
            ..Scope::new(&input, &context, Timestamp::UNIX_EPOCH, &random)
        };
        let path = Path::compile(text)?;
        path.find(&scope).map(Cow::into_owned).map_err(|missing| missing.0)
    }

    #[test]
    fn paths_lead_to_values() {
        let cases = [
            ("$.a.b[0]", json!(10)),
            ("$.a.b[-1].c", json!("x")),
            ("$['a']['d e']", json!(null)),
            ("$.a-b", json!(1)),
            ("$.été", json!(true)),
            ("$$.Execution.Name", json!("n")),
            ("$v.w[0]", json!(1)),
            ("$v", json!({ "w": [1] })),
            ("$.a.b[*]", json!([10, 20, { "c": "x" }])),
            ("$.a.b[1:]", json!([20, { "c": "x" }])),
            ("$.a.b[0,1]", json!([10, 20])),
            ("$.a.b[5:]", json!([])),
            ("$..c", json!(["x"])),
            ("$..nothing", json!([])),
            ("$.no.such[*].x", json!([])),
            ("$.books[?(@.price < 10)].title", json!(["A"])),
            ("$.books[?(@.price)].title", json!(["A", "B"])),
            ("$.books[?(@.title == 'C')]", json!([{ "title": "C" }])),
            ("$.books[(@.length-1)].title", json!(["C"])),
            ("$.books[*].price", json!([5, 15])),
            ("$.books.length()", json!(3)),
            ("$.books[*].price.sum()", json!(20.0)),
            ("$.a.keys()", json!(["b", "d e"])),
            ("$.books.size()", json!(3)),
            (
                "$.a['d e',\"b\",'c']",
                json!({ "d e": null, "b": [10, 20, { "c": "x" }] }),
            ),
            (
                "$.books[1:]['title','price']",
                json!([{ "title": "B", "price": 15 }, { "title": "C" }]),
            ),
            ("$.a.b.first()", json!(10)),
            ("$.books[*].price.last()", json!(15)),
            ("$.books[*].price.stddev()", json!(5.0)),
            ("$.books[?(@.title==B)].price", json!([15])),
            ("$.books[?(@.price > $.a-b)].title", json!(["A", "B"])),
            ("$.books[?(@.title =~ /[ab]/i)].price", json!([5, 15])),
            ("$.books[?(@.title in ['B', 'C'])].title", json!(["B", "C"])),
            ("$.books[?(@.title nin ['B', 'C'])].title", json!(["A"])),
        ];
        for (text, expected) in cases {
            assert_eq!(find(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_said_as_aws_says_it() {
        let cases = [
            ("$.no.such", "Missing property in path $['no']"),
            ("$.a.no", "No results for path: $['a']['no']"),
            ("$.a.b[7]", "No results for path: $['a']['b'][7]"),
            ("$.a.b[-4]", "No results for path: $['a']['b'][-4]"),
            (
                "$.a-b.c",
                "Expected to find an object with property ['c'] in path $['a-b'] but found 'number'",
            ),
            ("$.a['d e'].x", "The path $['a']['d e'] is null"),
            ("$w", "The variable '$w' is not defined"),
            ("$n.a", NOTHING),
        ];
        for (text, expected) in cases {
            assert_eq!(find(text), Err(expected.into()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_does_not_compile() {
        for text in ["$.a.nothing()", "$.a.length().b", "$.a[?(@.b size 1)]", "a"] {
            assert!(Path::compile(text).is_err(), "{text}");
        }
    }
}
