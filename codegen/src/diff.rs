//! What a change of workflows means for who reviews it, as Markdown for a pull request.

mod schemas;
mod states;

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use serde_json::Value;

use schemas::{in_flight, inputs, outputs};
use states::states;

use crate::{Contracts, Files};

/// The files of one workflow that a reviewer asks about.
struct Side<'a> {
    definition: Option<&'a str>,
    input: Value,
    output: Value,
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
            (Some(one), None) => removed(&mut page, name, one, &old, contracts),
            (Some(one), Some(two)) if one != two || old.differs(&new) => {
                let _ = writeln!(page, "## {name}\n");
                figures(&mut page, &old.report, &new.report);
                states(&mut page, one, two);
                permissions(&mut page, &old.policy, &new.policy);
                inputs(&mut page, &old.input, &new.input);
                outputs(&mut page, &old.output, &new.output);
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
            output: json("output.schema.json"),
            policy: json("policy.json"),
            report: json("report.json"),
        }
    }

    /// Whether anything that a reviewer asks about is another, the definition aside.
    fn differs(&self, other: &Self) -> bool {
        let Self {
            definition: _,
            input,
            output,
            policy,
            report,
        } = self;
        (input, output, policy, report) != (&other.input, &other.output, &other.policy, &other.report)
    }
}

/// Executions in flight go on with the definition that they have, and with the permissions that the role keeps.
fn removed(page: &mut String, name: &str, definition: &str, old: &Side<'_>, contracts: &Contracts) {
    let _ = writeln!(
        page,
        "## {name}: removed\n\nExecutions in flight go on with the definition they started with, as long as their role lets them.\n"
    );
    permissions(page, &old.policy, &Value::Null);
    in_flight(page, definition, &old.input, contracts);
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

fn section(page: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(page, "### {title}\n\n{}\n", lines.join("\n"));
    }
}
