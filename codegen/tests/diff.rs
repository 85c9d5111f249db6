//! What a reviewer is told about a change, and the revision it is told against.

use std::{path::Path, process::Command};

use codegen::{Contracts, Files, GENERATED, diff, files_of};
use serde_json::{Value, json};

fn files(definition: &Value, input: &Value, policy: &Value) -> Files {
    let parts = [
        ("definition.asl.json", definition),
        ("input.schema.json", input),
        ("policy.json", policy),
    ];
    parts
        .map(|(name, value)| (Path::new("w").join(name), value.to_string()))
        .into()
}

fn machine(payload: &Value) -> Value {
    let call = json!({
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "${PersistMessageArn}", "Payload": payload}, "Next": "Done",
    });
    json!({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": call, "Done": {"Type": "Succeed"}}})
}

fn schema(longest: u64) -> Value {
    json!({"type": "object", "properties": {"id": {"type": "string", "maxLength": longest}}, "required": ["id"]})
}

fn policy(resource: &str) -> Value {
    json!({"Statement": [{"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [resource]}]})
}

#[test]
fn a_reviewer_learns_what_a_change_means() {
    let old = files(&machine(&json!({})), &schema(20), &policy("${AArn}"));
    let mut changed = machine(&json!({"message": 1}));
    changed["States"]["More"] = json!({"Type": "Pass", "End": true});
    let new = files(&changed, &schema(10), &policy("${BArn}"));
    let page = diff(&old, &new, &Contracts::ours(&[]));
    for line in [
        "## w",
        "- changed `Call`: `Arguments`",
        "- added `More` (Pass)",
        "- gained `lambda:InvokeFunction` on `${BArn}`",
        "- lost `lambda:InvokeFunction` on `${AArn}`",
        "- warning: `id` may be longer than 10 characters",
        "### Executions in flight: the old definition does not fit today's activities",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
    }
    assert!(
        page.contains("`message` is nothing, and an object is wanted by PersistMessage"),
        "{page}"
    );
}

#[test]
fn workflows_come_and_go() {
    let some = files(&machine(&json!({})), &schema(1), &policy("${AArn}"));
    assert!(diff(&Files::new(), &some, &Contracts::ours(&[])).starts_with("## w: new"));
    assert!(diff(&some, &Files::new(), &Contracts::ours(&[])).starts_with("## w: removed"));
    assert_eq!(diff(&some, &some, &Contracts::ours(&[])), "No workflow changes.\n");
}

#[test]
fn a_workflow_that_goes_takes_its_permissions_with_it() {
    let some = files(&machine(&json!({})), &schema(1), &policy("${AArn}"));
    let page = diff(&some, &Files::new(), &Contracts::ours(&[]));
    for line in [
        "- lost `lambda:InvokeFunction` on `${AArn}`",
        "### Executions in flight: the old definition does not fit today's activities",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
    }
}

#[test]
fn a_schema_alone_is_a_change() {
    let with = |output: &Value| {
        let mut files = files(&machine(&json!({})), &schema(1), &policy("${AArn}"));
        files.insert(Path::new("w/output.schema.json").to_owned(), output.to_string());
        files
    };
    let page = diff(&with(&schema(5)), &with(&schema(9)), &Contracts::ours(&[]));
    for line in [
        "## w",
        "### Output: whoever reads it may find what was not there before",
        "- warning: `id` may be longer than 5 characters",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
    }
    let page = diff(&with(&schema(9)), &with(&schema(5)), &Contracts::ours(&[]));
    assert!(
        page.contains("- every output is one that was possible before"),
        "{page}"
    );
}

#[test]
fn a_revision_is_read_from_git() {
    let directory = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=rez", "-c", "user.email=rez@example.com"];
        let run = Command::new("git")
            .args(name)
            .args(arguments)
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    let generated = directory.path().join(GENERATED).join("w");
    std::fs::create_dir_all(&generated).unwrap();
    std::fs::write(generated.join("policy.json"), "{}\n").unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "first"]);
    let files = files_of(directory.path(), "HEAD", GENERATED).unwrap();
    assert_eq!(
        files,
        Files::from([(Path::new("w/policy.json").to_owned(), "{}\n".to_owned())])
    );
    std::fs::write(generated.join("policy.json"), "[]\n").unwrap();
    let changed = |paths: &[&str]| codegen::changed_since(directory.path(), "HEAD", paths).unwrap();
    assert_eq!(changed(&["workflows"]), ["workflows/generated/w/policy.json"]);
    assert_eq!(changed(&["activities"]), [""; 0]);
    let unknown = files_of(directory.path(), "nowhere", GENERATED)
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("there is no revision `nowhere`"), "{unknown}");
    let option = files_of(directory.path(), "--help", GENERATED).unwrap_err().to_string();
    assert!(option.contains("there is no revision `--help`"), "{option}");
}
