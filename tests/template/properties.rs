//! Properties of resources, as promises look at them.

use serde_json::Value;

/// What a property must be.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    Something,
    /// Its text, or the text of a number or boolean.
    Is(&'static str),
}

/// Faults of properties below `/`.
pub(crate) fn held(template: &Value, wanted: &[(&str, Wanted)]) -> Vec<String> {
    let faults = wanted.iter().filter_map(|(path, wanted)| {
        let found = template.pointer(&format!("/{path}"));
        let good = match (found, wanted) {
            (Some(_), Wanted::Something) => true,
            (Some(found), Wanted::Is(text)) => plain(found) == *text,
            (None, _) => false,
        };
        (!good).then(|| format!("{path} is {}", found.map_or("missing".to_owned(), ToString::to_string)))
    });
    faults.collect()
}

pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names of the resources of a type.
pub(crate) fn names(template: &Value, kind: &str) -> Vec<String> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(name, _)| name.clone()).collect()
}

/// Pointers to properties of every resource of a type.
pub(crate) fn each(template: &Value, kind: &str, properties: &[&str]) -> Vec<String> {
    let pointers = names(template, kind).into_iter().flat_map(|name| {
        properties
            .iter()
            .map(move |property| format!("/Resources/{name}/Properties/{property}"))
    });
    pointers.collect()
}

/// Faults of properties of every resource of a type, of which there must be one.
pub(crate) fn every(template: &Value, kind: &str, wanted: &[(&str, Wanted)]) -> Vec<String> {
    let names = names(template, kind);
    if names.is_empty() {
        return vec![format!("there is no {kind}")];
    }
    let faults = names.iter().flat_map(|name| {
        let wanted: Vec<(String, Wanted)> = wanted
            .iter()
            .map(|(path, wanted)| (format!("Resources/{name}/Properties/{path}"), *wanted))
            .collect();
        let wanted: Vec<(&str, Wanted)> = wanted.iter().map(|(path, wanted)| (path.as_str(), *wanted)).collect();
        held(template, &wanted)
    });
    faults.collect()
}

/// Takes something away; `false` if it is not there.
pub(crate) fn remove(template: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return false;
    };
    match template.pointer_mut(parent) {
        Some(Value::Object(object)) => object.shift_remove(last).is_some(),
        Some(Value::Array(array)) => last.parse().is_ok_and(|place: usize| {
            let there = place < array.len();
            if there {
                array.remove(place);
            }
            there
        }),
        _ => false,
    }
}

pub(crate) fn statements(role: &Value) -> impl Iterator<Item = &Value> {
    let policies = role["Properties"]["Policies"].as_array().into_iter().flatten();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten())
}

pub(crate) fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let text = |entry: &Value| plain(entry.get("Fn::Sub").unwrap_or(entry));
    list.iter().map(text).collect()
}
