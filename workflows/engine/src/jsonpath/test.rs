//! The data tests of `Choice` rules.

mod kind;
mod pattern;
#[cfg(test)]
mod tests;

use serde_json::Value;

use self::kind::{Kind, Order};
use super::{Path, PathError};
use crate::query::Scope;

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

#[derive(Debug)]
enum Operand {
    Literal(Value),
    Path(Path),
}

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
            Check::Matches(pattern) => value.as_str().is_some_and(|text| pattern::matches(text, pattern)),
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
        if operator == "StringMatches" {
            return Ok(Self::Matches(value.as_str().unwrap_or_default().into()));
        }
        if let (Some(name), Some(expected)) = (operator.strip_prefix("Is"), expected) {
            return match name {
                "Present" => Ok(Self::Present(expected)),
                name => Kind::named(name)
                    .map(|kind| Self::Is(kind, expected))
                    .ok_or_else(unknown),
            };
        }
        let (name, operand) = match (operator.strip_suffix("Path"), value) {
            (Some(name), Value::String(path)) => (name, Operand::Path(Path::compile(path)?)),
            _ => (operator, Operand::Literal(value.clone())),
        };
        let (kind, order) = kind::comparison(name).ok_or_else(unknown)?;
        Ok(Self::Ordered(kind, order, operand))
    }
}
