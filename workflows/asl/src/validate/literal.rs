//! Literals that look like something else: warnings.

use serde_json::Value;

use super::Partial;
use crate::path::Path;
use crate::{Finding, Kind, Pointer, QueryLanguage, StateKind, Text, Visit};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if visit.language == QueryLanguage::JSONPath {
            result(&visit, out);
            texts(&visit, out);
        }
    }
}

fn result(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    if let StateKind::Pass(pass) = &visit.state.kind
        && let Some(result) = &pass.result
    {
        search(result, &visit.pointer.key("Result"), out);
    }
}

fn search(value: &Value, pointer: &Pointer, out: &mut Vec<Finding>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let pointer = pointer.key(key);
                if key.ends_with(".$") {
                    let message = format!("The field '{key}' of Result is taken literally");
                    out.push(Finding::new(Kind::StaticResult, &pointer, message).help("use `Parameters`"));
                }
                search(value, &pointer, out);
            }
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| search(item, &pointer.index(index), out));
        }
        _ => {}
    }
}

/// `Error` and `Cause` with a path, whose twins were meant.
fn texts(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    let StateKind::Fail(fail) = &visit.state.kind else {
        return;
    };
    for (name, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
        if let Some(Text::Literal(text)) = text
            && (text.starts_with("$.") || text.starts_with("$$."))
            && Path::parse(text).is_some()
        {
            let message = format!("The value of '{name}' looks like a path, but it is taken literally");
            out.push(Finding::new(Kind::NoPath, &visit.pointer.key(name), message).help(format!("use `{name}Path`")));
        }
    }
}
