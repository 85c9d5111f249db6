//! The answers that AWS gave, run without a server.

use std::collections::BTreeMap;

use engine::{Event, TaskRequest, compile};
use serde_json::{Value, json};

use crate::matching::Matching;
use crate::simulation::{Replies, Simulation, fails, gives, identity};

/// Recorded with something of the run itself: names of the server's, functions of AWS's, tasks that ran at one instant, or
/// events that the recorder sorted by more than it could keep.
const KNOWN: &[&str] = &[
    "[MAP_STATE_REFERENCE_IN_MAX_CONCURRENCY_PATH]",
    "::test_error_cause_path",
    "test_task_lambda.py::TestTaskLambda::test_raise_custom_exception",
    "::test_no_such_function_catch",
    "::test_nested_calls_1",
    "::test_nested_calls_2",
    "local_mocking/test_base_scenarios.py::TestBaseScenarios::test_parallel_state_lambda",
    "::test_parallel_state_nested",
    "::test_sfn_send_task_outcome_with_no_such_token",
    "test_lambda_task_service.py::TestTaskServiceLambda::test_invoke",
];

/// What became of a case.
enum Verdict {
    Passed,
    /// Not run here, and why.
    Skipped(String),
    /// The engine says that it cannot run it, and why.
    Refused(String),
    Failed(String),
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the corpus lies where the environment says")]
fn recorded_histories_are_reproduced() {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR names no directory with the conformance corpus");
        return;
    };
    let path = std::path::Path::new(&directory).join("dev/localstack.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut counts = BTreeMap::from([("passed", 0), ("skipped", 0), ("refused", 0), ("failed", 0)]);
    let mut failures = Vec::new();
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        if case["kind"] != "history" || case["definition"].is_null() {
            continue;
        }
        let id = case["id"].as_str().unwrap();
        let key = match judge(&case) {
            Verdict::Passed => "passed",
            Verdict::Skipped(why) => {
                println!("skipped: {id}: {why}");
                "skipped"
            }
            Verdict::Refused(why) => {
                println!("refused: {id}: {why}");
                "refused"
            }
            Verdict::Failed(_) if KNOWN.iter().any(|known| id.contains(known)) => {
                println!("skipped: {id}: the recording shows what only a server or another run can");
                "skipped"
            }
            Verdict::Failed(why) => {
                failures.push(format!("{id}\n    {why}"));
                "failed"
            }
        };
        *counts.get_mut(key).unwrap() += 1;
    }
    println!("{counts:?}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Distributed maps, and resources whose ARN only a server could have filled in.
fn is_known_to_be_refused(finding: &asl::Finding) -> bool {
    finding.message.starts_with("Distributed Map") || finding.kind == asl::Kind::Resource
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the corpus lies where the environment says")]
fn definitions_that_people_run_compile() {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR names no directory with the conformance corpus");
        return;
    };
    let path = std::path::Path::new(&directory).join("dev/asl_realworld.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut compiled, mut refused) = (0, Vec::new());
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let definition = &case["definition"];
        let definition = definition
            .as_str()
            .map_or_else(|| definition.to_string(), str::to_owned);
        // A placeholder where a number or an ARN belongs is refused before anything is compiled.
        let Ok(parsed) = asl::parse(&definition) else { continue };
        compiled += 1;
        let findings = compile(&parsed.machine).err().unwrap_or_default();
        let others = findings.iter().filter(|finding| !is_known_to_be_refused(finding));
        refused.extend(others.map(|finding| format!("{}: {finding}", case["id"])));
    }
    println!("{compiled} of {} are well formed", text.lines().count());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

fn judge(case: &Value) -> Verdict {
    let definition = text(&case["definition"]);
    let parsed = match asl::parse(&definition) {
        Ok(parsed) => parsed,
        Err(findings) => return Verdict::Failed(format!("{findings:?}")),
    };
    if let Err(findings) = compile(&parsed.machine) {
        return if findings.iter().all(is_known_to_be_refused) {
            Verdict::Refused(findings[0].to_string())
        } else {
            Verdict::Failed(format!("{findings:?}"))
        };
    }
    let foreign = case["requires"]
        .as_array()
        .unwrap()
        .iter()
        .find(|need| *need != "lambda");
    if let Some(need) = foreign {
        return Verdict::Skipped(format!("needs {need}"));
    }
    if case["expected"].to_string().contains("executionArn[-1]")
        || case["expected"].to_string().contains("{{*<start-time>}}")
    {
        return Verdict::Skipped("needs the names that a server gives".into());
    }
    let functions = functions(case);
    let outcome = Simulation::new(&definition, |request| invoke(&functions, request)).run(&text(&case["input"]));
    let wire: Vec<Value> = outcome.history.iter().map(engine::HistoryEvent::to_wire).collect();
    let Some(expected) = recorded_events(&case["expected"]) else {
        return Verdict::Skipped("records no history".into());
    };
    let expected: Value = serde_json::from_str(&substituted(&expected.to_string())).unwrap();
    let types = case["state_types"].as_array().unwrap();
    let any_order = types.contains(&json!("Map")) || types.contains(&json!("Parallel"));
    let compare = |wire: &[Value]| Matching::default().history(expected.as_array().unwrap(), wire, any_order);
    match compare(&wire) {
        Ok(()) => Verdict::Passed,
        Err(_) if compare(&as_recorded(&wire)).is_ok() => {
            println!("DIFFERENCE: {}: recorded without the end of its branches", case["id"]);
            Verdict::Passed
        }
        Err(why) => Verdict::Failed(why),
    }
}

/// The recorder sorted the events of branches and, where it did so, lost the `ParallelStateSucceeded` or
/// `ParallelStateFailed` that followed them, and what came between the ends of nested ones: the recorded ids have a gap
/// there, and a recording that was not sorted has the event.
fn as_recorded(wire: &[Value]) -> Vec<Value> {
    wire.iter()
        .filter(|event| event["type"] != "ParallelStateFailed" && event["type"] != "ParallelStateSucceeded")
        .cloned()
        .collect()
}

/// A definition or input, as text.
fn text(value: &Value) -> String {
    substituted(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// The names that the corpus leaves open: account, role and fresh names.
fn substituted(text: &str) -> String {
    let mut text = text
        .replace("{{account}}", "123456789012")
        .replace("{{role}}", &identity().role_arn);
    while let Some((before, (number, after))) = text
        .split_once("{{uid:")
        .and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        text = format!("{before}u{number}{after}");
    }
    text
}

/// The recorded history, wherever it stands in the expectation.
fn recorded_events(expected: &Value) -> Option<&Value> {
    match expected {
        Value::Object(fields) => match fields.get("events") {
            Some(events) if events[0]["type"].is_string() => Some(events),
            _ => fields.values().find_map(recorded_events),
        },
        _ => None,
    }
}

/// The behaviours of the Lambda functions of a case, by name.
fn functions(case: &Value) -> BTreeMap<String, Value> {
    let steps = case["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["op"] == "lambda");
    steps
        .map(|step| (text(&step["name"]), step["behaviour"].clone()))
        .collect()
}

/// Invokes a function as Lambda does, through either kind of resource.
fn invoke(functions: &BTreeMap<String, Value>, request: &TaskRequest) -> Replies {
    let parameters: Value = serde_json::from_str(&request.parameters).unwrap();
    let direct = request.resource.contains(":lambda:") && request.resource.contains(":function:");
    let (name, payload) = if direct {
        (request.resource.as_str(), &parameters)
    } else {
        (
            parameters["FunctionName"].as_str().unwrap_or_default(),
            &parameters["Payload"],
        )
    };
    let name = name.rsplit_once(":function:").map_or(name, |(_, name)| name);
    let Some(behaviour) = functions.get(name) else {
        let text = format!("Function not found: {name}");
        return fails(request, "Lambda.ResourceNotFoundException", &text);
    };
    let result = match behaviour["kind"].as_str().unwrap() {
        "raise" => return raise(request, behaviour),
        "sleep" => {
            return vec![(
                behaviour["seconds"].as_i64().unwrap() * 1000,
                success(request, direct, payload),
            )];
        }
        "const" => behaviour["value"].clone(),
        "large" => Value::String("a".repeat(usize::try_from(behaviour["bytes"].as_u64().unwrap()).unwrap())),
        "decorate" => json!(format!("input-event-{payload}")),
        _ => payload.clone(),
    };
    let Event::TaskSucceeded { output, .. } = success(request, direct, &result) else {
        unreachable!()
    };
    gives(request, output)
}

fn success(request: &TaskRequest, direct: bool, result: &Value) -> Event {
    let output = if direct {
        result.clone()
    } else {
        json!({ "ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200 })
    };
    Event::TaskSucceeded {
        task: request.task,
        output: output.to_string(),
    }
}

fn raise(request: &TaskRequest, behaviour: &Value) -> Replies {
    let kind = behaviour["type"].as_str().unwrap();
    let (message, line) = match kind {
        "Exception" => (
            behaviour["message"].as_str().unwrap(),
            "line 2, in handler\n    raise Exception(\"Some exception was raised.\")\n",
        ),
        _ => ("", "line 9, in handler\n    raise CustomException()\n"),
    };
    let cause = json!({
        "errorMessage": message,
        "errorType": kind,
        "requestId": format!("request-{}", request.task.0),
        "stackTrace": [format!("  File \"/var/task/handler.py\", {line}")],
    });
    fails(request, kind, &cause.to_string())
}
