//! `Map` and `Parallel`: what they need, and what only a distributed `Map` has.

use std::collections::HashSet;

use serde_json::Value;

use super::Partial;
use crate::{ExecutionType, Finding, Kind, Map, Options, Pointer, ProcessorMode, QueryLanguage, StateKind, Visit};

/// The longest `Label`, in characters.
const LONGEST_LABEL: usize = 40;

pub(super) fn check(partial: &Partial<'_>, options: Options, out: &mut Vec<Finding>) {
    let mut labels = HashSet::new();
    for visit in partial.machine.walk() {
        match &visit.state.kind {
            StateKind::Parallel(parallel) if parallel.branches.is_empty() => {
                out.push(Finding::new(
                    Kind::Empty,
                    &visit.pointer.key("Branches"),
                    "Value cannot be empty",
                ));
            }
            StateKind::Map(map) => {
                mode(map, &visit.pointer, options, out);
                items(map, &visit, out);
                storage(map, &visit.pointer, options, out);
                label(map, &visit.pointer, &mut labels, out);
            }
            _ => {}
        }
    }
}

fn mode(map: &Map, at: &Pointer, options: Options, out: &mut Vec<Finding>) {
    let config = map.item_processor.processor_config.as_ref();
    let config_at = at.key(map.item_processor.name()).key("ProcessorConfig");
    if config.and_then(|config| config.mode) != Some(ProcessorMode::Distributed) {
        return inline(map, at, out);
    }
    if config.and_then(|config| config.execution_type).is_none() {
        let message = "These fields are required: [ExecutionType]";
        out.push(Finding::new(Kind::MissingField, &config_at, message).help("STANDARD or EXPRESS"));
    }
    if options.machine_type == ExecutionType::Express {
        let message = "Express state machine does not support Distributed Map";
        out.push(Finding::new(Kind::Express, &config_at.key("Mode"), message));
    }
}

/// Fields that have a meaning in child executions alone. The tolerated failures are not among them: AWS takes them inline.
fn inline(map: &Map, at: &Pointer, out: &mut Vec<Finding>) {
    for (name, present) in [
        ("ItemReader", map.item_reader.is_some()),
        ("ItemBatcher", map.item_batcher.is_some()),
        ("ResultWriter", map.result_writer.is_some()),
        ("Label", map.label.is_some()),
    ] {
        if present {
            let message = format!("Field '{name}' is not supported");
            let finding = Finding::of_field(Kind::DistributedOnly, &at.key(name), message);
            out.push(finding.help("only a Map in DISTRIBUTED mode has it"));
        }
    }
}

/// What reads the items and what writes the results.
const STORAGE: &[(&str, &[&str])] = &[
    ("ItemReader", &[":states:::s3:getObject", ":states:::s3:listObjectsV2"]),
    ("ResultWriter", &[":states:::s3:putObject"]),
];

fn storage(map: &Map, at: &Pointer, options: Options, out: &mut Vec<Finding>) {
    let holders = [map.item_reader.as_ref(), map.result_writer.as_ref()];
    for ((name, known), holder) in STORAGE.iter().zip(holders) {
        let Some(Value::String(resource)) = holder.and_then(|holder| holder.get("Resource")) else {
            continue;
        };
        let open = options.placeholders && resource.contains("${");
        if !open
            && !known
                .iter()
                .any(|known| resource.starts_with("arn:") && resource.ends_with(known))
        {
            let pointer = at.key(name).key("Resource");
            let help = format!("{name} takes arn:aws{}", known.join(" or arn:aws"));
            out.push(Finding::new(Kind::Resource, &pointer, "Value is not a valid resource ARN").help(help));
        }
    }
}

fn items(map: &Map, visit: &Visit<'_>, out: &mut Vec<Finding>) {
    if visit.language == QueryLanguage::JSONata
        && map
            .items
            .as_ref()
            .is_some_and(|items| !matches!(items, Value::Array(_) | Value::Object(_) | Value::String(_)))
    {
        let message = "Items must be an array, an object, or a JSONata expression";
        out.push(Finding::new(Kind::WrongType, &visit.pointer.key("Items"), message));
    }
}

fn label<'a>(map: &'a Map, at: &Pointer, seen: &mut HashSet<&'a str>, out: &mut Vec<Finding>) {
    let Some(label) = &map.label else { return };
    let pointer = at.key("Label");
    if label.is_empty() || label.chars().count() > LONGEST_LABEL || label.chars().any(is_forbidden) {
        let message =
            format!("Label '{label}' must have 1 to {LONGEST_LABEL} characters, no spaces and no special ones");
        out.push(Finding::new(Kind::Label, &pointer, message));
    }
    if !seen.insert(label) {
        out.push(Finding::new(
            Kind::DuplicateLabel,
            &pointer,
            format!("Duplicate Label name: {label}"),
        ));
    }
}

/// Source: AWS developer guide, "Map state in Distributed mode", `Label`.
fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "?*<>{}[]:;,\\|^~$#%&`\"".contains(c)
}
