//! The data-flow pass over a workflow, with everything that its contracts say.

use asl::{Pointer, StateMachine};
use dataflow::{Analysis, Finding, Knowledge, Shape, analyse};
use flow::Workflow;
use serde_json::Value;

use crate::{Contracts, Invalid, counters::uncounted};

/// What flows through a valid machine that stands for a workflow, held to the contracts of what it calls; or everything that
/// cannot go well, each with the place in the source of the state it stands in.
pub fn check(workflow: &Workflow, machine: &StateMachine, contracts: &Contracts) -> Result<Analysis, Vec<Invalid>> {
    let analysis = analysis(workflow, machine, contracts);
    let mut invalid = forgotten(workflow, contracts);
    invalid.extend(analysis.findings.iter().map(|finding| told(workflow, finding)));
    invalid.extend(uncounted(workflow, machine));
    if invalid.is_empty() { Ok(analysis) } else { Err(invalid) }
}

fn analysis(workflow: &Workflow, machine: &StateMachine, contracts: &Contracts) -> Analysis {
    let contract = |resource: &str, arguments: &Value| contracts.of(resource, arguments);
    let knowledge = Knowledge {
        input: Shape::of_schema(&workflow.input_schema),
        output: Shape::of_schema(&workflow.output_schema),
        contract: &contract,
        every_error_is_caught: true,
        every_field_is_given: true,
    };
    analyse(machine, &knowledge)
}

/// The activities that a workflow calls and that nobody has a contract of: nothing would be held to it.
fn forgotten(workflow: &Workflow, contracts: &Contracts) -> Vec<Invalid> {
    let unknown = workflow.activities.iter().filter(|name| !contracts.has_activity(name));
    let findings = unknown.map(|name| {
        let detail = format!(
            "the contract of `{name}` is not among those that codegen knows, so nothing holds this call to it: add it to \
             `signatures` in workflows/contracts/src/signature.rs"
        );
        Invalid::new(&workflow.name, caller(workflow, name), detail)
    });
    findings.collect()
}

/// Where an activity is called.
fn caller(workflow: &Workflow, activity: &str) -> String {
    let (function, worker) = (format!("${{{activity}Arn}}"), format!("${{{activity}ActivityArn}}"));
    let visits = workflow.definition.walk().into_iter();
    let mut calls = visits.filter(|visit| {
        let asl::StateKind::Task(task) = &visit.state.kind else {
            return false;
        };
        let arguments = task.arguments.as_ref().unwrap_or(&Value::Null);
        task.resource == worker || arguments["FunctionName"] == function.as_str()
    });
    let place = calls.find_map(|visit| Some(workflow.places.get(visit.name)?.to_string()));
    place.unwrap_or_else(|| activity.to_owned())
}

fn told(workflow: &Workflow, finding: &Finding) -> Invalid {
    let place = state_of(&finding.pointer).and_then(|state| workflow.places.get(state));
    let place = place.map_or_else(
        || finding.pointer.location(),
        |place| format!("{place} ({})", finding.pointer.location()),
    );
    let help = finding.help.iter().map(|help| format!("; {help}"));
    Invalid::new(
        &workflow.name,
        place,
        format!("{} [{}]{}", finding.message, finding.rule, help.collect::<String>()),
    )
}

/// The innermost state that a pointer leads into.
fn state_of(pointer: &Pointer) -> Option<&str> {
    let steps = pointer.steps();
    let at = steps
        .iter()
        .rposition(|step| *step == asl::Step::Key("States".to_owned()))?;
    match steps.get(at + 1)? {
        asl::Step::Key(name) => Some(name),
        asl::Step::Index(_) => None,
    }
}
