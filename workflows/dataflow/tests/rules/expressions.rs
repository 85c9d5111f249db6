//! What is read, compared and assigned.

use serde_json::json;

use crate::{expression, jsonata, last};

#[test]
fn an_item_is_there_only_where_the_same_item_was_found() {
    let tags = "$states.input.tags";
    for text in [
        format!("{tags}[0]"),
        format!("$exists({tags}[0]) ? {tags}[1] : ''"),
        format!("$exists({tags}[0]) ? '' : {tags}[0]"),
        format!("$exists({tags}[$random() * 2]) ? {tags}[$random() * 2] : ''"),
        format!("($i := 0; $exists({tags}[$i]) ? ($i := 9; {tags}[$i]) : '')"),
    ] {
        let found = expression(&text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains("maybe-no-value"), "{text}: {found:?}");
    }
}

#[test]
fn expressions_without_fault_are_left_alone() {
    for text in [
        "$states.input.name & '!'",
        "$exists($states.input.note) ? $states.input.note : null",
        "($exists($states.input.note) and $length($states.input.note) > 3) ? $states.input.note : 'short'",
        "[$states.input.tags[0]]",
        "$exists($states.input.tags[1]) ? $states.input.tags[1] : 'none'",
        "$exists($states.input.tags[$length($states.input.name)]) ? $states.input.tags[$length($states.input.name)] : ''",
        "$map($states.input.tags, function($tag) { $uppercase($tag) })",
        "$states.input.count != null ? $states.input.count + 1 : 0",
        "($twice := $states.input.name & $states.input.name; $length($twice))",
        "$states.context.Execution.StartTime",
        "$count($states.input.tags[$ = 'a'])",
        "$string($states.input.tags)",
        "$reduce($states.input.tags, function($a, $b) { $a & $b })",
    ] {
        assert_eq!(expression(text), [""; 0], "{text}");
    }
}

#[test]
fn what_cannot_go_well_in_an_expression_is_told() {
    for (text, expected) in [
        (
            "$states.input.nme",
            "error: `$states.input` has no field `nme` [unknown-field]; did you mean `name`?",
        ),
        (
            "$states.input.name.first",
            "error: `$states.input.name` is a text and has no fields, so no `first` [unknown-field]",
        ),
        (
            "$states.input.note",
            "warning: the expression may have no value [maybe-no-value]; give a default: `$exists(x) ? x : null`",
        ),
        (
            "$greeting",
            "error: no state before this one assigns `$greeting` [unassigned-variable]",
        ),
        ("-$states.input.name", "error: - does not take a text [wrong-kind]"),
        (
            "$states.input.count + 1",
            "warning: arithmetic does not take null [maybe-wrong-kind]",
        ),
        (
            "$states.result",
            "error: `$states` has no field `result` [unknown-field]; it has `context`, `input`",
        ),
        (
            "$states.context.Task.Token",
            "error: `$states.context` has no field `Task` [unknown-field]; it has `Execution`, `State`, `StateMachine`",
        ),
        (
            "false ? 1",
            "error: the expression never has a value [no-value]; Step Functions fails the state with States.QueryEvaluationError",
        ),
        ("1 +", "error: "),
    ] {
        let findings = expression(text);
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        assert!(findings[0].starts_with(expected), "{text}: {}", findings[0]);
    }
}

#[test]
fn variables_are_assigned_on_every_path_before_they_are_read() {
    let choice = |read: &str| {
        json!({
            "A": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $states.input.name = 'a' %}", "Assign": {"x": 1}, "Next": "B"}],
                "Default": "B",
            },
            "B": last(read),
        })
    };
    let warning = "/States/B/Output: warning: `$x` is read, and not every path to here assigns it [maybe-unassigned]; assign it on all paths, or ask `$exists` first";
    assert_eq!(jsonata(&choice("$x")), [warning]);
    assert_eq!(jsonata(&choice("$exists($x) ? $x : 0")), [""; 0]);
    let unread = "/States/A/Choices[0]/Assign/x: warning: `$x` is assigned, and nothing reads it [unread-variable]";
    assert_eq!(jsonata(&choice("1")), [unread]);
}

#[test]
fn a_catcher_does_not_see_what_the_failed_state_would_have_assigned() {
    let findings = jsonata(&json!({
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "other"},
            "Assign": {"answer": "{% $states.result.Payload %}"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
            "Next": "B",
        },
        "B": last("$answer"),
        "C": last("$answer"),
    }));
    assert_eq!(
        findings,
        ["/States/C/Output: error: no state before this one assigns `$answer` [unassigned-variable]"]
    );
}

#[test]
fn what_is_compared_is_there() {
    let told = |expression: &str| {
        jsonata(&json!({
            "A": {"Type": "Pass", "Assign": {"one": "{% $random() > 0.5 ? {'a': 1} : {'a': 1, 'b': 2} %}"}, "Next": "B"},
            "B": last(expression),
        }))
    };
    assert_eq!(told("$max([0, $min([9, $one.a])])"), [""; 0]);
    let found = told("$max([0, $min([9, $one.b])])");
    assert!(
        found
            .iter()
            .any(|one| one.contains("one of the values that `$min` compares may not have a value")),
        "{found:?}"
    );
}
