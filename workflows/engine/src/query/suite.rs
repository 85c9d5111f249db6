//! The official JSONata suite, through the evaluation that states use.
//!
//! The cases are not part of the repository: `REZ_CONFORMANCE_DIR` names the directory that holds `dev/jsonata_suite.jsonl`
//! and `dev/jsonata_datasets.json`.

use std::fs;
use std::path::PathBuf;

use jsonata_core::evaluator::EvaluatorOptions;
use jsonata_core::value::JValue;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::convert::to_evaluator;
use super::expression::Expression;
use super::references::Need;
use super::{Problem, Random, Scope};

/// One case. Its fields are the suite's.
#[derive(Deserialize)]
struct Case {
    id: String,
    expr: String,
    #[serde(default, deserialize_with = "present")]
    data: Option<Value>,
    #[serde(default)]
    dataset: Option<String>,
    #[serde(default)]
    bindings: Map<String, Value>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    #[serde(default, rename = "undefinedResult")]
    undefined_result: bool,
    #[serde(default)]
    unordered: bool,
    code: Option<String>,
    #[serde(default)]
    error: Option<Value>,
    timelimit: Option<u64>,
    depth: Option<usize>,
    holds_2_0_6: bool,
}

/// Tells `null` from a field that is not there.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What a case came to.
#[derive(Debug)]
enum Outcome {
    Value(Value),
    Undefined,
    Error(String),
}

impl Case {
    fn run(&self, datasets: &Map<String, Value>) -> Outcome {
        let expression = match Expression::parse(&self.expr) {
            Ok(expression) => expression,
            Err(error) => return Outcome::Error(error.code.map_or(error.message, String::from)),
        };
        let data = self.data.as_ref().or_else(|| datasets.get(self.dataset.as_ref()?));
        let data = data.map_or(JValue::Undefined, |data| to_evaluator(data, &Need::All));
        let random = Random::new(1);
        let now = "2026-01-02T03:04:05.678Z".parse().expect("a timestamp");
        let scope = Scope {
            variables: &self.bindings,
            ..Scope::new(&Value::Null, &Value::Null, now, &random)
        };
        match expression.evaluate_over(&data, &scope, &self.limits()) {
            Ok(Some(value)) => Outcome::Value(value),
            Ok(None) => Outcome::Undefined,
            Err(Problem::Threw { code, .. }) => Outcome::Error(code),
            Err(Problem::Limit(_)) => Outcome::Error("U1001".to_owned()),
            Err(other) => Outcome::Error(format!("{other:?}")),
        }
    }

    /// The case's own limits: the suite recurses deeper than Step Functions allows.
    fn limits(&self) -> EvaluatorOptions {
        EvaluatorOptions {
            timeout_ms: Some(self.timelimit.unwrap_or(10_000)),
            max_stack_depth: self.depth,
            ..EvaluatorOptions::default()
        }
    }

    fn holds(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Undefined => self.undefined_result,
            Outcome::Value(value) => self
                .result
                .as_ref()
                .is_some_and(|result| same(value, result, self.unordered)),
            Outcome::Error(code) => {
                let nested = self
                    .error
                    .as_ref()
                    .and_then(|error| error.get("code"))
                    .and_then(Value::as_str);
                self.code.as_deref().or(nested) == Some(code)
            }
        }
    }
}

/// Equality in which a number is its value.
fn same(left: &Value, right: &Value, unordered: bool) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) if unordered => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|item| right.iter().any(|other| same(item, other, false)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right, false))
        }
        (Value::Object(left), Value::Object(right)) => {
            let equal = |(key, value)| right.get(key).is_some_and(|other| same(value, other, false));
            left.len() == right.len() && left.iter().all(equal)
        }
        _ => left == right,
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the suite lies where the environment says")]
fn the_official_suite_holds() {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR does not name the directory of the suite");
        return;
    };
    let directory = PathBuf::from(directory).join("dev");
    let datasets = fs::read_to_string(directory.join("jsonata_datasets.json")).unwrap();
    let datasets: Map<String, Value> = serde_json::from_str(&datasets).unwrap();
    let cases = fs::read_to_string(directory.join("jsonata_suite.jsonl")).unwrap();
    let cases: Vec<Case> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Step Functions has no `$eval`.
    let (without, cases): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.expr.contains("$eval("));
    let (mut of_2_0_6, mut held, mut all, mut failing) = (0, 0, 0, Vec::new());
    for case in &cases {
        let outcome = case.run(&datasets);
        let holds = case.holds(&outcome);
        all += usize::from(holds);
        of_2_0_6 += usize::from(case.holds_2_0_6);
        held += usize::from(case.holds_2_0_6 && holds);
        if !holds {
            let note = if case.holds_2_0_6 { "" } else { " (not of 2.0.6)" };
            failing.push(format!("{}{note}: {outcome:?}", case.id));
        }
    }
    println!(
        "{held} of {of_2_0_6} cases of 2.0.6, {all} of {} of all; {} use $eval",
        cases.len(),
        without.len()
    );
    println!("failing: {}", failing.join("\n         "));
    assert!(held * 1000 >= of_2_0_6 * 995);
}
