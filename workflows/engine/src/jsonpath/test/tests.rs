//! Rules over one document.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Test;
use crate::query::{Random, Scope};

fn holds(condition: &Value, input: &Value) -> Result<bool, String> {
    let text = json!({ "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Choices": [with_next(condition)], "Default": "D" }, "D": { "Type": "Succeed" } } });
    let parsed = asl::parse(&text.to_string()).unwrap_or_else(|findings| panic!("{findings:?}"));
    let asl::StateKind::Choice(choice) = &parsed.machine.states.states["C"].kind else {
        panic!()
    };
    let (context, random) = (json!({}), Random::new(0));
    let scope = Scope::new(input, &context, Timestamp::UNIX_EPOCH, &random);
    Test::compile(&choice.choices[0].condition)
        .unwrap()
        .holds(&scope)
        .map_err(|error| error.text)
}

fn with_next(condition: &Value) -> Value {
    let mut rule = condition.clone();
    rule["Next"] = "D".into();
    rule
}

#[test]
fn operators_compare_values_of_their_type() {
    // Operator, its value, and values of the variable that it holds for and does not hold for.
    let cases = [
        ("StringEquals", json!("a"), json!("a"), json!("b")),
        ("StringEquals", json!("1"), json!("1"), json!(1)),
        ("StringLessThan", json!("b"), json!("a"), json!("b")),
        ("StringLessThanEquals", json!("b"), json!("b"), json!("c")),
        ("StringGreaterThan", json!("b"), json!("bb"), json!("B")),
        ("StringGreaterThanEquals", json!("b"), json!("b"), json!("a")),
        ("StringMatches", json!("log-*.txt"), json!("log-.txt"), json!("log.txt")),
        ("StringMatches", json!("*a*b"), json!("xaab"), json!("xaabc")),
        ("StringMatches", json!("a\\*b"), json!("a*b"), json!("axb")),
        ("StringMatches", json!("a\\\\b"), json!("a\\b"), json!("a\\\\b")),
        ("NumericEquals", json!(1), json!(1.0), json!("1")),
        ("NumericLessThan", json!(0.5), json!(-1), json!(0.5)),
        ("NumericLessThanEquals", json!(2), json!(2), json!(2.1)),
        (
            "NumericGreaterThan",
            json!(9_007_199_254_740_992_i64),
            json!(9_007_199_254_740_993_i64),
            json!(0),
        ),
        ("NumericGreaterThanEquals", json!(2), json!(2), json!(null)),
        ("BooleanEquals", json!(true), json!(true), json!("true")),
        (
            "TimestampEquals",
            json!("2020-01-01T00:00:00Z"),
            json!("2020-01-01T01:00:00+01:00"),
            json!("x"),
        ),
        (
            "TimestampLessThan",
            json!("2020-01-01T00:00:00Z"),
            json!("2019-12-31T23:59:59.9Z"),
            json!(1),
        ),
        (
            "TimestampGreaterThan",
            json!("2020-01-01T00:00:00Z"),
            json!("2020-01-01T00:00:01Z"),
            json!("2020-01-01T00:00:00Z"),
        ),
        (
            "TimestampLessThanEquals",
            json!("2020-01-01T00:00:00Z"),
            json!("2020-01-01T00:00:00Z"),
            json!("2021-01-01T00:00:00Z"),
        ),
        (
            "TimestampGreaterThanEquals",
            json!("2020-01-01T00:00:00Z"),
            json!("2020-01-01T00:00:00Z"),
            json!("2019-01-01T00:00:00Z"),
        ),
        ("IsNull", json!(true), json!(null), json!(0)),
        ("IsNumeric", json!(true), json!(0), json!("0")),
        ("IsString", json!(true), json!(""), json!(null)),
        ("IsBoolean", json!(false), json!(0), json!(false)),
        (
            "IsTimestamp",
            json!(true),
            json!("2020-01-01T00:00:00Z"),
            json!("2020-01-01"),
        ),
    ];
    for (operator, value, yes, no) in cases {
        let condition = json!({ "Variable": "$.v", operator: value });
        assert_eq!(
            holds(&condition, &json!({ "v": yes })),
            Ok(true),
            "{operator} {value} {yes}"
        );
        assert_eq!(
            holds(&condition, &json!({ "v": no })),
            Ok(false),
            "{operator} {value} {no}"
        );
    }
}

#[test]
fn operands_can_be_paths() {
    for operator in asl::OPERATORS
        .iter()
        .filter(|operator| operator.operand == asl::Operand::Path)
    {
        let condition = json!({ "Variable": "$.v", operator.name: "$.w" });
        let value = match operator.name {
            name if name.starts_with("Numeric") => json!(1),
            name if name.starts_with("Boolean") => json!(true),
            name if name.starts_with("Timestamp") => json!("2020-01-01T00:00:00Z"),
            _ => json!("a"),
        };
        let equal = operator.name.contains("Equals");
        assert_eq!(
            holds(&condition, &json!({ "v": value, "w": value })),
            Ok(equal),
            "{}",
            operator.name
        );
        let error = holds(&condition, &json!({ "v": value })).unwrap_err();
        assert!(
            error.starts_with("Invalid path '$.w': The choice state's condition path"),
            "{error}"
        );
    }
}

#[test]
fn presence_is_the_only_thing_to_ask_of_what_is_missing() {
    let present = |expected| json!({ "Variable": "$.a.b", "IsPresent": expected });
    assert_eq!(holds(&present(true), &json!({ "a": { "b": null } })), Ok(true));
    assert_eq!(holds(&present(true), &json!({})), Ok(false));
    assert_eq!(holds(&present(false), &json!({})), Ok(true));
    assert!(holds(&json!({ "Variable": "$.a", "IsNull": true }), &json!({})).is_err());
}

#[test]
fn rules_combine_and_look_no_further_than_they_must() {
    let (yes, no) = (
        json!({ "Variable": "$.a", "IsPresent": true }),
        json!({ "Variable": "$.a", "IsPresent": false }),
    );
    let error = json!({ "Variable": "$.b", "IsNull": true });
    for (condition, expected) in [
        (json!({ "And": [yes, yes] }), Ok(true)),
        (json!({ "And": [yes, no, error] }), Ok(false)),
        (json!({ "Or": [no, yes, error] }), Ok(true)),
        (json!({ "Or": [no, no] }), Ok(false)),
        (json!({ "Not": no }), Ok(true)),
        (json!({ "Not": { "And": [yes, { "Not": yes }] } }), Ok(true)),
    ] {
        assert_eq!(holds(&condition, &json!({ "a": 1 })), expected, "{condition}");
    }
    assert!(holds(&json!({ "And": [yes, error] }), &json!({ "a": 1 })).is_err());
}
