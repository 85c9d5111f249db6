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
fn a_runaway_expression_is_an_error() {
    let limit = |expression: &str, text: &str| throws(expression, &format!("threw an error during evaluation: {text}"));
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
    let doubling = |start: &str, twice: &str| {
        format!("($f := function($v, $n) {{ $n = 0 ? $v : $f({twice}, $n - 1) }}; $count($f({start}, 40)))")
    };
    limit(&doubling("'x'", "$v & $v"), memory);
    limit(&doubling("[1]", "[$v, $v]"), memory);
    limit("$reduce([1..40], function($a, $i) { $a & $a }, 'x')", memory);
    limit(
        "$string($reduce([1..40], function($a, $i) { {'l': $a, 'r': $a} }, 1))",
        memory,
    );
    limit("$reduce([1..40], function($a, $i) { {'l': $a, 'r': $a} }, 1)", memory);
    limit("$pad('x', 1000000000)", memory);
    is("$length($pad('x', 10))", json!(10));
    is("$count([1..873782])", json!(873_782));
    is("$count($range(1, 360145, 1))", json!(360_145));
}

#[test]
fn fields_of_one_type_refuse_every_other() {
    let given = Given::new(json!({"a": 1}));
    let scope = given.scope();
    let field = |name: &str, source: &str| Template::compile(&json!(source), name).unwrap();
    let unexpected = |location: &str, expression: &str, types: &str| {
        format!(
            "The JSONata expression '{expression}' specified for the field '{location}' returned an unexpected result \
             type. Expected {types}"
        )
    };
    for (source, types) in [
        ("$x", "'array', but was 'number' for value: 5"),
        ("$none", "'array', but was 'null' for value: null"),
        ("$name", "'array', but was 'string' for value: \"Ada\""),
        ("$person", "'array', but was 'object' for value: {\"age\":36}"),
        ("$x = 5", "'array', but was 'boolean' for value: true"),
    ] {
        let error = field("Items", &format!("{{% {source} %}}")).array(&scope).unwrap_err();
        assert_eq!(error.to_string(), unexpected("Items", source, types));
    }
    assert_eq!(
        field("Items", "{% $list %}").array(&scope),
        Ok(vec![json!(3), json!(1), json!(2)])
    );
    assert_eq!(
        field("Choices[0]/Condition", "{% $x > 4 %}").condition(&scope),
        Ok(true)
    );
    let condition = field("Choices[0]/Condition", "{% $x %}").condition(&scope).unwrap_err();
    let text = unexpected("Choices[0]/Condition", "$x", "'boolean', but was 'number' for value: 5");
    assert_eq!(condition.to_string(), text);
    assert_eq!(
        field("Error", "{% $name & '.Error' %}").string(&scope),
        Ok("Ada.Error".to_owned())
    );
    assert_eq!(field("Seconds", "{% 2 * $x %}").integer(&scope, 0, 99_999_999), Ok(10));
    let seconds = |source: &str| {
        field("Seconds", source)
            .integer(&scope, 0, 99_999_999)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        seconds("{% 1.5 %}"),
        "The Seconds field cannot be parsed as an integer: 1.5"
    );
    assert_eq!(
        seconds("{% 0 - 1 %}"),
        "Seconds must be between 0 and 99999999 but was: -1"
    );
    let object = field("Assign", "{% $states.input %}").object(&scope).unwrap();
    assert_eq!(Value::Object(object), json!({"a": 1}));
}

#[test]
fn the_cause_names_the_state_and_the_event_that_entered_it() {
    let error = run(&json!({"error": "{% $stateError %}"}), Value::Null).unwrap_err();
    assert_eq!(
        error.cause_in("Fallback", 13),
        "An error occurred while executing the state 'Fallback' (entered at the event id #13). The JSONata expression \
         '$stateError' specified for the field 'Output/error' returned nothing (undefined)."
    );
}

#[test]
fn what_does_not_parse_is_found_at_its_place() {
    for (expression, code, message) in [
        ("1 +", "S0207", "Unexpected end of expression"),
        ("'a", "S0101", "String literal must be terminated by a matching quote"),
        ("/* a", "S0106", "Comment has no closing tag"),
        (
            "$x ?? 1",
            "S0211",
            "The symbol \"?\" cannot be used as a unary operator",
        ),
        (
            "$x ?: 1",
            "S0211",
            "The symbol \":\" cannot be used as a unary operator",
        ),
    ] {
        let template = json!({"a/b": [1, format!("{{% {expression} %}}")]});
        let finding = Template::compile(&template, "Arguments").unwrap_err();
        let (found, place) = (
            finding.code.as_deref(),
            (finding.pointer.as_str(), finding.location.as_str()),
        );
        assert_eq!((found, finding.message.as_str()), (Some(code), message), "{expression}");
        assert_eq!(place, ("/a~1b/1", "Arguments/a/b[1]"));
    }
}

#[test]
fn nesting_is_bounded_where_aws_bounds_it() {
    let too_deep = "threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. \
                    Consider rewriting as tail-recursive";
    let sum = |terms: usize| vec!["1"; terms].join("+");
    is(&sum(100), json!(100));
    throws(&sum(101), too_deep);
    let nested = |open: &str, close: &str, depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
    is(&nested("(", ")", 99), json!(1));
    throws(&nested("(", ")", 100), too_deep);
    let recursive = |n: usize| format!("($f := function($n) {{ $n = 0 ? 0 : 1 + $f($n - 1) }}; $f({n}))");
    is(&recursive(31), json!(31));
    throws(&recursive(32), too_deep);
}
