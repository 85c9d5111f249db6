//! Which states a change adds, removes and changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::section;

pub(super) fn states(page: &mut String, one: &str, two: &str) {
    let (one, two) = (all_states(one), all_states(two));
    let mut lines = Vec::new();
    for (name, state) in &two {
        match one.get(name) {
            None => lines.push(format!("- added `{name}` ({})", state["Type"].as_str().unwrap_or("?"))),
            Some(before) if before != state => lines.push(format!("- changed `{name}`: {}", fields(before, state))),
            Some(_) => {}
        }
    }
    lines.extend(
        one.keys()
            .filter(|name| !two.contains_key(*name))
            .map(|name| format!("- removed `{name}`")),
    );
    section(page, "States", &lines);
}

/// The states of all levels by name, each without those inside it.
fn all_states(definition: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect(&serde_json::from_str(definition).unwrap_or_default(), &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                if let (true, Value::Object(states)) = (key == "States", inner) {
                    let own = |state: &Value| {
                        let mut state = state.clone();
                        if let Some(members) = state.as_object_mut() {
                            members.retain(|key, _| !matches!(key.as_str(), "Branches" | "ItemProcessor" | "Iterator"));
                        }
                        state
                    };
                    found.extend(states.iter().map(|(name, state)| (name.clone(), own(state))));
                }
                collect(inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// The names of the fields in which two states differ.
fn fields(one: &Value, two: &Value) -> String {
    let keys = |value: &Value| {
        value
            .as_object()
            .map(|members| members.keys().cloned().collect::<BTreeSet<_>>())
            .unwrap_or_default()
    };
    let differ: Vec<_> = keys(one)
        .union(&keys(two))
        .filter(|key| one.get(*key) != two.get(*key))
        .map(|key| format!("`{key}`"))
        .collect();
    differ.join(", ")
}
