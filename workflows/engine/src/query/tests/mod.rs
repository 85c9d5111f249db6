//! What templates give, and what they fail with: the verbs that the cases are written in.

mod errors;
mod limits;
mod values;

use serde_json::{Map, Value, json};

use super::{QueryError, Random, Scope, Template};

/// The scope of the cases: an input, a context object, some variables.
pub(super) struct Given {
    input: Value,
    context: Value,
    variables: Map<String, Value>,
    random: Random,
}

impl Given {
    pub(super) fn new(input: Value) -> Self {
        let variables = json!({"x": 5, "name": "Ada", "none": null, "list": [3, 1, 2], "person": {"age": 36}});
        let Value::Object(variables) = variables else {
            unreachable!()
        };
        Self {
            input,
            context: json!({"Execution": {"Name": "e"}}),
            variables,
            random: Random::new(1),
        }
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        Scope {
            variables: &self.variables,
            ..Scope::new(&self.input, &self.context, now, &self.random)
        }
    }
}

pub(super) fn run(template: &Value, input: Value) -> Result<Value, QueryError> {
    let given = Given::new(input);
    Template::compile(template, "Output").unwrap().evaluate(&given.scope())
}

#[track_caller]
pub(super) fn gives(template: &Value, input: Value, output: Value) {
    assert_eq!(run(template, input), Ok(output), "{template}");
}

#[track_caller]
pub(super) fn fails(template: &Value, input: Value, cause: &str) {
    assert_eq!(
        run(template, input).map_err(|error| error.to_string()),
        Err(cause.to_owned()),
        "{template}"
    );
}

/// The result of an expression without input.
#[track_caller]
pub(super) fn is(expression: &str, output: Value) {
    gives(&json!(format!("{{% {expression} %}}")), Value::Null, output);
}

/// The end of the cause of an expression without input.
#[track_caller]
pub(super) fn throws(expression: &str, message: &str) {
    let start = format!("The JSONata expression '{expression}' specified for the field 'Output' ");
    fails(
        &json!(format!("{{% {expression} %}}")),
        Value::Null,
        &format!("{start}{message}"),
    );
}
