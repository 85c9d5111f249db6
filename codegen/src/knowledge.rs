//! The data-flow pass over a workflow, with everything that its contracts say.

use std::collections::BTreeMap;

use asl::{Pointer, StateMachine};
use contracts::Signature;
use dataflow::{Analysis, Contract, Finding, Knowledge, Shape, analyse};
use flow::Workflow;
use serde_json::Value;

use crate::Invalid;

/// What flows through a machine that stands for a workflow, held to the contracts of what it calls.
pub fn analysis(workflow: &Workflow, machine: &StateMachine) -> Analysis {
    let contracts = contracts();
    let contract = |resource: &str, arguments: &Value| contract_of(&contracts, resource, arguments);
    let knowledge = Knowledge {
        input: Shape::of_schema(&workflow.input_schema),
        output: Shape::of_schema(&workflow.output_schema),
        contract: &contract,
        every_error_is_caught: true,
        every_field_is_given: true,
    };
    analyse(machine, &knowledge)
}

/// Everything that the pass found, each with the place in the source of the state it stands in.
pub(crate) fn findings(workflow: &Workflow, analysis: &Analysis) -> Vec<Invalid> {
    analysis
        .findings
        .iter()
        .map(|finding| invalid(workflow, finding))
        .collect()
}

/// The contracts of the activities, by the placeholder of their function.
pub fn contracts() -> BTreeMap<String, Contract> {
    let signatures = contracts::signatures().into_iter();
    signatures
        .map(|signature| (format!("${{{}Arn}}", signature.name), contract(&signature)))
        .collect()
}

fn contract(signature: &Signature) -> Contract {
    let errors = signature
        .errors
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), Shape::of_schema(schema)));
    let (payload, result) = (Shape::of_schema(&signature.input), Shape::of_schema(&signature.output));
    Contract::of_lambda(signature.name, payload, result, errors.collect())
}

/// The contract of what a task calls, where it is known.
pub(crate) fn contract_of(
    contracts: &BTreeMap<String, Contract>,
    resource: &str,
    arguments: &Value,
) -> Option<Contract> {
    if resource.starts_with("arn:aws:states:::lambda:invoke") {
        let mut contract = contracts.get(arguments["FunctionName"].as_str()?)?.clone();
        if resource.ends_with(".waitForTaskToken") {
            // What the function gives is no answer: that comes from whoever has the token.
            contract.result = Shape::Any;
        }
        return Some(contract);
    }
    None
}

fn invalid(workflow: &Workflow, finding: &Finding) -> Invalid {
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
