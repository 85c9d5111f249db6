//! What SAM makes of the template: AWS's own translator says which versions and aliases a release makes, and what stays.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::tools;

/// Reads a template, and writes what the transform makes of it in prod.
const TRANSLATE: &str = "import json, sys\nfrom samtranslator.translator.transform import transform\n\
    class Policies:\n    def load(self):\n        return {}\n\
    given = json.load(sys.stdin)\n\
    json.dump(transform(given['template'], given['parameters'], Policies()), sys.stdout)\n";

/// The template as `sam package` hands it on, with the code and the definitions under this key; `None` where SAM is not
/// installed.
fn translated(code: &str) -> Option<Value> {
    let python = tools::file("sam/bin/python")?;
    let mut template = super::template();
    let resources = template["Resources"].as_object_mut().expect("resources");
    for resource in resources.values_mut() {
        let place = match resource["Type"].as_str() {
            Some("AWS::Serverless::Function") => "CodeUri",
            Some("AWS::Serverless::StateMachine") => "DefinitionUri",
            _ => continue,
        };
        resource["Properties"][place] = json!(format!("s3://bucket/{code}"));
    }
    let parameters = json!({ "Stage": "prod", "SignInPrefix": "rez-agent-prod" });
    let mut child = Command::new(python)
        .args(["-c", TRANSLATE])
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let given = json!({ "template": template, "parameters": parameters }).to_string();
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(given.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// The resources of a type: their logical names.
fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let resources = template["Resources"].as_object().expect("resources").iter();
    resources.filter(move |(_, resource)| resource["Type"] == kind)
}

/// The version of a function that a release makes.
fn version<'a>(template: &'a Value, function: &str) -> &'a str {
    let mut own = of_type(template, "AWS::Lambda::Version")
        .filter(|(_, version)| version["Properties"]["FunctionName"]["Ref"] == function);
    let (name, version) = own.next().expect("a version");
    assert_eq!(
        version["DeletionPolicy"], "Retain",
        "{function}: an execution may still call it"
    );
    assert!(own.next().is_none(), "{function} has one version a release");
    name
}

/// A release makes new versions, leaves the old ones, and lets definitions call the new ones: an execution that has begun goes on
/// with its definition, and that one names the old versions.
#[test]
fn a_release_never_changes_what_a_running_execution_does() {
    let (Some(before), Some(after)) = (translated("one"), translated("two")) else {
        return;
    };
    let mut called = 0;
    for (machine, resource) in of_type(&after, "AWS::StepFunctions::StateMachine") {
        let substitutions = &resource["Properties"]["DefinitionSubstitutions"];
        for (placeholder, value) in substitutions.as_object().expect("substitutions") {
            let function = placeholder.strip_suffix("Arn").unwrap_or_default();
            if after["Resources"][function]["Type"] != "AWS::Lambda::Function" {
                continue;
            }
            let (old, new) = (version(&before, function), version(&after, function));
            assert_ne!(old, new, "{function} has new code");
            assert_eq!(value["Ref"], new, "{machine} calls {function}");
            assert_eq!(
                before["Resources"][machine]["Properties"]["DefinitionSubstitutions"][placeholder]["Ref"],
                old
            );
            called += 1;
        }
    }
    assert!(called >= 5, "{called}");
    // Another release of the same code has nothing new in it.
    assert_eq!(translated("one").as_ref(), Some(&before));
}

#[test]
fn executions_are_started_by_an_alias_that_shifts_and_goes_back() {
    let Some(template) = translated("one") else { return };
    let resources = &template["Resources"];
    for (machine, _) in of_type(&template, "AWS::StepFunctions::StateMachine") {
        let version = &resources[format!("{machine}Version")];
        let kept = (&version["DeletionPolicy"], &version["UpdateReplacePolicy"]);
        assert_eq!(
            kept,
            (&json!("Retain"), &json!("Retain")),
            "{machine}: its alias may go back"
        );
        let alias = &resources[format!("{machine}Aliaslive")];
        assert_eq!(alias["Type"], "AWS::StepFunctions::StateMachineAlias", "{machine}");
        let preference = &alias["Properties"]["DeploymentPreference"];
        assert_eq!(preference["StateMachineVersionArn"]["Ref"], format!("{machine}Version"));
    }
    let started_by = json!({ "Ref": "ProcessMessageAliaslive" });
    assert_eq!(resources["DailySchedule"]["Properties"]["Target"]["Arn"], started_by);
    let variables = &resources["WebApi"]["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["STATE_MACHINE_ALIAS_ARN"], started_by);
}

/// Behind API Gateway there is no execution that goes on: what shifts are the two functions that it calls.
#[test]
fn the_functions_behind_the_api_shift_and_no_others() {
    let Some(template) = translated("one") else { return };
    let shifted = of_type(&template, "AWS::Lambda::Alias").filter(|(_, alias)| alias.get("UpdatePolicy").is_some());
    let names: Vec<&str> = shifted.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["AuthorizerAliaslive", "WebApiAliaslive"]);
    let invoke = of_type(&template, "AWS::Lambda::EventInvokeConfig").map(|(_, config)| &config["Properties"]);
    let invoke: Vec<&Value> = invoke.collect();
    assert_eq!(invoke.len(), 1);
    assert_eq!(
        (&invoke[0]["FunctionName"]["Ref"], &invoke[0]["Qualifier"]),
        (&json!("RecordOutcome"), &json!("live"))
    );
}
