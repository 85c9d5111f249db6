//! What a plan says is replaced is what CloudFormation replaces: the registry's schemas say so, as cfn-lint brings them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::tools;

/// cfn-lint's copy of the registry: a file for a region says which schema each type has.
fn schemas() -> Option<PathBuf> {
    let library = tools::file("python/lib")?;
    let mut versions = std::fs::read_dir(library)
        .expect("it can be read")
        .map(|entry| entry.expect("an entry").path());
    let found = versions.find_map(|python| {
        let schemas = python.join("site-packages/cfnlint/data/schemas");
        schemas.is_dir().then_some(schemas)
    });
    Some(found.expect("cfn-lint has schemas"))
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("it can be read");
    serde_json::from_str(&text).expect("JSON")
}

/// The properties of a type whose change is a replacement, always or in some cases.
fn registered(schemas: &Path, types: &Value, kind: &str) -> BTreeSet<String> {
    // SAM has names of its own for what it hands on.
    let registered = match kind {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        other => other,
    };
    let file = types[registered]
        .as_str()
        .unwrap_or_else(|| panic!("{registered} is no type"));
    let schema = json(&schemas.join("resources").join(file).with_extension("json"));
    let listed = ["createOnlyProperties", "conditionalCreateOnlyProperties"]
        .map(|list| schema[list].as_array().cloned().unwrap_or_default());
    let names = listed.concat().into_iter().map(|pointer| {
        let name = pointer
            .as_str()
            .expect("a pointer")
            .replacen("/properties/", "", 1)
            .replace('/', ".");
        match (kind, name.as_str()) {
            ("AWS::Serverless::StateMachine", "StateMachineName") => "Name".to_owned(),
            ("AWS::Serverless::StateMachine", "StateMachineType") => "Type".to_owned(),
            _ => name,
        }
    });
    names.collect()
}

#[test]
fn the_table_of_replacements_is_the_registrys() {
    let Some(schemas) = schemas() else { return };
    let types = json(&schemas.join("providers/us-east-1.json"));
    let template = super::template();
    let used = template["Resources"].as_object().expect("resources").values();
    let used: BTreeSet<&str> = used
        .map(|resource| resource["Type"].as_str().expect("a type"))
        .collect();
    for kind in used {
        let fixed = codegen::REPLACED.iter().find(|fixed| fixed.kind == kind);
        let fixed = fixed.unwrap_or_else(|| panic!("codegen/src/plan/replacement.rs does not know {kind}"));
        let told: BTreeSet<String> = fixed
            .name
            .iter()
            .chain(fixed.others)
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(told, registered(&schemas, &types, kind), "{kind}");
    }
}
