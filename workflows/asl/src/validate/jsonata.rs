//! Where `{% %}` stands. What is between the marks is the engine's to read.
//!
//! Source: AWS developer guide, "Transforming data with JSONata": a text that is opened or closed improperly is refused.

use serde_json::Value;

use super::{Partial, payload};
use crate::{Condition, Finding, Kind, Pointer, QueryLanguage, StateKind, Text, Visit, WaitFor};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if visit.language == QueryLanguage::JSONata {
            for (pointer, value) in payload::of(&visit) {
                marks(value, &pointer, out);
            }
            texts(&visit, out);
            conditions(&visit, out);
        }
    }
}

/// Whether the whole text is an expression.
pub(super) fn is_expression(text: &str) -> bool {
    text.len() >= 4 && text.starts_with("{%") && text.ends_with("%}")
}

fn marks(value: &Value, pointer: &Pointer, out: &mut Vec<Finding>) {
    match value {
        Value::String(text) => out.extend(half_open(text, pointer)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| marks(item, &pointer.index(index), out));
        }
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| marks(value, &pointer.key(key), out)),
        _ => {}
    }
}

fn half_open(text: &str, pointer: &Pointer) -> Option<Finding> {
    let message = match (text.starts_with("{%"), text.ends_with("%}")) {
        (true, false) => "A JSONata expression is opened with '{%' but not closed with '%}'",
        (false, true) => "A JSONata expression is closed with '%}' but not opened with '{%'",
        (true, true) if !is_expression(text) => "A JSONata expression needs both '{%' and '%}'",
        _ => return None,
    };
    Some(Finding::new(Kind::Jsonata, pointer, message).help("the marks are the first and the last of the text"))
}

/// `Error`, `Cause` and `Timestamp`.
fn texts(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    let fields: Vec<(&str, &Option<Text>)> = match &visit.state.kind {
        StateKind::Fail(fail) => vec![("Error", &fail.error), ("Cause", &fail.cause)],
        StateKind::Wait(wait) => match &wait.until {
            WaitFor::Timestamp(Text::Jsonata(text) | Text::Literal(text)) => {
                out.extend(half_open(text, &visit.pointer.key("Timestamp")));
                return;
            }
            _ => return,
        },
        _ => return,
    };
    for (name, text) in fields {
        if let Some(Text::Jsonata(text) | Text::Literal(text)) = text {
            out.extend(half_open(text, &visit.pointer.key(name)));
        }
    }
}

fn conditions(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    let StateKind::Choice(choice) = &visit.state.kind else {
        return;
    };
    for (index, rule) in choice.choices.iter().enumerate() {
        if let Condition::Jsonata(Value::String(text)) = &rule.condition
            && !is_expression(text)
        {
            let pointer = visit.pointer.key("Choices").index(index).key("Condition");
            let message = "A condition is true, false, or a JSONata expression between '{%' and '%}'";
            out.push(Finding::new(Kind::Jsonata, &pointer, message));
        }
    }
}
