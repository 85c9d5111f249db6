//! Whether what was right before a change is right after it: inputs, outputs, and executions in flight.

use dataflow::{Knowledge, Shape, analyse, misfits};
use serde_json::Value;

use super::section;
use crate::Contracts;

/// Inputs that schedules and callers hold already were right before.
pub(super) fn inputs(page: &mut String, old: &Value, new: &Value) {
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

/// Whoever reads outputs relied on what they were.
pub(super) fn outputs(page: &mut String, old: &Value, new: &Value) {
    if old == new {
        return;
    }
    let broken = misfits(&Shape::of_schema(new), &Shape::of_schema(old));
    let lines: Vec<_> = broken.iter().map(|misfit| format!("- {misfit}")).collect();
    if lines.is_empty() {
        section(
            page,
            "Output",
            &["- every output is one that was possible before".to_owned()],
        );
    } else {
        section(
            page,
            "Output: whoever reads it may find what was not there before",
            &lines,
        );
    }
}

/// Executions in flight keep their definition, and call today's activities.
pub(super) fn in_flight(page: &mut String, definition: &str, input: &Value, contracts: &Contracts) {
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
