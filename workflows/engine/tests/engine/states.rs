//! What each kind of state does.

use serde_json::{Value, json};

use crate::simulation::{Outcome, Simulation, fails as failing, gives as giving};

fn run(asl: &Value, input: &Value) -> Outcome {
    Simulation::new(&asl.to_string(), |request| match request.state.as_str() {
        "Broken" => failing(request, "Custom", "because"),
        _ => giving(request, request.parameters.clone()),
    })
    .run(&input.to_string())
}

#[track_caller]
fn gives(asl: &Value, input: &Value, output: &Value) {
    assert_eq!(&run(asl, input).output(), output);
}

#[test]
fn a_pass_state_gives_its_input_on() {
    let asl = json!({ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } });
    gives(&asl, &json!({ "a": 1 }), &json!({ "a": 1 }));
}
