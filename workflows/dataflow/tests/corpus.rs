//! Definitions that AWS ran to a good end have no error: what the pass says must be true of everybody's files.

use dataflow::{Knowledge, Shape, analyse};
use serde_json::Value;

/// Faults that are there, in states or on paths that the recorded executions did not come by.
const TRUE: [&str; 2] = [
    "::test_raise_exception_catch_output_path[$.no.such.path]",
    "[PARALLEL_CATCH_ERROR_VARIABLE_SAMPLING]",
];

#[test]
#[expect(clippy::disallowed_methods, reason = "the corpus lies where the environment says")]
fn what_succeeded_on_aws_has_no_error() {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR names no directory with the conformance corpus");
        return;
    };
    let path = std::path::Path::new(&directory).join("dev/localstack.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for case in text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a case"))
    {
        let Some((definition, input)) = succeeded(&case) else {
            continue;
        };
        let Ok(parsed) = asl::parse(&definition) else { continue };
        let id = case["id"].as_str().expect("an id");
        if TRUE.iter().any(|known| id.ends_with(known)) {
            continue;
        }
        looked_at += 1;
        let knowledge = Knowledge {
            input: Shape::from(&input),
            ..Knowledge::default()
        };
        let found = analyse(&parsed.machine, &knowledge).findings;
        let errors = found
            .iter()
            .filter(|finding| finding.severity() == asl::Severity::Error);
        wrong.extend(errors.map(|finding| format!("{id}: {finding}")));
    }
    assert!(looked_at > 100, "{looked_at} definitions ran to a good end");
    assert!(wrong.is_empty(), "of {looked_at}:\n{}", wrong.join("\n"));
}

/// The definition and the input of a recorded execution that succeeded.
fn succeeded(case: &Value) -> Option<(String, Value)> {
    let types = case["expected_event_types"].as_array()?;
    let ended_well = types.last()? == "ExecutionSucceeded";
    let written = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let input = serde_json::from_str(&written(&case["input"])).ok()?;
    (ended_well && case["definition"] != Value::Null).then(|| (written(&case["definition"]), input))
}
