//! The data tests of `Choice` rules.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::arrays::same;
use super::{Path, PathError};
use crate::query::Scope;
use crate::wait::instant;

/// A compiled rule.
#[derive(Debug)]
pub(crate) enum Test {
    All(Box<[Test]>),
    Any(Box<[Test]>),
    Not(Box<Test>),
    Compare(Box<Comparison>),
}

#[derive(Debug)]
pub(crate) struct Comparison {
    variable: Path,
    check: Check,
}

#[derive(Debug)]
enum Check {
    /// `IsPresent` and its expected answer.
    Present(bool),
    /// `IsNull`, `IsString` and their like.
    Is(Kind, bool),
    Matches(Box<str>),
    Ordered(Kind, Order, Operand),
}

/// The types that values are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

#[derive(Debug)]
enum Operand {
    Literal(Value),
    Path(Path),
}

/// The kinds by the word in the operators' names.
const KINDS: &[(&str, Kind)] = &[
    ("Null", Kind::Null),
    ("Numeric", Kind::Numeric),
    ("String", Kind::String),
    ("Boolean", Kind::Boolean),
    ("Timestamp", Kind::Timestamp),
];

type Order = fn(Ordering) -> bool;

/// The comparisons by what follows the kind in the operators' names.
const ORDERS: &[(&str, Order)] = &[
    ("Equals", Ordering::is_eq),
    ("LessThan", Ordering::is_lt),
    ("GreaterThan", Ordering::is_gt),
    ("LessThanEquals", Ordering::is_le),
    ("GreaterThanEquals", Ordering::is_ge),
];

impl Test {
    /// Compiles a rule. The error says what cannot be evaluated.
    pub(crate) fn compile(condition: &asl::Condition) -> Result<Self, String> {
        let all = |conditions: &[asl::Condition]| conditions.iter().map(Self::compile).collect::<Result<_, _>>();
        Ok(match condition {
            asl::Condition::And(inner) => Self::All(all(inner)?),
            asl::Condition::Or(inner) => Self::Any(all(inner)?),
            asl::Condition::Not(inner) => Self::Not(Box::new(Self::compile(inner)?)),
            asl::Condition::Compare(comparison) => Self::Compare(Box::new(Comparison {
                variable: Path::compile(&comparison.variable)?,
                check: Check::compile(&comparison.operator, &comparison.value)?,
            })),
            asl::Condition::Jsonata(_) => return Err("a rule in JSONPath has no Condition".into()),
        })
    }

    pub(crate) fn sees_context(&self) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::sees_context),
            Self::Not(inner) => inner.sees_context(),
            Self::Compare(comparison) => {
                let operand = match &comparison.check {
                    Check::Ordered(_, _, Operand::Path(path)) => path.sees_context(),
                    _ => false,
                };
                operand || comparison.variable.sees_context()
            }
        }
    }

    /// Whether the rule holds. `And` and `Or` look no further than they must.
    ///
    /// Source: Amazon States Language, "Choice State", "Data-test expressions".
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Result<bool, PathError> {
        match self {
            Self::All(inner) => {
                for test in inner {
                    if !test.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(inner) => {
                for test in inner {
                    if test.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(inner) => Ok(!inner.holds(scope)?),
            Self::Compare(comparison) => comparison.holds(scope),
        }
    }
}

impl Comparison {
    fn holds(&self, scope: &Scope<'_>) -> Result<bool, PathError> {
        let found = self.variable.find(scope);
        if let Check::Present(expected) = self.check {
            return Ok(found.is_ok() == expected);
        }
        let value = found.map_err(|_| invalid(&self.variable))?;
        Ok(match &self.check {
            Check::Present(_) => false,
            Check::Is(kind, expected) => kind.fits(&value) == *expected,
            Check::Matches(pattern) => value.as_str().is_some_and(|text| matches(text, pattern)),
            Check::Ordered(kind, order, Operand::Literal(operand)) => kind.compare(&value, operand).is_some_and(order),
            Check::Ordered(kind, order, Operand::Path(path)) => {
                let operand = path.find(scope).map_err(|_| invalid(path))?;
                kind.compare(&value, &operand).is_some_and(order)
            }
        })
    }
}

fn invalid(path: &Path) -> PathError {
    PathError::runtime(format!(
        "Invalid path '{}': The choice state's condition path references an invalid value.",
        path.text()
    ))
}

impl Check {
    fn compile(operator: &str, value: &Value) -> Result<Self, String> {
        let unknown = || format!("the operator '{operator}' does not exist");
        let expected = value.as_bool();
        let kind = |name: &str| KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        if operator == "StringMatches" {
            return Ok(Self::Matches(value.as_str().unwrap_or_default().into()));
        }
        if let (Some(name), Some(expected)) = (operator.strip_prefix("Is"), expected) {
            return match name {
                "Present" => Ok(Self::Present(expected)),
                name => kind(name).map(|kind| Self::Is(kind, expected)).ok_or_else(unknown),
            };
        }
        let (name, operand) = match (operator.strip_suffix("Path"), value) {
            (Some(name), Value::String(path)) => (name, Operand::Path(Path::compile(path)?)),
            _ => (operator, Operand::Literal(value.clone())),
        };
        let found = KINDS.iter().find_map(|(word, kind)| {
            let rest = name.strip_prefix(word)?;
            let (_, order) = ORDERS.iter().find(|(known, _)| *known == rest)?;
            Some((*kind, *order))
        });
        let (kind, order) = found.ok_or_else(unknown)?;
        Ok(Self::Ordered(kind, order, operand))
    }
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => time(value).is_some(),
        }
    }

    /// How two values of this kind compare; `None` if one of them is of another kind.
    fn compare(self, left: &Value, right: &Value) -> Option<Ordering> {
        match self {
            Self::Null => None,
            Self::Numeric if !left.is_number() || !right.is_number() => None,
            Self::Numeric if same(left, right) => Some(Ordering::Equal),
            Self::Numeric => match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
            },
            // As Java compares: by UTF-16 code units.
            Self::String => Some(left.as_str()?.encode_utf16().cmp(right.as_str()?.encode_utf16())),
            Self::Boolean => Some(left.as_bool()?.cmp(&right.as_bool()?)),
            Self::Timestamp => Some(time(left)?.cmp(&time(right)?)),
        }
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(instant)
}

/// Whether a text fits a pattern in which `*` stands for any characters; `\*` and `\\` stand for themselves.
fn matches(text: &str, pattern: &str) -> bool {
    let pattern = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last star stood, and up to where it has taken the text.
    let mut star = None;
    while at < text.len() {
        match pattern.get(part) {
            Some(Part::Any) => {
                star = Some((part, at));
                part += 1;
            }
            Some(Part::One(c)) if *c == text[at] => {
                part += 1;
                at += 1;
            }
            _ => match &mut star {
                Some((place, taken)) => {
                    *taken += 1;
                    part = *place + 1;
                    at = *taken;
                }
                None => return false,
            },
        }
    }
    pattern[part..].iter().all(|part| matches!(part, Part::Any))
}

enum Part {
    Any,
    One(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Any,
            '\\' => Part::One(chars.next().unwrap_or('\\')),
            c => Part::One(c),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::query::Random;

    fn holds(condition: &Value, input: &Value) -> Result<bool, String> {
        let text = json!({ "StartAt": "C", "States": {
            "C": { "Type": "Choice", "Choices": [with_next(condition)], "Default": "D" }, "D": { "Type": "Succeed" } } });
        let parsed = asl::parse(&text.to_string()).unwrap_or_else(|findings| panic!("{findings:?}"));
        let asl::StateKind::Choice(choice) = &parsed.machine.states.states["C"].kind else {
            panic!()
        };
        let (context, random) = (json!({}), Random::new(0));
        let scope = Scope::new(input, &context, Timestamp::UNIX_EPOCH, &random);
        Test::compile(&choice.choices[0].condition)
            .unwrap()
            .holds(&scope)
            .map_err(|error| error.text)
    }

    fn with_next(condition: &Value) -> Value {
        let mut rule = condition.clone();
        rule["Next"] = "D".into();
        rule
    }

    #[test]
    fn operators_compare_values_of_their_type() {
        // Operator, its value, and values of the variable that it holds for and does not hold for.
        let cases = [
            ("StringEquals", json!("a"), json!("a"), json!("b")),
            ("StringEquals", json!("1"), json!("1"), json!(1)),
            ("StringLessThan", json!("b"), json!("a"), json!("b")),
            ("StringLessThanEquals", json!("b"), json!("b"), json!("c")),
            ("StringGreaterThan", json!("b"), json!("bb"), json!("B")),
            ("StringGreaterThanEquals", json!("b"), json!("b"), json!("a")),
            ("StringMatches", json!("log-*.txt"), json!("log-.txt"), json!("log.txt")),
            ("StringMatches", json!("*a*b"), json!("xaab"), json!("xaabc")),
            ("StringMatches", json!("a\\*b"), json!("a*b"), json!("axb")),
            ("StringMatches", json!("a\\\\b"), json!("a\\b"), json!("a\\\\b")),
            ("NumericEquals", json!(1), json!(1.0), json!("1")),
            ("NumericLessThan", json!(0.5), json!(-1), json!(0.5)),
            ("NumericLessThanEquals", json!(2), json!(2), json!(2.1)),
            (
                "NumericGreaterThan",
                json!(9_007_199_254_740_992_i64),
                json!(9_007_199_254_740_993_i64),
                json!(0),
            ),
            ("NumericGreaterThanEquals", json!(2), json!(2), json!(null)),
            ("BooleanEquals", json!(true), json!(true), json!("true")),
            (
                "TimestampEquals",
                json!("2020-01-01T00:00:00Z"),
                json!("2020-01-01T01:00:00+01:00"),
                json!("x"),
            ),
            (
                "TimestampLessThan",
                json!("2020-01-01T00:00:00Z"),
                json!("2019-12-31T23:59:59.9Z"),
                json!(1),
            ),
            (
                "TimestampGreaterThan",
                json!("2020-01-01T00:00:00Z"),
                json!("2020-01-01T00:00:01Z"),
                json!("2020-01-01T00:00:00Z"),
            ),
            (
                "TimestampLessThanEquals",
                json!("2020-01-01T00:00:00Z"),
                json!("2020-01-01T00:00:00Z"),
                json!("2021-01-01T00:00:00Z"),
            ),
            (
                "TimestampGreaterThanEquals",
                json!("2020-01-01T00:00:00Z"),
                json!("2020-01-01T00:00:00Z"),
                json!("2019-01-01T00:00:00Z"),
            ),
            ("IsNull", json!(true), json!(null), json!(0)),
            ("IsNumeric", json!(true), json!(0), json!("0")),
            ("IsString", json!(true), json!(""), json!(null)),
            ("IsBoolean", json!(false), json!(0), json!(false)),
            (
                "IsTimestamp",
                json!(true),
                json!("2020-01-01T00:00:00Z"),
                json!("2020-01-01"),
            ),
        ];
        for (operator, value, yes, no) in cases {
            let condition = json!({ "Variable": "$.v", operator: value });
            assert_eq!(
                holds(&condition, &json!({ "v": yes })),
                Ok(true),
                "{operator} {value} {yes}"
            );
            assert_eq!(
                holds(&condition, &json!({ "v": no })),
                Ok(false),
                "{operator} {value} {no}"
            );
        }
    }

    #[test]
    fn operands_can_be_paths() {
        for operator in asl::OPERATORS
            .iter()
            .filter(|operator| operator.operand == asl::Operand::Path)
        {
            let condition = json!({ "Variable": "$.v", operator.name: "$.w" });
            let value = match operator.name {
                name if name.starts_with("Numeric") => json!(1),
                name if name.starts_with("Boolean") => json!(true),
                name if name.starts_with("Timestamp") => json!("2020-01-01T00:00:00Z"),
                _ => json!("a"),
            };
            let equal = operator.name.contains("Equals");
            assert_eq!(
                holds(&condition, &json!({ "v": value, "w": value })),
                Ok(equal),
                "{}",
                operator.name
            );
            let error = holds(&condition, &json!({ "v": value })).unwrap_err();
            assert!(
                error.starts_with("Invalid path '$.w': The choice state's condition path"),
                "{error}"
            );
        }
    }

    #[test]
    fn presence_is_the_only_thing_to_ask_of_what_is_missing() {
        let present = |expected| json!({ "Variable": "$.a.b", "IsPresent": expected });
        assert_eq!(holds(&present(true), &json!({ "a": { "b": null } })), Ok(true));
        assert_eq!(holds(&present(true), &json!({})), Ok(false));
        assert_eq!(holds(&present(false), &json!({})), Ok(true));
        assert!(holds(&json!({ "Variable": "$.a", "IsNull": true }), &json!({})).is_err());
    }

    #[test]
    fn rules_combine_and_look_no_further_than_they_must() {
        let (yes, no) = (
            json!({ "Variable": "$.a", "IsPresent": true }),
            json!({ "Variable": "$.a", "IsPresent": false }),
        );
        let error = json!({ "Variable": "$.b", "IsNull": true });
        for (condition, expected) in [
            (json!({ "And": [yes, yes] }), Ok(true)),
            (json!({ "And": [yes, no, error] }), Ok(false)),
            (json!({ "Or": [no, yes, error] }), Ok(true)),
            (json!({ "Or": [no, no] }), Ok(false)),
            (json!({ "Not": no }), Ok(true)),
            (json!({ "Not": { "And": [yes, { "Not": yes }] } }), Ok(true)),
        ] {
            assert_eq!(holds(&condition, &json!({ "a": 1 })), expected, "{condition}");
        }
        assert!(holds(&json!({ "And": [yes, error] }), &json!({ "a": 1 })).is_err());
    }
}
