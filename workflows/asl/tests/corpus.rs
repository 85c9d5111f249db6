//! Definitions nobody here wrote: those people run, and those AWS or a linter has judged.
//!
//! Set `REZ_CONFORMANCE_DIR` to the directory that holds `dev/asl_labelled.jsonl` and `dev/asl_realworld.jsonl`.

#![expect(
    clippy::disallowed_methods,
    reason = "the corpus lies outside, and where is said by the environment"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use asl::{ExecutionType, Options, StateMachine, check, parse, print};
use serde_json::Value;

/// The least agreement with AWS's own verdicts, in percent.
const LEAST_AGREEMENT: f64 = 97.0;

/// Definitions of the collection that nobody can run, and what is wrong with them.
const BROKEN: &[(&str, &str)] = &[
    // `QueryLanguage` stands inside `States`, where it is a state called so.
    (
        "shared-fallback-state-jsonata/statemachine/statemachine.asl.json",
        "Expected value of type Object",
    ),
    // `Next: Yes` of the original became a boolean on its way through YAML.
    (
        "serverless-patterns/lambda-sfn-sls/statemachine/stateMachine.asl.yml",
        "Expected value of type String",
    ),
];

#[test]
fn real_world_definitions_survive_a_round_trip() {
    let Some(definitions) = corpus("asl_realworld.jsonl") else {
        return;
    };
    let mut failures = Vec::new();
    for case in definitions.iter().filter(|case| fault(case).is_none()) {
        if let Err(failure) = round_trip(&text(&case["definition"])) {
            failures.push(format!("{}: {failure}", case["id"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn real_world_definitions_are_valid() {
    let Some(definitions) = corpus("asl_realworld.jsonl") else {
        return;
    };
    let mut failures = Vec::new();
    for case in &definitions {
        let answer =
            check(&text(&case["definition"]), &Options::default()).map_err(|findings| findings.render(" ").to_string());
        match (fault(case), answer) {
            (None, Ok(_)) => {}
            (Some(fault), Err(findings)) if findings.contains(fault) => {}
            (fault, answer) => failures.push(format!("{}: {fault:?}, {:?}", case["id"], answer.err())),
        }
    }
    println!(
        "real-world: {}/{} as expected",
        definitions.len() - failures.len(),
        definitions.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn fault(case: &Value) -> Option<&'static str> {
    let id = case["id"].as_str().expect("every case has an id");
    BROKEN
        .iter()
        .find(|(broken, _)| id.ends_with(broken))
        .map(|(_, fault)| *fault)
}

#[test]
fn verdicts_agree_with_aws() {
    let Some(definitions) = corpus("asl_labelled.jsonl") else {
        return;
    };
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in definitions.iter().filter(|case| case["made_up_resource"] != true) {
        let source = case["source"].as_str().expect("every case names its source");
        let answer = check(&text(&case["definition"]), &options(case));
        let (agreed, all) = tally.entry(source.to_owned()).or_default();
        *all += 1;
        if answer.is_ok() == (case["valid"] == true) {
            *agreed += 1;
        } else {
            let why = answer
                .err()
                .map_or_else(|| "accepted".to_owned(), |findings| findings.render(" ").to_string());
            println!("{}: they say {}, we say\n{why}", case["id"], case["valid"]);
        }
    }
    println!("agreement: {tally:?}");
    let (agreed, all) = tally["aws"];
    #[expect(clippy::cast_precision_loss, reason = "a few hundred cases")]
    let percent = 100.0 * agreed as f64 / all as f64;
    assert!(percent >= LEAST_AGREEMENT, "agreement with AWS: {percent:.1} %");
}

#[test]
fn refusals_are_worded_as_aws_words_them() {
    let (Some(definitions), Some(recorded)) = (corpus("asl_labelled.jsonl"), corpus("localstack.jsonl")) else {
        return;
    };
    let recorded: BTreeMap<&str, &Value> = recorded
        .iter()
        .filter_map(|case| Some((case["id"].as_str()?, &case["expected"])))
        .collect();
    let mut compared = 0;
    for case in definitions
        .iter()
        .filter(|case| case["source"] == "aws" && case["valid"] == false)
    {
        let Some(expected) = case["case"].as_str().and_then(|id| recorded.get(id)) else {
            continue;
        };
        let findings = check(&text(&case["definition"]), &options(case)).expect_err("AWS refuses it");
        for message in findings.errors().map(asl::Finding::aws_message) {
            // The recording has a wildcard where the partition stood.
            let message = message.replace("arn:aws:", "arn:{{*partition}}:");
            assert!(holds(expected, &message), "{}: {message:?} in {expected:#}", case["id"]);
            compared += 1;
        }
    }
    println!("wording: {compared} messages as recorded");
    assert!(compared > 0, "no recorded refusal was found");
}

/// Whether one of the texts inside holds this text.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found.contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        _ => false,
    }
}

fn options(case: &Value) -> Options {
    let express = case["type"] == "EXPRESS";
    let machine_type = if express {
        ExecutionType::Express
    } else {
        ExecutionType::Standard
    };
    // AWS judged texts without placeholders; the linters' own may hold some.
    Options {
        machine_type,
        placeholders: case["source"] != "aws",
    }
}

fn round_trip(definition: &str) -> Result<(), String> {
    let machine = parse(definition)
        .map_err(|findings| findings.render(" ").to_string())?
        .machine;
    let again = parse(&print(&machine))
        .map_err(|findings| findings.render(" ").to_string())?
        .machine;
    let value: StateMachine = StateMachine::from_json(&machine.to_json()).map_err(|findings| findings.to_string())?;
    if again == machine && value == machine {
        return Ok(());
    }
    Err("the printed definition reads differently".to_owned())
}

/// A definition is kept as text, or as the JSON it would be.
fn text(definition: &Value) -> String {
    definition
        .as_str()
        .map_or_else(|| definition.to_string(), str::to_owned)
}

fn corpus(name: &str) -> Option<Vec<Value>> {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR is not set, so {name} is not read");
        return None;
    };
    let path = PathBuf::from(directory).join("dev").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).expect("one JSON object a line"))
            .collect(),
    )
}
