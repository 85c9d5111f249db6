//! Comparisons of a `Choice` (JSONPath).

use serde_json::Value;

use super::{Partial, paths, timestamp};
use crate::{Comparison, Condition, Finding, Kind, Operand, Pointer, StateKind, operator};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        let StateKind::Choice(choice) = &visit.state.kind else {
            continue;
        };
        let at = visit.pointer.key("Choices");
        if choice.choices.is_empty() {
            out.push(Finding::new(Kind::Empty, &at, "Value cannot be empty"));
        }
        choice
            .choices
            .iter()
            .enumerate()
            .for_each(|(index, rule)| condition(&rule.condition, &at.index(index), out));
    }
}

fn condition(condition: &Condition, at: &Pointer, out: &mut Vec<Finding>) {
    match condition {
        Condition::Jsonata(_) => {}
        Condition::And(inner) => all(inner, &at.key("And"), out),
        Condition::Or(inner) => all(inner, &at.key("Or"), out),
        Condition::Not(inner) => self::condition(inner, &at.key("Not"), out),
        Condition::Compare(comparison) => compare(comparison, at, out),
    }
}

fn all(conditions: &[Condition], at: &Pointer, out: &mut Vec<Finding>) {
    if conditions.is_empty() {
        out.push(Finding::new(Kind::Empty, at, "Value cannot be empty"));
    }
    conditions
        .iter()
        .enumerate()
        .for_each(|(index, inner)| condition(inner, &at.index(index), out));
}

fn compare(comparison: &Comparison, at: &Pointer, out: &mut Vec<Finding>) {
    paths::any(&comparison.variable, &at.key("Variable"), out);
    let pointer = at.key(&comparison.operator);
    let Some(operator) = operator(&comparison.operator) else {
        let message = format!("Field '{}' is not supported", comparison.operator);
        return out.push(Finding::of_field(Kind::UnsupportedField, &pointer, message));
    };
    let expected = match (operator.operand, &comparison.value) {
        (Operand::String, Value::String(_))
        | (Operand::Numeric, Value::Number(_))
        | (Operand::Boolean, Value::Bool(_)) => {
            return;
        }
        (Operand::Path, Value::String(path)) => return paths::any(path, &pointer, out),
        (Operand::Timestamp, Value::String(text)) => {
            if !timestamp::is_timestamp(text) {
                out.push(Finding::new(
                    Kind::Timestamp,
                    &pointer,
                    "String does not match RFC3339 timestamp",
                ));
            }
            return;
        }
        (Operand::String | Operand::Path | Operand::Timestamp, _) => "String",
        (Operand::Numeric, _) => "Number",
        (Operand::Boolean, _) => "Boolean",
    };
    out.push(Finding::new(
        Kind::WrongType,
        &pointer,
        format!("Expected value of type {expected}"),
    ));
}
