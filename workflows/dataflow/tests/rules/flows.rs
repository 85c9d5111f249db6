//! What goes through Map, Parallel, Wait and loops.

use dataflow::{Knowledge, Shape, analyse};
use serde_json::{Value, json};

use crate::{found, jsonata, last};

#[test]
fn a_map_hands_its_items_on_and_keeps_its_variables() {
    let states = |inner: Value| {
        json!({
            "A": {"Type": "Pass", "Assign": {"greeting": "Hello"}, "Next": "B"},
            "B": {
                "Type": "Map", "Items": "{% $states.input.tags %}",
                "ItemProcessor": {"StartAt": "C", "States": {"C": inner}},
                "End": true,
            },
        })
    };
    assert_eq!(jsonata(&states(last("$greeting & $uppercase($states.input)"))), [""; 0]);
    let shadowing = json!({"Type": "Pass", "Assign": {"greeting": "Bye"}, "End": true});
    let findings = jsonata(&states(shadowing));
    assert!(
        findings[0].contains("`$greeting` is a variable of the scope around this one [shadowed-variable]"),
        "{findings:?}"
    );
    let findings = jsonata(&states(last("$states.input.first")));
    assert!(
        findings[0].contains("`$states.input` is a text and has no fields, so no `first`"),
        "{findings:?}"
    );
}

#[test]
fn each_result_of_a_parallel_is_there_and_of_its_own_kind() {
    let branch = |name: &str, output: &str| json!({"StartAt": name, "States": {name: last(output)}});
    let with = |output: &str| {
        let both = json!({
            "Type": "Parallel", "Branches": [branch("B", "'text'"), branch("C", "7")], "End": true,
            "Output": format!("{{% {output} %}}"),
        });
        jsonata(&json!({"A": both}))
    };
    for fine in [
        "$states.result[1] + 1",
        "$states.result[0] & $states.result[-1]",
        "($both := $states.result; $both[1] * $both[-1])",
        "[$states.result, 3][2] + [$states.result][1]",
    ] {
        assert_eq!(with(fine), [""; 0], "{fine}");
    }
    for (wrong, why) in [
        ("$states.result[0] + 1", "arithmetic does not take a text [wrong-kind]"),
        ("$states.result[2]", "the expression never has a value [no-value]"),
        ("$states.result[-3]", "the expression never has a value [no-value]"),
        (
            "$states.result[$random() * 2]",
            "the expression may have no value [maybe-no-value]",
        ),
    ] {
        let found = with(wrong);
        assert!(found.len() == 1 && found[0].contains(why), "{wrong}: {found:?}");
    }
}

#[test]
fn the_most_that_a_wait_takes_is_known_where_the_data_are_bounded() {
    let wait = |language: &str, field: &str, seconds: &str| {
        let definition = json!({"QueryLanguage": language, "StartAt": "A", "States": {
            "A": {"Type": "Wait", field: seconds, "End": true},
        }});
        let machine = asl::parse(&definition.to_string()).expect("a definition").machine;
        let schema = json!({"type": "object", "required": ["pause", "any"], "properties": {
            "pause": {"type": "integer", "maximum": 60}, "any": {"type": "integer"}, "maybe": {"type": "integer", "maximum": 5},
        }});
        let knowledge = Knowledge {
            input: Shape::of_schema(&schema),
            ..Knowledge::default()
        };
        analyse(&machine, &knowledge).states["/States/A"].seconds
    };
    for (expression, most) in [
        ("$states.input.pause", Some(60.0)),
        ("$states.input.any", None),
        ("$min([$states.input.any, 30])", Some(30.0)),
        ("$ceil($min([$states.input.any, 30.5]))", Some(31.0)),
        ("$max([$states.input.pause, 90])", Some(90.0)),
        ("$max([$states.input.pause, $states.input.any])", None),
        ("$states.input.any > 3 ? 10 : $states.input.pause", Some(60.0)),
        ("$states.input.pause + 1", None),
        // What may not be there bounds nothing.
        ("$min([$states.input.maybe, $states.input.any])", None),
    ] {
        assert_eq!(
            wait("JSONata", "Seconds", &format!("{{% {expression} %}}")),
            most,
            "{expression}"
        );
    }
    assert_eq!(wait("JSONPath", "SecondsPath", "$.pause"), Some(60.0));
    assert_eq!(wait("JSONPath", "SecondsPath", "$.any"), None);
}

#[test]
fn a_loop_comes_to_rest() {
    let findings = jsonata(&json!({
        "A": {"Type": "Pass", "Assign": {"text": "", "round": 0}, "Next": "B"},
        "B": {
            "Type": "Choice",
            "Choices": [{
                "Condition": "{% $round < 10 %}",
                "Assign": {"text": "{% $text & 'x' %}", "round": "{% $round + 1 %}"},
                "Next": "B",
            }],
            "Default": "C",
        },
        "C": last("$text"),
    }));
    assert_eq!(findings, [""; 0]);
}

#[test]
fn paths_are_followed_too() {
    let states = |parameters: Value| json!({"A": {"Type": "Pass", "Parameters": parameters, "End": true}});
    let fine = json!({"a.$": "$.name", "b.$": "$$.Execution.Id", "c.$": "States.Format('{}', $.name)"});
    assert_eq!(found("JSONPath", &states(fine)), [""; 0]);
    for (path, expected) in [
        (
            "$.nme",
            "`$.nme` leads nowhere: there is no field `nme` [unknown-field]; did you mean `name`?",
        ),
        (
            "$greeting",
            "no state before this one assigns `$greeting` [unassigned-variable]",
        ),
        ("States.Format('{}', $.nme)", "`$.nme` leads nowhere"),
        (
            "$$.Executon.Id",
            "there is no field `Executon` [unknown-field]; did you mean `Execution`?",
        ),
    ] {
        let findings = found("JSONPath", &states(json!({"a.$": path})));
        assert!(findings[0].contains(expected), "{path}: {findings:?}");
    }
}
