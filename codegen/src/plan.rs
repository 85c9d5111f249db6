//! What a release would change: workflows, resources with their properties, permissions, and what a month costs.
//!
//! Both sides are what stands committed, resolved as CloudFormation would resolve it for a stage: parameters by their defaults
//! and by what `samconfig.toml` sets, conditions and mappings by those. Nothing is asked of AWS.

mod code;
mod parameters;
mod permissions;
mod replacement;
mod resolve;
mod resources;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::aws::{BOUNDS, costs, transitions};
use crate::{Contracts, Files, diff};

pub use parameters::StageError;
pub use replacement::{Fixed, REPLACED};

/// What is deployed from one state of the repository.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// The generated files of the workflows, by their paths below [`GENERATED`](crate::GENERATED).
    pub workflows: Files,
    /// The template; `null` where there was none.
    pub template: Value,
    /// `samconfig.toml`: what each stage sets.
    pub samconfig: String,
    /// Of a release over another one: the files of [`CODE`] that differ, by their paths in the workspace.
    pub code: Vec<String>,
}

/// Of what the functions are built, relative to the workspace.
pub const CODE: [&str; 5] = [
    "activities",
    "workflows",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
];

impl Release {
    /// From files below `infra/aws`, as a revision has them.
    pub fn new(workflows: Files, infrastructure: &Files) -> Self {
        let text = |path: &str| infrastructure.get(Path::new(path)).cloned().unwrap_or_default();
        Self {
            workflows,
            // A template that cannot be read was never deployed.
            template: serde_json::from_str(&text("generated/template.json")).unwrap_or_default(),
            samconfig: text("samconfig.toml"),
            code: Vec::new(),
        }
    }

    /// The same with these files that differ from those of the release before.
    #[must_use]
    pub fn with_code(self, code: Vec<String>) -> Self {
        Self { code, ..self }
    }
}

/// What would change, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The page.
    pub page: String,
    /// Whether anything changes.
    pub changes: bool,
}

/// What releasing `after` over `before` changes in a stage. `contracts` are today's.
pub fn plan(before: &Release, after: &Release, stage: &str, contracts: &Contracts) -> Result<Plan, StageError> {
    let new = parameters::values(after, stage)?;
    // A revision from before the stage had a configuration is seen with today's.
    let old = parameters::values(before, stage).or_else(|_| {
        let samconfig = after.samconfig.clone();
        parameters::values(
            &Release {
                samconfig,
                ..before.clone()
            },
            stage,
        )
    })?;
    let (one, two) = (
        resolve::template(&before.template, &old),
        resolve::template(&after.template, &new),
    );
    let sections = [
        ("Workflows", workflows(before, after, contracts)),
        ("Code of functions", code::lines(&after.code)),
        ("Parameters", parameters::lines(before, after, &new)),
        ("Resources", resources::lines(&one, &two)),
        ("Permissions", permissions::lines(&one, &two)),
        ("Executions in flight", permissions::in_flight(&one, &two)),
        ("What a month costs", cost(before, after, &one, &two)),
    ];
    let changes = sections.iter().any(|(_, text)| !text.is_empty());
    let mut page = format!("# What a release to {stage} changes\n");
    if !changes {
        page.push_str("\nNothing.\n");
    }
    for (title, text) in sections.iter().filter(|(_, text)| !text.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n\n{}\n", text.trim_end());
    }
    Ok(Plan { page, changes })
}

/// The reviewer's diff, a level deeper.
fn workflows(before: &Release, after: &Release, contracts: &Contracts) -> String {
    if before.workflows == after.workflows {
        return String::new();
    }
    let lines = diff(&before.workflows, &after.workflows, contracts);
    let deeper = lines.lines().map(|line| {
        let hashes = if line.starts_with('#') { "#" } else { "" };
        format!("{hashes}{line}\n")
    });
    deeper.collect()
}

fn cost(before: &Release, after: &Release, one: &Value, two: &Value) -> String {
    let sums = |release: &Release, template: &Value| {
        let transitions = transitions(&release.workflows);
        BOUNDS.map(|(load, _)| {
            let lines = costs(load, transitions, template);
            let dollars: f64 = lines.iter().map(|line| line.dollars).sum();
            format!("{dollars:.2}")
        })
    };
    let (old, new) = (sums(before, one), sums(after, two));
    if old == new || before.template.is_null() {
        return String::new();
    }
    let mut table = String::from("| a day | USD before | after |\n|---|---:|---:|\n");
    for ((load, _), (old, new)) in BOUNDS.iter().zip(old.iter().zip(&new)) {
        let _ = writeln!(
            table,
            "| {} messages, {} requests | {old} | {new} |",
            load.messages, load.requests
        );
    }
    table
}

/// A value in a line: functions of CloudFormation by what they name, and nothing longer than a glance.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(object) if object.len() == 1 => named(object).unwrap_or_else(|| value.to_string()),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn named(object: &serde_json::Map<String, Value>) -> Option<String> {
    let (function, argument) = object.iter().next()?;
    match (function.as_str(), argument) {
        ("Ref" | "Fn::Sub", Value::String(text)) => Some(text.clone()),
        ("Fn::GetAtt", Value::Array(path)) => {
            let parts: Option<Vec<&str>> = path.iter().map(Value::as_str).collect();
            Some(parts?.join("."))
        }
        _ => None,
    }
}
