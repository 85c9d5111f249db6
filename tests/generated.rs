//! The generated files: fresh, and accepted by other people's tools.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tests::tools;

fn directory() -> PathBuf {
    tests::root().join(codegen::GENERATED)
}

fn definitions() -> impl Iterator<Item = PathBuf> {
    catalog::all()
        .into_iter()
        .map(|workflow| directory().join(workflow.name).join("definition.asl.json"))
}

#[test]
fn generated_files_are_fresh() {
    let files = codegen::expected(&catalog::all()).expect("every workflow is valid");
    let findings = codegen::compare(&files, &directory()).expect("the directory can be read");
    assert!(
        findings.is_empty(),
        "run `cargo codegen` and commit what it writes: {findings:?}"
    );
}

#[test]
fn a_delivered_message_takes_at_most_four_transitions() {
    let report = std::fs::read_to_string(directory().join("process-message/report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["transitions"]["usual"]["count"], 4);
}

#[test]
fn the_usual_path_of_an_escalation_is_that_of_a_message_that_is_seen() {
    let report = std::fs::read_to_string(directory().join("escalate-message/report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let usual = ["HasTopics", "AreRoundsLeft", "DeliverMessage", "AskForAcknowledgement"];
    assert_eq!(report["transitions"]["usual"]["states"], serde_json::json!(usual));
}

#[test]
fn asl_validator_accepts_every_definition() {
    let Some(script) = tools::file("node/node_modules/asl-validator/dist/bin/asl-validator.js") else {
        return;
    };
    for definition in definitions() {
        let output = Command::new("node")
            .arg(&script)
            .arg("--json-path")
            .arg(&definition)
            .output()
            .expect("node runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {said}", definition.display());
    }
}

/// moto parses the definition as Step Functions does and refuses what it cannot parse.
const CREATE: &str = r"
import sys, boto3
from moto import mock_aws
with mock_aws():
    client = boto3.client('stepfunctions', 'us-east-1')
    for path in sys.argv[1:]:
        role = 'arn:aws:iam::123456789012:role/rez'
        made = client.create_state_machine(name='judged', definition=open(path).read(), roleArn=role)
        client.delete_state_machine(stateMachineArn=made['stateMachineArn'])
";

#[test]
fn moto_creates_every_definition() {
    let Some(python) = tools::file("python/bin/python") else {
        return;
    };
    let output = Command::new(python)
        .args(["-c", CREATE])
        .args(definitions())
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Wraps each definition in a template, with something in place of every placeholder. cfn-lint holds definitions against the
/// language in rule E3601.
const TEMPLATES: &str = r"
import json, re, sys
for path in sys.argv[2:]:
    text = open(path).read()
    values = {name: 'arn:aws:lambda:us-east-1:123456789012:function:f' for name in re.findall(r'\$\{(\w+)\}', text)}
    machine = {'Type': 'AWS::StepFunctions::StateMachine', 'Properties': {
        'RoleArn': 'arn:aws:iam::123456789012:role/rez', 'Definition': json.loads(text), 'DefinitionSubstitutions': values}}
    template = {'AWSTemplateFormatVersion': '2010-09-09', 'Resources': {'Machine': machine}}
    json.dump(template, open(f'{sys.argv[1]}/{path.split(chr(47))[-2]}.json', 'w'))
";

#[test]
fn cfn_lint_accepts_every_definition() {
    let (Some(python), Some(lint)) = (tools::file("python/bin/python"), tools::file("python/bin/cfn-lint")) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let wrapped = Command::new(python)
        .args(["-c", TEMPLATES])
        .arg(directory.path())
        .args(definitions())
        .status();
    assert!(wrapped.expect("python runs").success());
    let templates = std::fs::read_dir(directory.path()).expect("the templates");
    let templates: Vec<_> = templates.map(|entry| entry.expect("a template").path()).collect();
    assert_eq!(templates.len(), definitions().count());
    assert_eq!(faults(&lint, &templates), [""; 0]);
    // It can say no: a transition to nowhere is an error.
    let broken =
        std::fs::read_to_string(&templates[0])
            .expect("a template")
            .replacen("\"StartAt\": \"", "\"StartAt\": \"No", 1);
    std::fs::write(&templates[0], broken).expect("a template");
    assert!(faults(&lint, &templates[..1])[0].starts_with("E3601"));
}

/// The errors that cfn-lint finds; its warnings are about the templates around the definitions.
///
/// One kind is its own: it does not know that fields of numbers may be computed. Source: Step Functions developer guide,
/// "Transforming data with JSONata in Step Functions", the fields that accept expressions.
fn faults(lint: &Path, templates: &[PathBuf]) -> Vec<String> {
    let output = Command::new(lint).args(templates).output().expect("cfn-lint runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = said.lines().filter(|line| line.starts_with('E'));
    let computed = |line: &&str| line.starts_with("E3601 '{% ") && line.ends_with(" %}' is not of type 'number'");
    errors.filter(|line| !computed(line)).map(str::to_owned).collect()
}
