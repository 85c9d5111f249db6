//! One case for each rule, in both query languages where both know it.

use dataflow::{Contract, Knowledge, Shape, analyse};
use serde_json::{Value, json};

/// What is found in these states, started at `A` with `{name, note?, tags, at}`.
fn found(language: &str, states: &Value) -> Vec<String> {
    let definition = json!({"QueryLanguage": language, "StartAt": "A", "States": states});
    let machine = asl::parse(&definition.to_string())
        .expect("a readable definition")
        .machine;
    let input = Shape::object([
        ("name", Shape::text()),
        ("note", Shape::text().or_missing()),
        ("tags", Shape::list(Shape::text())),
        ("count", Shape::number().join(Shape::null())),
    ]);
    let greet = Contract::of_lambda(
        "Greet",
        Shape::object([
            ("name", Shape::text()),
            ("note", Shape::text().join(Shape::null()).or_missing()),
        ]),
        Shape::object([("greeting", Shape::text())]),
        vec![(
            "Greeting.Refused".to_owned(),
            Shape::object([("reason", Shape::text())]),
        )],
    );
    let contract = |_: &str, arguments: &Value| (arguments["FunctionName"] == "greet").then(|| greet.clone());
    let knowledge = Knowledge {
        input,
        contract: &contract,
        every_field_is_given: true,
        ..Knowledge::default()
    };
    analyse(&machine, &knowledge)
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn jsonata(states: &Value) -> Vec<String> {
    found("JSONata", states)
}

/// A state that is the last one.
fn last(output: &str) -> Value {
    json!({"Type": "Pass", "Output": format!("{{% {output} %}}"), "End": true})
}

/// What is found where this is the only expression.
fn expression(text: &str) -> Vec<String> {
    let findings = jsonata(&json!({"A": last(text)}));
    findings
        .iter()
        .map(|finding| finding.trim_start_matches("/States/A/Output: ").to_owned())
        .collect()
}

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

fn greet(payload: &Value, catch: &[&str]) -> Vec<String> {
    let catchers: Vec<_> = catch
        .iter()
        .map(|name| json!({"ErrorEquals": [name], "Next": "B"}))
        .collect();
    jsonata(&json!({
        "A": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "greet", "Payload": payload},
            "Catch": catchers, "Output": "{% $states.result.Payload.greeting %}", "Next": "B",
        },
        "B": {"Type": "Succeed"},
    }))
}

#[test]
fn calls_are_held_to_the_contract_of_what_they_call() {
    let name = "{% $states.input.name %}";
    let caught = ["Greeting.Refused"];
    assert_eq!(greet(&json!({"name": name, "note": null}), &caught), [""; 0]);
    for (payload, expected) in [
        (
            json!({"note": null}),
            "/States/A/Arguments/Payload/name: error: `name` is nothing, and a text is wanted by Greet [wrong-kind]; give it a value on every path",
        ),
        (
            json!({"name": 1, "note": null}),
            "/States/A/Arguments/Payload/name: error: `name` is a number, and a text is wanted by Greet [wrong-kind]",
        ),
        (
            json!({"name": name}),
            "/States/A/Arguments/Payload: warning: `note`, which Greet declares, is not given [omitted-field]; give it, if only as `null`",
        ),
        (
            json!({"name": name, "note": null, "nte": 1}),
            "/States/A/Arguments/Payload/nte: warning: `nte` is not declared by Greet [undeclared-field]; did you mean `note`?",
        ),
    ] {
        assert!(
            greet(&payload, &caught).contains(&expected.to_owned()),
            "{payload}: {:#?}",
            greet(&payload, &caught)
        );
    }
}

#[test]
fn declared_errors_are_decided_by_name() {
    let payload = json!({"name": "a", "note": null});
    assert_eq!(
        greet(&payload, &["States.ALL"]),
        [
            "/States/A: warning: `Greeting.Refused`, which Greet declares, is decided by no catcher of its own [undecided-error]; name it in `Catch`"
        ]
    );
    let findings = greet(&payload, &["Greeting.Refused", "Greeting.Refusd"]);
    assert_eq!(
        findings,
        [
            "/States/A/Catch[1]/ErrorEquals[0]: warning: Greet declares no error `Greeting.Refusd` [undeclared-error]; it declares Greeting.Refused"
        ]
    );
}

#[test]
fn an_error_is_caught_by_the_task_or_around_it() {
    let all = json!([{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]);
    let within = |inner: &Value, outer: &Value| {
        let mut task =
            json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": {}, "End": true});
        let mut both = json!({"Type": "Parallel", "End": true, "Branches": []});
        (task["Catch"], both["Catch"]) = (inner.clone(), outer.clone());
        both["Branches"] = json!([{"StartAt": "B", "States": {"B": task, "Caught": {"Type": "Fail"}}}]);
        let definition =
            json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": both, "Caught": {"Type": "Fail"}}});
        let machine = asl::parse(&definition.to_string()).expect("a definition").machine;
        let knowledge = Knowledge {
            every_error_is_caught: true,
            ..Knowledge::default()
        };
        analyse(&machine, &knowledge).findings.len()
    };
    let none = json!([]);
    // What a branch does not catch it fails by, and so does the state around it.
    assert_eq!([within(&none, &none), within(&all, &none)], [2, 1]);
    assert_eq!([within(&none, &all), within(&all, &all)], [0, 0]);
}

#[test]
fn the_fields_of_an_error_are_known_through_both_layers_of_json() {
    let detail = |field: &str| format!("{{% $parse($parse($states.errorOutput.Cause).errorMessage).{field} %}}");
    let states = |field: &str| {
        json!({
            "A": {
                "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "greet", "Payload": {"name": "a", "note": null}},
                "Catch": [{"ErrorEquals": ["Greeting.Refused"], "Output": detail(field), "Next": "B"}], "Next": "B",
            },
            "B": {"Type": "Succeed"},
        })
    };
    assert_eq!(jsonata(&states("reason")), [""; 0]);
    let findings = jsonata(&states("raison"));
    assert!(
        findings[0].contains("has no field `raison` [unknown-field]; did you mean `reason`?"),
        "{findings:?}"
    );
}

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

#[test]
fn a_reserved_name_that_nothing_raises_is_told() {
    let caught = |name: &str| {
        let branch = json!({"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}});
        jsonata(&json!({
            "A": {"Type": "Parallel", "Branches": [branch], "End": true, "Output": "",
                  "Catch": [{"ErrorEquals": [name], "Next": "B"}, {"ErrorEquals": ["States.ALL"], "Next": "B"}]},
            "B": last("1"),
        }))
    };
    assert_eq!(caught("States.Timeout"), [""; 0]);
    assert_eq!(caught("States.Http.StatusCode.404"), [""; 0]);
    assert_eq!(caught("Own.Timeouts"), [""; 0]);
    let found = caught("States.Timeouts");
    assert!(
        found.len() == 1 && found[0].contains("did you mean `States.Timeout`?"),
        "{found:?}"
    );
}
