//! Which resources a release adds, removes, changes and replaces, property by property.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::replacement::{replaces, unchangeable};
use super::shown;

/// The resources that differ, the gravest first.
pub(super) fn lines(before: &Value, after: &Value) -> String {
    let (one, two) = (resources(before), resources(after));
    let changed: BTreeMap<&str, Vec<Difference>> = two
        .iter()
        .filter_map(|(name, new)| Some((*name, differences(one.get(name)?, new))))
        .filter(|(_, differences)| !differences.is_empty())
        .collect();
    let replaced = replaced(&two, &changed);
    let mut lists: [Vec<String>; 4] = Default::default();
    let [new_ones, gone, replacements, in_place] = &mut lists;
    for (name, resource) in &two {
        let kind = kind(resource);
        match (one.get(name), replaced.get(name)) {
            (None, _) => new_ones.push(format!("- `{name}` ({kind})")),
            (Some(old), Some(why)) => {
                let mut line = format!(
                    "- `{name}` ({kind}), because of {why}: {}",
                    fate(old, "UpdateReplacePolicy")
                );
                listed(&mut line, changed.get(name));
                replacements.push(line);
            }
            (Some(_), None) => {
                let mut line = format!("- `{name}` ({kind})");
                listed(&mut line, changed.get(name));
                if changed.contains_key(name) {
                    in_place.push(line);
                }
            }
        }
    }
    for (name, resource) in one.iter().filter(|(name, _)| !two.contains_key(*name)) {
        gone.push(format!(
            "- `{name}` ({}): {}",
            kind(resource),
            fate(resource, "DeletionPolicy")
        ));
    }
    let mut text = String::new();
    for (title, lines) in [
        ("Replaced: a new one is made, then the old one goes", &lists[2]),
        ("Removed", &lists[1]),
        ("Added", &lists[0]),
        ("Changed in place", &lists[3]),
    ] {
        if !lines.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(text, "### {title}\n\n{}\n\n", lines.join("\n"));
        }
    }
    text
}

fn resources(template: &Value) -> BTreeMap<&str, &Value> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.map(|(name, resource)| (name.as_str(), resource)).collect()
}

fn kind(resource: &Value) -> &str {
    resource["Type"].as_str().unwrap_or("?")
}

/// What becomes of the old one.
fn fate(resource: &Value, policy: &str) -> String {
    match resource[policy].as_str() {
        Some("Retain") => format!("it stays in the account with all that it holds ({policy})"),
        _ => "it is deleted with all that it holds".to_owned(),
    }
}

fn listed(line: &mut String, differences: Option<&Vec<Difference>>) {
    for difference in differences.into_iter().flatten() {
        let Difference { path, before, after } = difference;
        let _ = write!(line, "\n  - {path}: `{before}` becomes `{after}`");
    }
}

/// A property that differs, by its path.
struct Difference {
    path: String,
    before: String,
    after: String,
}

/// `Metadata` changes nothing of a resource, and what a role allows is told as permissions.
fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    collect(String::new(), before, after, &mut found);
    found.retain(|difference| {
        let of_role = kind(after) == "AWS::IAM::Role" && difference.path.starts_with("Policies");
        !of_role && !difference.path.starts_with("Metadata")
    });
    found
}

fn collect(path: String, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let below = |name: &str| match path.as_str() {
        "" | "Properties" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match (before, after) {
        // A function of CloudFormation is one value.
        (Value::Object(one), Value::Object(two)) if !is_function(before) && !is_function(after) => {
            let names: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for name in names {
                let of = |side| Value::get(side, name).unwrap_or(&Value::Null);
                collect(below(name), of(before), of(after), found);
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (place, (one, two)) in one.iter().zip(two).enumerate() {
                collect(below(&place.to_string()), one, two, found);
            }
        }
        _ => found.push(Difference {
            path,
            before: shown(before),
            after: shown(after),
        }),
    }
}

fn is_function(value: &Value) -> bool {
    let object = value.as_object().filter(|object| object.len() == 1);
    object.is_some_and(|object| object.keys().all(|name| name == "Ref" || name.starts_with("Fn::")))
}

/// Those that are replaced, each with the reason: a property that cannot change, or one that names another such resource.
fn replaced<'a>(
    resources: &BTreeMap<&'a str, &Value>,
    changed: &BTreeMap<&'a str, Vec<Difference>>,
) -> BTreeMap<&'a str, String> {
    let mut replaced = BTreeMap::new();
    for (name, differences) in changed {
        let paths: Vec<&str> = differences.iter().map(|difference| difference.path.as_str()).collect();
        let resource = resources[name];
        let retyped = paths.contains(&"Type").then(|| "its type".to_owned());
        let own = replaces(kind(resource), &paths).map(|replacement| {
            let fixed = paths.iter().filter(|path| replaces(kind(resource), &[path]).is_some());
            let why = fixed.map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            let refused = "; CloudFormation refuses that while its name is the same: rename it in this release";
            why + if replacement.refused && has_name(resource) {
                refused
            } else {
                ""
            }
        });
        replaced.extend(retyped.or(own).map(|why| (*name, why)));
    }
    // Each pass reaches a resource further along a chain, so that there are no more passes than resources.
    for _ in 0..resources.len() {
        let more: Vec<(&str, String)> = resources
            .iter()
            .filter(|(name, _)| !replaced.contains_key(*name))
            .filter_map(|(name, resource)| {
                let cause = replaced
                    .keys()
                    .find(|cause| unchangeable(resource).any(|value| names(value, cause)))?;
                Some((*name, format!("`{cause}`, which is replaced")))
            })
            .collect();
        if more.is_empty() {
            break;
        }
        replaced.extend(more);
    }
    replaced
}

fn has_name(resource: &Value) -> bool {
    let fixed = super::REPLACED.iter().find(|fixed| fixed.kind == kind(resource));
    fixed
        .and_then(|fixed| fixed.name)
        .is_some_and(|name| resource["Properties"].get(name).is_some())
}

/// Whether a value names a resource.
fn names(value: &Value, resource: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, member)| match (key.as_str(), member) {
            ("Ref", Value::String(name)) => {
                name == resource || name.strip_prefix(resource).is_some_and(|rest| rest.starts_with('.'))
            }
            ("Fn::GetAtt", Value::Array(path)) => path.first().is_some_and(|name| name == resource),
            ("Fn::Sub", Value::String(text)) => {
                text.contains(&format!("${{{resource}}}")) || text.contains(&format!("${{{resource}."))
            }
            (_, member) => names(member, resource),
        }),
        Value::Array(items) => items.iter().any(|item| names(item, resource)),
        _ => false,
    }
}
