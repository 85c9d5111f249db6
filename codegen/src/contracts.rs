//! What is known of everything that workflows call: our activities, and our workflows.

use std::collections::{BTreeMap, BTreeSet};

use asl::{StateKind, StateMachine};
use contracts::Signature;
use dataflow::{Contract, Shape};
use flow::Workflow;
use serde_json::Value;

const LAMBDA: &str = "lambda:invoke";
const START: &str = "states:startExecution";
const RUN: &str = "states:startExecution.sync:2";
const RUN_AS_TEXT: &str = "states:startExecution.sync";

/// The contracts of activities and workflows, by how they are called.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    activities: BTreeSet<String>,
    /// By what a task's resource is after `arn:aws:states:::`, and by the placeholder of what is called. A worker is called by
    /// the placeholder alone.
    calls: BTreeMap<(String, String), Contract>,
}

impl Contracts {
    /// Those of our activities, and of these workflows.
    pub fn ours(workflows: &[Workflow]) -> Self {
        Self::new(&contracts::signatures(), workflows)
    }

    /// Those of activities with these signatures, and of these workflows.
    pub fn new(signatures: &[Signature], workflows: &[Workflow]) -> Self {
        let mut contracts = Self::default();
        for signature in signatures {
            contracts.add_activity(signature);
        }
        for Workflow {
            name,
            input_schema,
            output_schema,
            ..
        } in workflows
        {
            contracts.add_workflow(name, input_schema, output_schema);
        }
        contracts
    }

    fn add_activity(&mut self, signature: &Signature) {
        let errors = signature.errors.iter();
        let errors: Vec<_> = errors
            .map(|(name, schema)| ((*name).to_owned(), Shape::of_schema(schema)))
            .collect();
        let (name, input, output) = (
            signature.name,
            Shape::of_schema(&signature.input),
            Shape::of_schema(&signature.output),
        );
        let function = Contract::of_lambda(name, input.clone(), output.clone(), errors.clone());
        self.add(LAMBDA, format!("${{{name}Arn}}"), function);
        let worker = Contract::of_worker(name, input, output, errors);
        self.add("", format!("${{{name}ActivityArn}}"), worker);
        self.activities.insert(name.to_owned());
    }

    fn add_workflow(&mut self, name: &str, input: &Value, output: &Value) {
        let placeholder = format!("${{{}Arn}}", name.split('-').map(capitalised).collect::<String>());
        let (input, output) = (Shape::of_schema(input), Shape::of_schema(output));
        let run = |as_text| Contract::of_run(name, input.clone(), output.clone(), as_text);
        for (call, contract) in [
            (START, Contract::of_start(name, input.clone())),
            (RUN, run(false)),
            (RUN_AS_TEXT, run(true)),
        ] {
            self.add(call, placeholder.clone(), contract);
        }
    }

    fn add(&mut self, call: &str, placeholder: String, contract: Contract) {
        self.calls.insert((call.to_owned(), placeholder), contract);
    }

    /// Whether an activity of this name is known.
    pub(crate) fn has_activity(&self, name: &str) -> bool {
        self.activities.contains(name)
    }

    /// The contract of what a task calls, where it is known.
    pub(crate) fn of(&self, resource: &str, arguments: &Value) -> Option<Contract> {
        let waits = resource.ends_with(".waitForTaskToken");
        let call = match called(resource) {
            None => (String::new(), resource.to_owned()),
            Some((call, target)) => (call.to_owned(), arguments[target?].as_str()?.to_owned()),
        };
        let mut contract = self.calls.get(&call)?.clone();
        if waits {
            // What is called gives no answer: that comes from whoever has the token.
            contract.result = Shape::Any;
        }
        Some(contract)
    }

    /// The states whose calls are taken at the workflow's word: of functions, workers and workflows that nobody here knows,
    /// and of services whose arguments nobody here has looked at. The typed calls of a service are held to its fields by
    /// the compiler of Rust, unless the author asked for a call that is not.
    pub(crate) fn unchecked(&self, machine: &StateMachine, asked_for: &BTreeSet<String>) -> Vec<String> {
        let visits = machine.walk().into_iter();
        let unchecked = visits.filter(|visit| {
            let StateKind::Task(task) = &visit.state.kind else {
                return false;
            };
            let arguments = task.arguments.as_ref().or(task.parameters.as_ref());
            let is_typed = ["sqs:", "sns:", "dynamodb:"]
                .iter()
                .any(|service| called(&task.resource).is_some_and(|(call, _)| call.starts_with(service)));
            (!is_typed || asked_for.contains(visit.name))
                && self.of(&task.resource, arguments.unwrap_or(&Value::Null)).is_none()
        });
        unchecked.map(|visit| visit.name.to_owned()).collect()
    }
}

/// The call that a resource is, and the argument that names what is called. `None` if the resource itself is called.
fn called(resource: &str) -> Option<(&str, Option<&'static str>)> {
    let call = resource.strip_prefix("arn:aws:states:::")?;
    let call = call.trim_end_matches(".waitForTaskToken");
    let target = match call {
        LAMBDA => Some("FunctionName"),
        START | RUN | RUN_AS_TEXT => Some("StateMachineArn"),
        _ => None,
    };
    Some((call, target))
}

/// A word that begins with a capital letter.
pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
