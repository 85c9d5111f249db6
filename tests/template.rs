//! The template of AWS: what codegen makes of it, what it promises, and what other people's tools say of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tests::tools;

mod promises;
mod properties;
mod releases;
mod replaced;
mod translated;

fn path() -> PathBuf {
    tests::root().join(codegen::INFRASTRUCTURE).join("template.json")
}

fn template() -> Value {
    let text = std::fs::read_to_string(path()).expect("the template");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn the_template_is_fresh() {
    let workflows = catalog::all();
    let generated = codegen::expected(&workflows).expect("every workflow is valid");
    let files = codegen::template(tests::root(), &workflows, &generated).expect("it can be written");
    let findings = codegen::compare(&files, &tests::root().join(codegen::INFRASTRUCTURE)).expect("it can be read");
    assert!(
        findings.is_empty(),
        "run `cargo codegen` and commit what it writes: {findings:?}"
    );
}

#[test]
fn every_promise_is_kept() {
    let template = template();
    for promise in promises::ALL.iter().chain(&releases::ALL) {
        assert_eq!((promise.faults)(&template), [""; 0], "{}", promise.what);
    }
}

/// A promise that nothing can break is not looked after.
#[test]
fn nothing_that_a_promise_stands_on_can_be_taken_away() {
    let template = template();
    for promise in promises::ALL.iter().chain(&releases::ALL) {
        let stands_on = (promise.stands_on)(&template);
        assert!(!stands_on.is_empty(), "{}", promise.what);
        for pointer in stands_on {
            let mut less = template.clone();
            assert!(
                properties::remove(&mut less, &pointer),
                "{}: there is no {pointer}",
                promise.what
            );
            let faults = (promise.faults)(&less);
            assert!(!faults.is_empty(), "{}: nobody misses {pointer}", promise.what);
        }
    }
}

#[test]
fn a_month_costs_no_more_than_was_promised() {
    let report = std::fs::read_to_string(tests::root().join("workflows/generated/process-message/report.json"));
    let report: Value = serde_json::from_str(&report.expect("the report")).expect("JSON");
    let transitions = report["transitions"]["usual"]["count"].as_u64().expect("a number");
    for (load, bound) in codegen::BOUNDS {
        let lines = codegen::costs(load, transitions, &template());
        let sum: f64 = lines.iter().map(|line| line.dollars).sum();
        assert!(sum <= bound, "{load:?}: {sum:.2} of {bound}: {lines:#?}");
        // Every line is paid for.
        assert!(lines.iter().all(|line| line.dollars > 0.0), "{lines:#?}");
    }
}

/// The table that AWS makes is the one that the activities were tested with.
#[test]
fn the_tables_are_those_of_the_activities() {
    let template = template();
    for (name, table) in [
        ("MessagesTable", tables::MESSAGES),
        ("CircuitBreakerTable", tables::CIRCUIT_BREAKER),
    ] {
        let properties = &template["Resources"][name]["Properties"];
        assert_eq!(properties["KeySchema"][0]["AttributeName"], table.key);
        assert_eq!(
            properties["TimeToLiveSpecification"]["AttributeName"].as_str(),
            table.ttl
        );
        let indexes = properties["GlobalSecondaryIndexes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found: Vec<_> = indexes
            .iter()
            .map(|index| {
                let key = |place: usize| index["KeySchema"][place]["AttributeName"].as_str();
                (
                    index["IndexName"].as_str(),
                    key(0),
                    key(1),
                    index["Projection"]["ProjectionType"].as_str(),
                )
            })
            .collect();
        let wanted: Vec<_> = table
            .indexes
            .iter()
            .map(|index| (Some(index.name), Some(index.partition), Some(index.sort), Some("ALL")))
            .collect();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn every_function_has_its_settings_and_every_setting_is_read() {
    for function in codegen::functions(tests::root()).expect("they can be read") {
        let sources = sources(&tests::root().join("activities").join(&function.name).join("src"));
        let runtime = sources_of_runtime();
        for setting in &function.settings {
            // Read by its name or by its constant in the runtime.
            let constant = format!("setting::{setting}");
            let named = sources.contains(&format!("\"{setting}\"")) || sources.contains(&constant);
            assert!(
                named || runtime.contains(&format!("setting::{setting}")),
                "{}: nobody reads {setting}",
                function.name
            );
        }
    }
}

/// Errors that an alarm leaves aside are counted by whoever declares them.
#[test]
fn functions_that_declare_errors_are_those_that_run_an_activity() {
    for function in codegen::functions(tests::root()).expect("they can be read") {
        let main = tests::root()
            .join("activities")
            .join(&function.name)
            .join("src/main.rs");
        let main = std::fs::read_to_string(main).expect("it is a program");
        assert_eq!(
            main.contains("lambda.run("),
            function.declares_errors,
            "{}",
            function.name
        );
    }
}

fn sources_of_runtime() -> String {
    sources(&tests::root().join("activities/runtime/src"))
}

/// All Rust below a directory.
fn sources(directory: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else {
            text.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
    text
}

#[test]
fn cfn_lint_finds_nothing() {
    let Some(lint) = tools::file("python/bin/cfn-lint") else {
        return;
    };
    judged(Command::new(lint).arg(path()));
}

#[test]
fn sam_finds_it_valid() {
    let Some(sam) = tools::file("sam/bin/sam") else { return };
    let mut command = Command::new(sam);
    command
        .args(["validate", "--lint", "--region", "eu-central-1", "--template"])
        .arg(path());
    judged(
        command
            .env("SAM_CLI_TELEMETRY", "0")
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none"),
    );
}

#[test]
fn checkov_finds_nothing_but_what_is_left_with_a_reason() {
    let Some(checkov) = tools::file("checkov/bin/checkov") else {
        return;
    };
    let mut command = Command::new(checkov);
    command
        .arg("--config-file")
        .arg(tests::root().join("infra/aws/.checkov.yaml"));
    judged(command.arg("--file").arg(path()));
}

fn judged(command: &mut Command) {
    let output = command.output().expect("the tool runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
