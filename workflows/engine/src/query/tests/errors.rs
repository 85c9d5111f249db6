//! What expressions fail with.

use serde_json::{Value, json};

use super::{Given, run, throws};
use crate::query::Template;

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
        ("$x[1,2)", "S0202", "Expected \"]\", got \",\""),
        ("1 +", "S0207", "Unexpected end of expression"),
        ("(1", "S0203", "Expected \")\" before end of expression"),
        (
            "{\"a\":}",
            "S0211",
            "The symbol \"}\" cannot be used as a unary operator",
        ),
        ("1 2", "S0201", "Syntax error: 2"),
        ("$x a", "S0201", "Syntax error: \"a\""),
        (
            "$x.7",
            "S0213",
            "The literal value 7 cannot be used as a step within a path expression",
        ),
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
        assert_eq!(finding.kind.code(), "INVALID_JSONATA_EXPRESSION");
    }
}

#[test]
fn references_to_a_context_item_are_refused() {
    let compile = |expression: &str| Template::compile(&json!(format!("{{% {expression} %}}")), "Output");
    for (expression, reference) in [
        ("phone", "phone"),
        ("phone[0].number", "phone"),
        ("$x + a.b", "a"),
        ("$map($list, function($v) { $v + b })", "b"),
        ("$.a", "$"),
    ] {
        let finding = compile(expression).unwrap_err();
        assert_eq!(
            finding.message,
            format!("Reference to '{reference}' at the top level is not supported.")
        );
        assert_eq!(finding.kind.code(), "UNSUPPORTED_JSONATA_EXPRESSION");
    }
    assert_eq!(
        compile("$$").unwrap_err().message,
        "Reference to '$$' is not supported."
    );
    for expression in [
        "$states.input.items[value > 3 and $ != 1]",
        "$states.input.items.{'id': id, 'n': $.name}",
        "$states.input.items^(>price).name",
        "$states.input.items{kind: $sum(price)}",
        "$states.input ~> |items|{'new': old}, ['old']|",
        "$states.input.items.(a + b)",
        "{'literal': $x}.literal",
        "($y := $x; $y)",
    ] {
        assert!(compile(expression).is_ok(), "{expression}");
    }
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
