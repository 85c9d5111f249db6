//! What ends an expression that would not end.

use serde_json::json;

use super::{is, throws};

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
    limit("($s := $pad('a', 100000, 'a'); $replace($s, 'a', $s))", memory);
    is("($s := $pad('b', -3, 'a'); $replace($s, 'b', $s))", json!("aaaab"));
    is("$length($pad('x', 10))", json!(10));
    is("$count([1..873782])", json!(873_782));
    is("$count($range(1, 360145, 1))", json!(360_145));
}

#[test]
fn what_the_evaluator_cannot_bear_fails_the_expression_alone() {
    let fails = |expression: &str, text: &str| throws(expression, &format!("threw an error during evaluation: {text}"));
    let letters = format!("$parseInteger('{}', 'a')", "z".repeat(80));
    fails(
        &letters,
        "The expression cannot be evaluated: Check for numbers beyond all bounds",
    );
    let memory = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
    fails(&format!("$fromMillis(0, '[Y{}1]')", "0".repeat(63)), memory);
    fails("$fromMillis(0, '[Y,777777777777777-777777777777777]')", memory);
    fails("($f := $fromMillis; $f(0, '[M01,777777777777777]'))", memory);
    fails("$now('[Y,777777777777777]')", memory);
    is("$fromMillis(0, '[Y0001]-[M01]-[D01]')", json!("1970-01-01"));
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
