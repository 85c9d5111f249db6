//! The template as a whole.

use std::path::Path;

use flow::Workflow;
use serde_json::{Map, Value};

use super::error::TemplateError;
use super::targets::Targets;
use super::{Function, alarms, cost, dashboard, functions, machine, part, queries};
use crate::Files;

/// Written by people, relative to the workspace.
const PARTS: &str = "infra/aws/parts";

/// The sections of a template, in the order in which they are read.
const SECTIONS: [&str; 9] = [
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Globals",
    "Resources",
];
const OUTPUTS: &str = "Outputs";

/// The template of the workspace's activities and of these workflows, whose files are given, and what it costs to run, by
/// their paths below [`INFRASTRUCTURE`](crate::INFRASTRUCTURE).
pub fn template(workspace: &Path, workflows: &[Workflow], generated_files: &Files) -> Result<Files, TemplateError> {
    let functions = functions(workspace)?;
    let mut sections = assembled(&workspace.join(PARTS))?;
    let resources = sections.entry("Resources").or_insert_with(|| Map::new().into());
    let targets = Targets::new(&functions, workflows, resources.as_object());
    for (name, resource) in generated(&functions, workflows, &targets)? {
        insert(resources, name, resource).map_err(|detail| TemplateError::wrong(workspace.join(PARTS), detail))?;
    }
    let mut ordered = Map::new();
    for name in SECTIONS.into_iter().chain([OUTPUTS]) {
        if let Some(section) = sections.shift_remove(name) {
            ordered.insert(name.to_owned(), section);
        }
    }
    if let Some(unknown) = sections.keys().next() {
        let detail = format!("`{unknown}` is no section of a template");
        return Err(TemplateError::wrong(workspace.join(PARTS), detail));
    }
    // JSON is YAML too, and has no words such as `OFF` that one reader takes for a text and another for `false`.
    let template = Value::Object(ordered);
    let text = format!("{template:#}\n");
    let transitions = cost::transitions(generated_files);
    let table = cost::table(workflows, transitions, &template);
    Ok(Files::from([("template.json".into(), text), ("cost.md".into(), table)]))
}

/// The sections that people wrote, each entry once.
fn assembled(directory: &Path) -> Result<Map<String, Value>, TemplateError> {
    let mut sections = Map::new();
    sections.insert("AWSTemplateFormatVersion".to_owned(), "2010-09-09".into());
    for (name, part) in part::parts(directory)? {
        for (section, value) in part {
            let wrong = |detail| TemplateError::wrong(directory.join(format!("{name}.yaml")), detail);
            match (sections.get_mut(&section), value) {
                (None, value) => {
                    sections.insert(section, value);
                }
                (Some(entries), Value::Object(more)) => {
                    for (name, entry) in more {
                        insert(entries, name, entry).map_err(wrong)?;
                    }
                }
                (Some(_), _) => return Err(wrong(format!("`{section}` stands in another part already"))),
            }
        }
    }
    Ok(sections)
}

fn insert(entries: &mut Value, name: String, entry: Value) -> Result<(), String> {
    let Some(entries) = entries.as_object_mut() else {
        return Err(format!("`{name}` has no place: its section is not a mapping"));
    };
    if entries.contains_key(&name) {
        return Err(format!("`{name}` stands in the template twice"));
    }
    entries.insert(name, entry);
    Ok(())
}

fn generated(
    functions: &[Function],
    workflows: &[Workflow],
    targets: &Targets,
) -> Result<Vec<(String, Value)>, TemplateError> {
    let names: Vec<String> = functions.iter().map(Function::logical).collect();
    let machines: Vec<String> = workflows
        .iter()
        .map(|workflow| super::names::logical(&workflow.name))
        .collect();
    let mut resources: Vec<(String, Value)> = functions.iter().flat_map(Function::resources).collect();
    for workflow in workflows {
        resources.extend(machine::resources(workflow, targets).map_err(TemplateError::Invalid)?);
    }
    resources.extend(alarms::resources(functions, &machines));
    resources.extend(queries::resources(&names));
    resources.push(dashboard::resource());
    Ok(resources)
}
