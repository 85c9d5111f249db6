//! What templates give, and what they fail with.

use serde_json::{Map, Value, json};

use super::{QueryError, Random, Scope, Template};

/// The scope of the cases: an input, a context object, some variables.
struct Given {
    input: Value,
    context: Value,
    variables: Map<String, Value>,
    random: Random,
}

impl Given {
    fn new(input: Value) -> Self {
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

    fn scope(&self) -> Scope<'_> {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        Scope {
            variables: &self.variables,
            ..Scope::new(&self.input, &self.context, now, &self.random)
        }
    }
}

fn run(template: &Value, input: Value) -> Result<Value, QueryError> {
    let given = Given::new(input);
    Template::compile(template, "Output").unwrap().evaluate(&given.scope())
}

#[track_caller]
fn gives(template: Value, input: Value, output: Value) {
    assert_eq!(run(&template, input), Ok(output), "{template}");
}

#[track_caller]
fn fails(template: Value, input: Value, cause: &str) {
    assert_eq!(
        run(&template, input).map_err(|error| error.to_string()),
        Err(cause.to_owned()),
        "{template}"
    );
}

/// The result of an expression without input.
#[track_caller]
fn is(expression: &str, output: Value) {
    gives(json!(format!("{{% {expression} %}}")), Value::Null, output);
}

/// The end of the cause of an expression without input.
#[track_caller]
fn throws(expression: &str, message: &str) {
    let start = format!("The JSONata expression '{expression}' specified for the field 'Output' ");
    fails(
        json!(format!("{{% {expression} %}}")),
        Value::Null,
        &format!("{start}{message}"),
    );
}

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
        gives(literal.clone(), Value::Null, literal);
    }
    gives(
        json!({"b": "{% $x %}", "a": ["{%$name%}", 1]}),
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
    gives(json!("{% $states.input.a.b %}"), json!({"a": {"b": [1]}}), json!([1]));
    gives(
        json!("{% $states.input.a.b %}"),
        json!({"a": [{"b": 1}, {"b": 2}]}),
        json!([1, 2]),
    );
    gives(json!("{% $states.input.a.b %}"), json!({"a": [{"b": 1}]}), json!(1));
    gives(
        json!("{% $states %}"),
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
        json!({"error": "{% $stateError %}"}),
        Value::Null,
        &text("$stateError", "Output/error"),
    );
    fails(
        json!({"a": {"b": [1, "{% $y %}"]}}),
        Value::Null,
        &text("$y", "Output/a/b[1]"),
    );
    fails(
        json!("{% $states.result %}"),
        Value::Null,
        &text("$states.result", "Output"),
    );
    fails(json!("{% $$ %}"), Value::Null, &text("$$", "Output"));
}

#[test]
fn numbers_are_written_as_step_functions_writes_them() {
    is("1 / 2", json!(0.5));
    is("6 / 2", json!(3));
    is("1 / 0", json!("Infinity"));
    is("[-1 / 0, 0 / 0]", json!(["-Infinity", "NaN"]));
    gives(
        json!("{% $states.input %}"),
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
fn the_functions_refuse_what_aws_refuses() {
    let threw = |expression, message| throws(expression, &format!("threw an error during evaluation. {message}"));
    threw("$parse('x')", "D3137: Invalid JSON");
    threw(
        "$parse(1)",
        "T0410: Argument 1 of function \"parse\" does not match function signature",
    );
    threw(
        "$partition(1, 2)",
        "T0412: Argument 1 of function \"partition\" must be an array of undefined",
    );
    threw("$partition([1], -1)", "D3137: Second argument must be zero or greater");
    threw(
        "$range(1)",
        "T0410: Argument 2 of function \"range\" does not match function signature",
    );
    threw(
        "$range(1, 2, 3, 4)",
        "T0410: Argument 4 of function \"range\" does not match function signature",
    );
    threw(
        "$hash('a', 'MD4')",
        "D3137: Hash algorithm 'MD4' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
    );
    threw(
        "$uuid(1)",
        "T0410: Argument 1 of function \"uuid\" does not match function signature",
    );
    threw("$eval('1+1')", "T1006: Attempted to invoke a non-function");
    threw("$randomSeeded(1)", "T1006: Attempted to invoke a non-function");
}

#[test]
fn errors_are_worded_as_the_reference_words_them() {
    for (expression, message) in [
        (
            "1 + 'a'",
            "T2002: The right side of the \"+\" operator must evaluate to a number",
        ),
        (
            "2 * ($name - 1)",
            "T2001: The left side of the \"-\" operator must evaluate to a number",
        ),
        ("-$name", "D1002: Cannot negate a non-numeric value: \"Ada\""),
        (
            "$x < $name",
            "T2009: The values 5 and \"Ada\" either side of operator \"<\" must be of the same data type",
        ),
        (
            "true >= 1",
            "T2010: The expressions either side of operator \">=\" must evaluate to numeric or string values",
        ),
        (
            "$abs('x')",
            "T0410: Argument 1 of function \"abs\" does not match function signature",
        ),
        (
            "1 + $length($x)",
            "T0410: Argument 1 of function \"length\" does not match function signature",
        ),
        (
            "$map($list, function($v) { $uppercase($v) })",
            "T0410: Argument 1 of function \"uppercase\" does not match function signature",
        ),
        (
            "$map(1)",
            "T0410: Argument 2 of function \"map\" does not match function signature",
        ),
        (
            "$sum([1, 'a'])",
            "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\"",
        ),
        ("$number('abc')", "D3030: Unable to cast value to a number: \"abc\""),
        ("$error('boom')", "D3137: boom"),
        ("$assert(false, 'no')", "D3141: no"),
        (
            "[1..'a']",
            "T2004: The right side of the range operator (..) must evaluate to an integer",
        ),
        (
            "$formatBase(10, 40)",
            "D3100: The radix of the formatBase function must be between 2 and 36.  It was given 40",
        ),
        (
            "$single([1, 2])",
            "D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.",
        ),
        (
            "{'a': 1, 'a': 2}",
            "D1009: Multiple key definitions evaluate to same key: \"a\"",
        ),
    ] {
        throws(expression, &format!("threw an error during evaluation. {message}"));
    }
}

#[test]
fn time_and_chance_come_from_the_scope() {
    is("$now()", json!("2026-01-02T03:04:05.678Z"));
    is("$now('[Y0001]')", json!("2026"));
    is("$millis()", json!(1_767_323_045_678_i64));
    is("$toMillis($now()) = $millis()", json!(true));
    let draw = json!(["{% $random() %}", "{% $uuid() %}", "{% $shuffle([1..20]) %}"]);
    assert_eq!(run(&draw, Value::Null), run(&draw, Value::Null));
    let twice = run(&json!(["{% $uuid() %}", "{% $uuid() %}"]), Value::Null).unwrap();
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn a_runaway_expression_is_an_error() {
    let limit = |expression, text| throws(expression, &format!("threw an error during evaluation: {text}"));
    let memory = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
    let depth =
        "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
    limit("($f := function($n) { 1 + $f($n + 1) }; $f(0))", depth);
    limit(
        "($f := function($n) { $f($n + 1) }; $f(0))",
        "Expression evaluation timeout: Check for infinite loop",
    );
    limit("$sum([1..900000])", memory);
    limit("$range(1, 360146, 1)", memory);
    is("$count([1..873782])", json!(873_782));
    is("$count($range(1, 360145, 1))", json!(360_145));
}
