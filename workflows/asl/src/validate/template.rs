//! Payload templates (JSONPath): keys that end in `.$` hold paths or intrinsic function calls.

use serde_json::{Map, Value};

use super::{Partial, payload};
use crate::intrinsic::Call;
use crate::path::Path;
use crate::{Finding, Kind, Pointer, QueryLanguage};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if visit.language == QueryLanguage::JSONPath {
            for (pointer, value) in payload::of(&visit) {
                template(value, &pointer, out);
            }
        }
    }
}

fn template(value: &Value, pointer: &Pointer, out: &mut Vec<Finding>) {
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(key, value)| member(members, key, value, pointer, out));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| template(item, &pointer.index(index), out));
        }
        _ => {}
    }
}

fn member(members: &Map<String, Value>, key: &str, value: &Value, parent: &Pointer, out: &mut Vec<Finding>) {
    let pointer = parent.key(key);
    let Some(name) = key.strip_suffix(".$") else {
        if value.as_str().is_some_and(looks_computed) {
            let message = format!("The value for the field '{key}' looks like a path, but it is taken literally");
            out.push(Finding::new(Kind::NoDollar, &pointer, message).help(format!("name the field `{key}.$`")));
        }
        return template(value, &pointer, out);
    };
    if members.contains_key(name) {
        let message = format!("The fields '{name}' and '{key}' give the same field of the result");
        out.push(Finding::of_field(Kind::Template, &pointer, message).help("drop one of them"));
    }
    if !value.as_str().is_some_and(is_computed) {
        let message =
            format!("The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call");
        out.push(Finding::of_field(Kind::Template, &pointer, message).help(format!("for a literal, name it `{name}`")));
    }
}

fn is_computed(text: &str) -> bool {
    Path::parse(text).is_some() || Call::parse(text).is_some()
}

/// A lone `$` or a price is nobody's path.
fn looks_computed(text: &str) -> bool {
    (text.starts_with("$.") || text.starts_with("$$.") || text.starts_with("States.")) && is_computed(text)
}
