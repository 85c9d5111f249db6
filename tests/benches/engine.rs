//! How fast the pure engine is, on one core: `cargo bench -p tests --bench engine` prints the figures as Markdown at its end.
//!
//! One step of each benchmark is a whole execution. A transition is a state entered; each writes its two events of history.

use std::fmt::Write as _;
use std::path::PathBuf;

use criterion::{Criterion, Throughput};
use engine::{Execution, Identity, Machine, Step};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What the criterion files of these benchmarks are kept under.
const GROUP: &str = "engine";

/// Transitions in the long executions: their histories stay below the service's limit.
const LONG: u64 = 10_000;

/// A definition with an input.
struct Case {
    name: &'static str,
    definition: Value,
    input: Value,
}

fn cases() -> Vec<Case> {
    let input = json!({ "name": "world", "n": 0, "items": [1, 2, 3] });
    let case = |name, definition| Case {
        name,
        definition,
        input: input.clone(),
    };
    vec![
        case(
            "Pass and Choice in turn",
            turns("JSONata", &|index| {
                if index % 2 == 0 {
                    json!({ "Type": "Pass" })
                } else {
                    json!({ "Type": "Choice", "Choices": [{ "Condition": true }] })
                }
            }),
        ),
        case(
            "Pass and Choice in turn, JSONata in each",
            turns("JSONata", &|index| {
                if index % 2 == 0 {
                    json!({ "Type": "Pass", "Output": { "name": "{% $states.input.name %}", "n": "{% $states.input.n + 1 %}" } })
                } else {
                    json!({ "Type": "Choice", "Choices": [{ "Condition": "{% $states.input.name = 'world' %}" }] })
                }
            }),
        ),
        case("loop with a counter, JSONata", counting_in_jsonata()),
        case("loop with a counter, JSONPath", counting_in_jsonpath()),
        case("Map over 100 items", map()),
        case("Parallel with 10 branches", parallel()),
    ]
}

/// A chain of states, each made by its index without what comes next.
fn turns(language: &str, state: &dyn Fn(u64) -> Value) -> Value {
    let name = |index: u64| format!("State{index}");
    let states = (0..LONG).map(|index| {
        let mut state = state(index);
        let next = json!(name(index + 1));
        match state.get_mut("Choices") {
            Some(choices) => choices[0]["Next"] = next,
            None => state["Next"] = next,
        }
        (name(index), state)
    });
    let end = (name(LONG), json!({ "Type": "Succeed" }));
    let states: serde_json::Map<_, _> = states.chain([end]).collect();
    json!({ "QueryLanguage": language, "StartAt": name(0), "States": states })
}

fn counting_in_jsonata() -> Value {
    json!({ "QueryLanguage": "JSONata", "StartAt": "Count", "States": {
        "Count": { "Type": "Pass", "Output": { "n": "{% $states.input.n + 1 %}" }, "Next": "Enough" },
        "Enough": {
            "Type": "Choice",
            "Choices": [{ "Condition": "{% $states.input.n < 5000 %}", "Next": "Count" }],
            "Default": "Done"
        },
        "Done": { "Type": "Succeed" }
    } })
}

fn counting_in_jsonpath() -> Value {
    json!({ "StartAt": "Count", "States": {
        "Count": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)" }, "Next": "Enough" },
        "Enough": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.n", "NumericLessThan": 5000, "Next": "Count" }],
            "Default": "Done"
        },
        "Done": { "Type": "Succeed" }
    } })
}

fn map() -> Value {
    json!({ "QueryLanguage": "JSONata", "StartAt": "Each", "States": { "Each": {
        "Type": "Map", "Items": "{% [0..99] %}", "End": true,
        "ItemProcessor": { "StartAt": "One", "States": { "One": { "Type": "Pass", "End": true } } }
    } } })
}

fn parallel() -> Value {
    let branch = |index: u32| {
        let name = format!("Branch{index}");
        json!({ "StartAt": name, "States": { name.clone(): { "Type": "Pass", "End": true } } })
    };
    let branches: Vec<_> = (0..10).map(branch).collect();
    json!({ "QueryLanguage": "JSONata", "StartAt": "All", "States": {
        "All": { "Type": "Parallel", "Branches": branches, "End": true }
    } })
}

/// Forty states with an expression each, as a definition comes over the wire.
fn forty_states() -> String {
    let name = |index: u32| format!("State{index}");
    let states: serde_json::Map<_, _> = (0..40)
        .map(|index| {
            let state = json!({
                "Type": "Pass", "Output": { "n": "{% $states.input.n + 1 %}" },
                "Next": name(index + 1)
            });
            (name(index), state)
        })
        .chain([(name(40), json!({ "Type": "Succeed" }))])
        .collect();
    json!({ "QueryLanguage": "JSONata", "StartAt": name(0), "States": states }).to_string()
}

fn compiled(definition: &str) -> Result<Machine, String> {
    let parsed = asl::parse(definition).map_err(|findings| format!("{findings:?}"))?;
    engine::compile(&parsed.machine).map_err(|findings| format!("{findings:?}"))
}

fn run(machine: &Machine, input: &str) -> Step {
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:speed:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:speed".into(),
        state_machine_name: "speed".into(),
        role_arn: "arn:aws:iam::123456789012:role/speed".into(),
    };
    Execution::start(machine, identity, input, Timestamp::UNIX_EPOCH, 1).1
}

/// How many states an execution enters.
fn transitions(step: &Step) -> u32 {
    let entered = |event: &&engine::HistoryEvent| event.event_type.name().ends_with("StateEntered");
    u32::try_from(step.history.iter().filter(entered).count()).expect("a history has its limit")
}

fn main() {
    let mut criterion = Criterion::default().sample_size(30).configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    let mut measured = Vec::new();
    for case in cases() {
        let machine = match compiled(&case.definition.to_string()) {
            Ok(machine) => machine,
            Err(findings) => {
                println!("{} is left out, the engine refuses it: {findings}", case.name);
                continue;
            }
        };
        let input = case.input.to_string();
        let transitions = transitions(&run(&machine, &input));
        group.throughput(Throughput::Elements(transitions.into()));
        group.bench_function(case.name, |bencher| bencher.iter(|| run(&machine, &input)));
        measured.push((case.name, transitions));
    }
    let definition = forty_states();
    group.throughput(Throughput::Elements(1));
    group.bench_function("compile 40 states", |bencher| bencher.iter(|| compiled(&definition)));
    measured.push(("compile 40 states", 1));
    group.finish();
    criterion.final_summary();
    println!("\n{}", table(&measured));
}

/// The medians that criterion has just written, as Markdown. What was left out by a filter on the command line is the
/// figure of an earlier run, or is not there.
fn table(measured: &[(&str, u32)]) -> String {
    let mut table = String::from("| pure engine, one core | once | a second |\n|---|---:|---:|\n");
    for (name, transitions) in measured {
        let Some(nanoseconds) = median(name) else { continue };
        let rate = f64::from(*transitions) / nanoseconds * 1e9;
        let unit = if *transitions == 1 { "" } else { " transitions" };
        let _ = writeln!(table, "| {name} | {:.1} µs | {rate:.0}{unit} |", nanoseconds / 1e3);
    }
    table
}

fn median(name: &str) -> Option<f64> {
    let directory = criterion_home()?.join(GROUP).join(name).join("new/estimates.json");
    let estimates: Value = serde_json::from_str(&std::fs::read_to_string(directory).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Where criterion keeps its files: beside the directory of the profile that this binary lies in.
fn criterion_home() -> Option<PathBuf> {
    match std::env::var_os("CRITERION_HOME") {
        Some(home) => Some(home.into()),
        None => Some(std::env::current_exe().ok()?.ancestors().nth(3)?.join("criterion")),
    }
}
