//! What templates give.

use serde_json::{Value, json};

use crate::query::Template;

use super::{fails, gives, is, run, throws};

#[test]
fn strings_in_delimiters_are_expressions_and_all_others_literals() {
    for literal in [
        json!("text"),
        json!(" {% $x %}"),
        json!("{% $x %} "),
        json!("a {% $x %} b"),
        json!("$states.input"),
        json!({"{% $x %}": [1, 2.5, null, {"a": "States.Format('{}', 1)"}]}),
    ] {
        gives(&literal, Value::Null, literal.clone());
    }
    gives(
        &json!({"b": "{% $x %}", "a": ["{%$name%}", 1]}),
        Value::Null,
        json!({"b": 5, "a": ["Ada", 1]}),
    );
}

#[test]
fn the_scope_is_seen_through_variables() {
    is("$states.context.Execution.Name", json!("e"));
    is("$person.age + $x", json!(41));
    is("$states.input", Value::Null);
    is("$none", Value::Null);
    gives(&json!("{% $states.input.a.b %}"), json!({"a": {"b": [1]}}), json!([1]));
    gives(
        &json!("{% $states.input.a.b %}"),
        json!({"a": [{"b": 1}, {"b": 2}]}),
        json!([1, 2]),
    );
    gives(&json!("{% $states.input.a.b %}"), json!({"a": [{"b": 1}]}), json!(1));
    gives(
        &json!("{% $states %}"),
        json!(1),
        json!({"input": 1, "context": {"Execution": {"Name": "e"}}}),
    );
}

#[test]
fn undefined_fails_with_the_place_of_the_expression() {
    let text = |expression, place| {
        format!("The JSONata expression '{expression}' specified for the field '{place}' returned nothing (undefined).")
    };
    fails(
        &json!({"error": "{% $stateError %}"}),
        Value::Null,
        &text("$stateError", "Output/error"),
    );
    fails(
        &json!({"a": {"b": [1, "{% $y %}"]}}),
        Value::Null,
        &text("$y", "Output/a/b[1]"),
    );
    fails(
        &json!("{% $states.result %}"),
        Value::Null,
        &text("$states.result", "Output"),
    );
}

#[test]
fn numbers_are_written_as_step_functions_writes_them() {
    is("1 / 2", json!(0.5));
    is("6 / 2", json!(3));
    is("1 / 0", json!("Infinity"));
    is("[-1 / 0, 0 / 0]", json!(["-Infinity", "NaN"]));
    gives(
        &json!("{% $states.input %}"),
        json!([1.0, 2.5, 9_223_372_036_854_775_807_i64]),
        json!([1, 2.5, i64::MAX]),
    );
}

#[test]
fn the_functions_of_step_functions() {
    is("$partition([1,2,3,4,5], 2)", json!([[1, 2], [3, 4], [5]]));
    is("$partition([1,2,3], 2.9)", json!([[1, 2], [3]]));
    is("$partition([1,2,3])", json!([[1, 2, 3]]));
    is("$range(0, 10, 5)", json!([0, 5, 10]));
    is("$range(10, 1, -4)", json!([10, 6, 2]));
    is("$range(-1.7, 2, 1)", json!([-1, 0, 1, 2]));
    is("$range(3, 3, 1)", json!(3));
    is(
        "$hash('input', 'SHA-1')",
        json!("140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
    );
    is("$random(42)", json!(0.727_563_680_032_868_1));
    is("$parse('{\"a\": [1, null]}').a", json!([1, null]));
    is("$map(['1', '[2]'], $parse)", json!([1, [2]]));
    is("$exists($parse('null'))", json!(true));
    for undefined in [
        "$partition([], 2)",
        "$partition([1], 0)",
        "$range(1, 5)",
        "$range(5, 1, 1)",
        "$hash('a')",
        "$parse()",
    ] {
        throws(undefined, "returned nothing (undefined).");
    }
}

#[test]
fn time_and_chance_come_from_the_scope() {
    is("$now()", json!("2026-01-02T03:04:05.678Z"));
    is("$now('[Y0001]')", json!("2026"));
    is("$millis()", json!(1_767_323_045_678_i64));
    is("$toMillis($now()) = $millis()", json!(true));
    is(
        "$fromMillis($toMillis('13:45', '[H]:[m]'))",
        json!("2026-01-02T13:45:00.000Z"),
    );
    is(
        "$fromMillis($toMillis('12/24', '[M]/[D]'))",
        json!("2026-12-24T00:00:00.000Z"),
    );
    is("$toMillis('x', '[H]:[m]') ? 1 : 2", json!(2));
    let draw = json!(["{% $random() %}", "{% $uuid() %}", "{% $shuffle([1..20]) %}"]);
    assert_eq!(run(&draw, Value::Null), run(&draw, Value::Null));
    let twice = run(&json!(["{% $uuid() %}", "{% $uuid() %}"]), Value::Null).unwrap();
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn threads_share_templates() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Template::compile(&json!("{% $x %}"), "Output").unwrap());
}

#[test]
fn a_function_is_no_result() {
    for function in ["$sum", "function($a) { $a }", "/a/", "$sum(?)"] {
        throws(function, "returned nothing (undefined).");
    }
}

#[test]
fn a_template_tells_what_it_reads() {
    let reads = |source: &str, field: &str| {
        let template = json!({"a": ["literal", format!("{{% {source} %}}")]});
        Template::compile(&template, "Output").unwrap().reads_states(field)
    };
    for (source, context, result) in [
        ("$x", false, false),
        ("$states.input.context", false, false),
        ("$states.context.Task.Token", true, false),
        ("$states.result.a & $states.context.Execution.Id", true, true),
        ("$lookup($states, 'x')", true, true),
    ] {
        assert_eq!(
            (reads(source, "context"), reads(source, "result")),
            (context, result),
            "{source}"
        );
    }
}
