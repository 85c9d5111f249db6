//! The generated files: fresh, and accepted by other people's tools.

use std::{path::PathBuf, process::Command};

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
