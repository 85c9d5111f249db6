//! What a change of workflows means for who reviews it, as Markdown for a pull request.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use dataflow::{Knowledge, Shape, analyse, misfits};
use serde_json::Value;

use crate::{Contracts, Files};

/// The files of one workflow that a reviewer asks about.
struct Side<'a> {
    definition: Option<&'a str>,
    input: Value,
    policy: Value,
    report: Value,
}

/// The change between two sets of generated files, in Markdown. `contracts` are today's.
pub fn diff(before: &Files, after: &Files, contracts: &Contracts) -> String {
    let names: BTreeSet<&str> = before
        .keys()
        .chain(after.keys())
        .filter_map(|path| workflow(path))
        .collect();
    let mut page = String::new();
    for name in names {
        let (old, new) = (Side::of(before, name), Side::of(after, name));
        match (old.definition, new.definition) {
            (None, Some(_)) => added(&mut page, name, &new),
            (Some(_), None) => {
                let _ = writeln!(
                    page,
                    "## {name}: removed\n\nExecutions in flight go on with the definition they started with.\n"
                );
            }
            (Some(one), Some(two)) if one != two || old.policy != new.policy || old.input != new.input => {
                let _ = writeln!(page, "## {name}\n");
                figures(&mut page, &old.report, &new.report);
                states(&mut page, one, two);
                permissions(&mut page, &old.policy, &new.policy);
                inputs(&mut page, &old.input, &new.input);
                in_flight(&mut page, one, &old.input, contracts);
            }
            _ => {}
        }
    }
    if page.is_empty() {
        return "No workflow changes.\n".to_owned();
    }
    page.trim_end().to_owned() + "\n"
}

fn workflow(path: &Path) -> Option<&str> {
    path.parent()?.to_str().filter(|name| !name.is_empty())
}

impl<'a> Side<'a> {
    fn of(files: &'a Files, name: &str) -> Self {
        let text = |file: &str| files.get(&Path::new(name).join(file)).map(String::as_str);
        let json = |file: &str| {
            text(file)
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default()
        };
        Self {
            definition: text("definition.asl.json"),
            input: json("input.schema.json"),
            policy: json("policy.json"),
            report: json("report.json"),
        }
    }
}

fn added(page: &mut String, name: &str, new: &Side<'_>) {
    let _ = writeln!(page, "## {name}: new\n");
    figures(page, &Value::Null, &new.report);
    permissions(page, &Value::Null, &new.policy);
}

/// A figure of the report, its name for people, and where it stands.
const FIGURES: [(&str, &str); 6] = [
    ("transitions, usual path", "/transitions/usual/count"),
    ("transitions, worst", "/transitions/worst/count"),
    (
        "dollars a million executions, usual",
        "/usd_per_million_executions/usual",
    ),
    ("seconds, worst", "/duration/worst_seconds"),
    ("history events, worst", "/events/worst"),
    ("bytes of a payload, worst", "/payload/largest_bytes"),
];

fn figures(page: &mut String, old: &Value, new: &Value) {
    let _ = writeln!(page, "| | before | after |\n|---|---|---|");
    for (name, pointer) in FIGURES {
        let of = |report: &Value| report.pointer(pointer).map_or_else(|| "–".to_owned(), Value::to_string);
        let (before, after) = (of(old), of(new));
        let mark = if before == after { "" } else { "**" };
        let _ = writeln!(page, "| {name} | {before} | {mark}{after}{mark} |");
    }
    page.push('\n');
}

fn states(page: &mut String, one: &str, two: &str) {
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

fn permissions(page: &mut String, old: &Value, new: &Value) {
    let (old, new) = (allowed(old), allowed(new));
    let gained = new.difference(&old).map(|one| format!("- gained {one}"));
    let lost = old.difference(&new).map(|one| format!("- lost {one}"));
    section(page, "Permissions", &gained.chain(lost).collect::<Vec<_>>());
}

/// Each action with each of its resources.
fn allowed(policy: &Value) -> BTreeSet<String> {
    let list = |value: &Value| match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ => Vec::new(),
    };
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let pairs = statements.flat_map(|statement| {
        let resources = list(&statement["Resource"]);
        list(&statement["Action"]).into_iter().flat_map(move |action| {
            resources
                .clone()
                .into_iter()
                .map(move |resource| format!("`{action}` on `{resource}`"))
        })
    });
    pairs.collect()
}

/// Inputs that schedules and callers hold already were right before.
fn inputs(page: &mut String, old: &Value, new: &Value) {
    if old == new {
        return;
    }
    let broken = misfits(&Shape::of_schema(old), &Shape::of_schema(new));
    let lines: Vec<_> = broken.iter().map(|misfit| format!("- {misfit}")).collect();
    if lines.is_empty() {
        section(
            page,
            "Input",
            &["- every input that was taken before is taken".to_owned()],
        );
    } else {
        section(
            page,
            "Input: schedules and callers may hold inputs that are no longer taken",
            &lines,
        );
    }
}

/// Executions in flight keep their definition, and call today's activities.
fn in_flight(page: &mut String, definition: &str, input: &Value, contracts: &Contracts) {
    let Ok(parsed) = asl::parse(definition) else { return };
    let contract = |resource: &str, arguments: &Value| contracts.of(resource, arguments);
    let knowledge = Knowledge {
        input: Shape::of_schema(input),
        contract: &contract,
        ..Knowledge::default()
    };
    let found = analyse(&parsed.machine, &knowledge).findings;
    let lines: Vec<_> = found.iter().map(|finding| format!("- {finding}")).collect();
    if lines.is_empty() {
        section(
            page,
            "Executions in flight",
            &["- the old definition fits today's activities".to_owned()],
        );
    } else {
        section(
            page,
            "Executions in flight: the old definition does not fit today's activities",
            &lines,
        );
    }
}

fn section(page: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(page, "### {title}\n\n{}\n", lines.join("\n"));
    }
}
