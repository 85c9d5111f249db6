use super::*;

fn measured(text: &str, bounds: &Bounds, kind: ExecutionType) -> Result<Value, Invalid> {
    let machine = asl::parse(text).unwrap().machine;
    let data = dataflow::analyse(&machine, &dataflow::Knowledge::default()).states;
    report(&Subject {
        name: "w",
        kind,
        machine: &machine,
        bounds,
        data: &data,
        unchecked: Vec::new(),
    })
}

fn standard(text: &str, bounds: &Bounds) -> Result<Value, Invalid> {
    measured(text, bounds, ExecutionType::Standard)
}

const RETRIED: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {}, "Next": "B",
          "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": 2}, {"ErrorEquals": ["States.ALL"]}],
          "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
    "B": {"Type": "Succeed"},
    "C": {"Type": "Fail"}}}"#;

#[test]
fn the_usual_path_meets_no_error_and_the_worst_every_retry() {
    let report = standard(RETRIED, &Bounds::new()).unwrap();
    assert_eq!(
        report["transitions"]["usual"],
        json!({"count": 2, "states": ["A", "B"]})
    );
    assert_eq!(report["transitions"]["worst"]["count"], 1 + 2 + 3 + 1);
    assert_eq!(report["events"]["worst"], (1 + 2 + 3) * 3 + 2 + 2 + 2);
    assert_eq!(report["usd_per_million_executions"]["usual"], 50.0);
}

const LOOP: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "B"}]},
    "B": {"Type": "Wait", "Seconds": 1, "Next": "A"},
    "End": {"Type": "Succeed"}}}"#;

#[test]
fn a_spent_loop_enters_its_head_once_more_than_it_has_rounds() {
    let bounds = Bounds::from([("A".to_owned(), 10)]);
    let report = standard(LOOP, &bounds).unwrap();
    assert_eq!(report["transitions"]["worst"]["count"], 10 * 2 + 1 + 1);
    assert_eq!(report["transitions"]["usual"]["count"], 2);
}

#[test]
fn the_rounds_of_loops_in_loops_multiply() {
    let nested = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "B"}]},
        "B": {"Type": "Choice", "Default": "A", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "C"}]},
        "C": {"Type": "Wait", "Seconds": 1, "Next": "B"},
        "End": {"Type": "Succeed"}}}"#;
    let bounds = |outer, inner| Bounds::from([("A".to_owned(), outer), ("B".to_owned(), inner)]);
    let report = standard(nested, &bounds(10, 20)).unwrap();
    let (outer, inner, waits) = (10 + 1, 10 * (20 + 1), 10 * 20);
    assert_eq!(report["transitions"]["worst"]["count"], outer + inner + waits + 1);
    assert_eq!(report["events"]["worst"], 2 + 2 * (outer + inner + waits + 1));
    assert_eq!(report["duration"]["worst_seconds"], waits);
    let long = standard(nested, &bounds(100, 100)).unwrap_err();
    assert!(long.detail.contains("40406 events"), "{long}");
}

#[test]
fn a_loop_that_is_left_in_its_last_round_takes_no_more() {
    // Behind B it goes on at C or back to A; what follows C is longer than a round.
    let text = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "B"}]},
        "B": {"Type": "Choice", "Default": "A", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "C"}]},
        "C": {"Type": "Wait", "Seconds": 1, "Next": "D"},
        "D": {"Type": "Wait", "Seconds": 1, "Next": "End"},
        "End": {"Type": "Succeed"}}}"#;
    let report = standard(text, &Bounds::from([("A".to_owned(), 5)])).unwrap();
    assert_eq!(report["transitions"]["worst"]["count"], 5 * 2 + 3);
}

#[test]
fn a_loop_that_is_entered_at_two_states_has_no_bound() {
    let crossed = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Default": "B", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "C"}]},
        "B": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "C"}]},
        "C": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "B"}]},
        "End": {"Type": "Succeed"}}}"#;
    let bounds = Bounds::from([("B".to_owned(), 5), ("C".to_owned(), 5)]);
    let error = standard(crossed, &bounds).unwrap_err();
    assert!(error.detail.contains("entered here and at another state"), "{error}");
}

#[test]
fn a_task_that_somebody_answers_has_an_event_more() {
    let task = |resource: &str| {
        let text = format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::{resource}",
            "Parameters": {{}}, "TimeoutSeconds": 5, "End": true}}}}}}"#
        );
        standard(&text, &Bounds::new()).unwrap()["events"]["worst"].clone()
    };
    assert_eq!(task("sqs:sendMessage"), 2 + 2 + 3);
    assert_eq!(task("sqs:sendMessage.waitForTaskToken"), 2 + 2 + 4);
    assert_eq!(task("states:startExecution.sync:2"), 2 + 2 + 4);
}

#[test]
fn a_loop_without_a_bound_and_a_history_beyond_the_limit_are_invalid() {
    let unbounded = standard(LOOP, &Bounds::new()).unwrap_err();
    assert_eq!(unbounded.to_string(), "w: A: a loop without a bound");
    let long = standard(LOOP, &Bounds::from([("A".to_owned(), 10_000)])).unwrap_err();
    assert!(long.detail.contains("25000"), "{long}");
}

#[test]
fn time_and_express_are_held_to_their_limits() {
    let task = |timeout: u64| {
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {{}}, "TimeoutSeconds": {timeout}, "End": true,
            "Retry": [{{"ErrorEquals": ["X"], "MaxAttempts": 2, "IntervalSeconds": 3, "BackoffRate": 2}}]}}}}}}"#
        )
    };
    let report = standard(&task(10), &Bounds::new()).unwrap();
    assert_eq!(report["duration"]["worst_seconds"], 3 * 10 + 3 + 6);
    assert!(measured(&task(90), &Bounds::new(), ExecutionType::Express).is_ok());
    let long = measured(&task(100), &Bounds::new(), ExecutionType::Express).unwrap_err();
    assert!(long.detail.contains("309 s"), "{long}");
}

#[test]
fn a_wait_that_nothing_bounds_is_named_and_refused_where_time_is_short() {
    let wait = |seconds: &str, top: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", {top} "StartAt": "A", "States": {{
            "A": {{"Type": "Wait", "Seconds": "{{% {seconds} %}}", "Next": "B"}}, "B": {{"Type": "Succeed"}}}}}}"#
        )
    };
    let (any, bounded) = ("$states.input", "$min([$states.input, 60])");
    let report = standard(&wait(any, ""), &Bounds::new()).unwrap();
    assert_eq!(report["duration"]["worst_seconds"], 0);
    assert_eq!(report["duration"]["and_beside"], json!(["A"]));
    let report = standard(&wait(bounded, ""), &Bounds::new()).unwrap();
    assert_eq!(report["duration"]["worst_seconds"], 60);
    assert_eq!(report["duration"]["and_beside"], json!([]));
    let express = |seconds| measured(&wait(seconds, ""), &Bounds::new(), ExecutionType::Express);
    assert!(express(bounded).is_ok());
    let refused = express(any).unwrap_err();
    assert!(
        refused.detail.contains("waits in `A` as long as the data say"),
        "{refused}"
    );
    let timed = |seconds| standard(&wait(seconds, r#""TimeoutSeconds": 70,"#), &Bounds::new());
    assert!(timed(bounded).is_ok());
    let refused = timed(any).unwrap_err();
    assert!(
        refused.detail.contains("its timeout of 70 s may cut it off"),
        "{refused}"
    );
}

#[test]
fn iterations_count_as_often_as_the_list_is_long() {
    let map = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Map", "Items": [1, 2, 3],
        "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 5, "End": true}}}, "End": true}}}"#;
    let report = standard(map, &Bounds::new()).unwrap();
    assert_eq!(report["transitions"]["worst"]["count"], 1 + 3);
    assert_eq!(report["events"]["worst"], 2 + 4 + 3 * (2 + 2));
    assert_eq!(report["duration"]["worst_seconds"], 5);
    let unbounded = standard(&map.replace("[1, 2, 3]", "\"{% $states.input %}\""), &Bounds::new()).unwrap_err();
    assert!(unbounded.detail.contains("maxItems"), "{unbounded}");
}

#[test]
fn a_distributed_map_runs_ten_thousand_iterations_at_once() {
    let items = vec![0; 10_001];
    let map = json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Map", "Items": items,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B",
            "States": {"B": {"Type": "Wait", "Seconds": 5, "End": true}}}, "End": true}}});
    let report = standard(&map.to_string(), &Bounds::new()).unwrap();
    assert_eq!(report["duration"]["worst_seconds"], 10);
}

#[test]
fn a_moment_to_wait_for_is_no_mistake_of_a_timeout() {
    let until = r#"{"QueryLanguage": "JSONata", "TimeoutSeconds": 70, "StartAt": "A", "States": {
        "A": {"Type": "Wait", "Timestamp": "{% $states.input.at %}", "End": true}}}"#;
    let report = standard(until, &Bounds::new()).unwrap();
    assert_eq!(report["duration"]["and_beside"], json!(["A"]));
    let refused = measured(until, &Bounds::new(), ExecutionType::Express).unwrap_err();
    assert!(refused.detail.contains("it waits in `A` until a moment"), "{refused}");
}
