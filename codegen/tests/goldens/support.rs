//! The goldens' support, with verbs that have codegen look first.

#[path = "../../../workflows/flow/tests/goldens/support.rs"]
mod original;

use codegen::{Contracts, expected_under};
use contracts::Signature;
use flow::Workflow;
use schemars::{generate::SchemaSettings, schema_for};
use serde_json::{Value, json};

pub(crate) use original::*;

/// What activities take, give and declare that are like `ChargeCard`.
fn like_charge_card(name: &'static str) -> Signature {
    let fields =
        |name: &str, kind: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": kind}}});
    let none = json!({"type": "object", "additionalProperties": false});
    Signature {
        name,
        input: schema_for!(Charge).into(),
        output: SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<Charged>()
            .into(),
        errors: vec![
            ("Card.Declined", fields("code", "string")),
            ("Card.Locked", fields("retry_after", "integer")),
            ("Card.Busy", none),
        ],
    }
}

fn taken(workflow: &Workflow) {
    let mut workflow = workflow.clone();
    // What a Map goes over must have a bound, and that of an order has none.
    workflow.input_schema["properties"]["tagNames"]["maxItems"] = json!(10);
    let contracts = Contracts::new(&["ChargeCard", "PackOrder"].map(like_charge_card), &[]);
    let Err(invalid) = expected_under(std::slice::from_ref(&workflow), &contracts) else {
        return;
    };
    // Of a call by its resource alone nobody knows what it must be allowed.
    let told = invalid.iter().map(ToString::to_string);
    let wrong: Vec<_> = told
        .filter(|one| !one.contains("no rule derives the permissions of `arn:aws:states:::aws-sdk:"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{}\n{}",
        wrong.join("\n"),
        asl::print(&workflow.definition)
    );
}

pub(crate) fn text(workflow: &Workflow) -> String {
    taken(workflow);
    original::text(workflow)
}

pub(crate) fn state(workflow: &Workflow, name: &str) -> Value {
    taken(workflow);
    original::state(workflow, name)
}

pub(crate) fn names(workflow: &Workflow) -> Vec<&str> {
    taken(workflow);
    original::names(workflow)
}
