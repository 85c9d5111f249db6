//! How many states the engine runs in a second, on one core: `cargo run --release -p engine --example transitions`.

use std::time::Instant;

use engine::{Execution, ExecutionStatus, Identity, Machine, compile};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// States in one execution: its history stays below the limit.
const STATES: u32 = 10_000;

/// Executions of each kind.
const RUNS: u32 = 30;

fn main() {
    let input = json!({ "name": "world", "items": [1, 2, 3] });
    report("Pass, input given on", &chain(&json!({ "Type": "Pass" })), &input);
    let literal = json!({ "Type": "Pass", "Output": { "name": "literal", "items": [1, 2, 3] } });
    report("Pass, literal Output", &chain(&literal), &input);
    let shaped = json!({ "Type": "Pass", "Output": { "name": "{% $states.input.name %}", "items": "{% $states.input.items %}" } });
    report("Pass, computed Output", &chain(&shaped), &input);
    report(
        "Choice, one condition",
        &choices("{% $states.input.name = 'world' %}"),
        &input,
    );
    report(
        "Choice, Assign and condition",
        &choices("{% $count($states.input.items) = 3 and $not($exists($missing)) %}"),
        &input,
    );
}

#[expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
fn report(what: &str, machine: &Machine, input: &Value) {
    let input = input.to_string();
    let started = Instant::now();
    for seed in 0..RUNS {
        let (execution, step) = Execution::start(machine, identity(), &input, Timestamp::UNIX_EPOCH, seed.into());
        assert_eq!(execution.status(), ExecutionStatus::Succeeded);
        assert!(step.history.len() > STATES as usize);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{what:30} {:>10.0} transitions/s", f64::from(STATES * RUNS) / seconds);
}

/// A chain of the same state.
fn chain(state: &Value) -> Machine {
    machine(|_, next| {
        let mut state = state.clone();
        match next {
            Some(next) => state["Next"] = json!(next),
            None => state["End"] = json!(true),
        }
        state
    })
}

/// A chain of choices that all hold.
fn choices(condition: &str) -> Machine {
    machine(|_, next| match next {
        Some(next) => json!({ "Type": "Choice", "Choices": [{ "Condition": condition, "Next": next }] }),
        None => json!({ "Type": "Succeed" }),
    })
}

fn machine(state: impl Fn(u32, Option<String>) -> Value) -> Machine {
    let name = |index: u32| format!("State{index}");
    let next = |index: u32| (index + 1 < STATES).then(|| name(index + 1));
    let states: Map<String, Value> = (0..STATES)
        .map(|index| (name(index), state(index, next(index))))
        .collect();
    let definition = json!({ "QueryLanguage": "JSONata", "StartAt": name(0), "States": states });
    let parsed = asl::parse(&definition.to_string()).expect("a good definition");
    compile(&parsed.machine).expect("a supported definition")
}

fn identity() -> Identity {
    Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:speed:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:speed".into(),
        state_machine_name: "speed".into(),
        role_arn: "arn:aws:iam::123456789012:role/speed".into(),
    }
}
