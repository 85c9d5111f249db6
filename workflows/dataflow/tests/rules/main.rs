//! One case for each rule, in both query languages where both know it.

mod calls;
mod expressions;
mod flows;

use dataflow::{Contract, Knowledge, Shape, analyse};
use serde_json::{Value, json};

/// What is found in these states, started at `A` with `{name, note?, tags, at}`.
pub(crate) fn found(language: &str, states: &Value) -> Vec<String> {
    let definition = json!({"QueryLanguage": language, "StartAt": "A", "States": states});
    let machine = asl::parse(&definition.to_string())
        .expect("a readable definition")
        .machine;
    let input = Shape::object([
        ("name", Shape::text()),
        ("note", Shape::text().or_missing()),
        ("tags", Shape::list(Shape::text())),
        ("count", Shape::number().join(Shape::null())),
    ]);
    let greet = Contract::of_lambda(
        "Greet",
        Shape::object([
            ("name", Shape::text()),
            ("note", Shape::text().join(Shape::null()).or_missing()),
        ]),
        Shape::object([("greeting", Shape::text())]),
        vec![(
            "Greeting.Refused".to_owned(),
            Shape::object([("reason", Shape::text())]),
        )],
    );
    let contract = |_: &str, arguments: &Value| (arguments["FunctionName"] == "greet").then(|| greet.clone());
    let knowledge = Knowledge {
        input,
        contract: &contract,
        every_field_is_given: true,
        ..Knowledge::default()
    };
    analyse(&machine, &knowledge)
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

pub(crate) fn jsonata(states: &Value) -> Vec<String> {
    found("JSONata", states)
}

/// A state that is the last one.
pub(crate) fn last(output: &str) -> Value {
    json!({"Type": "Pass", "Output": format!("{{% {output} %}}"), "End": true})
}

/// What is found where this is the only expression.
pub(crate) fn expression(text: &str) -> Vec<String> {
    let findings = jsonata(&json!({"A": last(text)}));
    findings
        .iter()
        .map(|finding| finding.trim_start_matches("/States/A/Output: ").to_owned())
        .collect()
}
