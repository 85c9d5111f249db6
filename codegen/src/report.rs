//! What an execution of a workflow costs: state transitions, history events, time, bytes, money.

use std::collections::{BTreeMap, BTreeSet};

use asl::{ExecutionType, Pointer, StateMachine};
use dataflow::{Shape, StateData};
use picture::Graph;
use serde_json::{Value, json};

use crate::{
    Invalid,
    ways::{cheapest, path, usual},
    worst::{AROUND, Bounds, EVENT_LIMIT, Measure, Worst},
};

/// US dollars for one state transition of a Standard workflow, in us-east-1.
const DOLLARS_PER_TRANSITION: f64 = 0.000_025;
/// US dollars for one request of an Express workflow.
const DOLLARS_PER_REQUEST: f64 = 0.000_001;
/// US dollars for one second of an Express workflow in 64 MB, the least that is billed.
const DOLLARS_PER_SECOND: f64 = 0.000_016_67 * 64.0 / 1024.0;
/// Where the prices stand, and when they were read.
const PRICE_SOURCE: &str = "https://aws.amazon.com/step-functions/pricing/ (us-east-1, November 2026)";
/// The longest an Express execution may take, in seconds.
const EXPRESS_SECONDS: u64 = 300;
/// The largest input, output or result, in bytes.
const PAYLOAD_LIMIT: u64 = 262_144;

/// A workflow and what is known of it.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ExecutionType,
    pub(crate) machine: &'a StateMachine,
    pub(crate) bounds: &'a Bounds,
    pub(crate) data: &'a BTreeMap<String, StateData>,
    /// The states whose calls nobody holds to a contract.
    pub(crate) unchecked: Vec<String>,
}

/// The figures of one workflow: the content of `report.json`.
pub(crate) fn report(subject: &Subject<'_>) -> Result<Value, Invalid> {
    let Subject { name, machine, .. } = subject;
    let graph = Graph::of(&machine.states).map_err(|state| Invalid::new(name, state, "the state does not exist"))?;
    let nowhere = || Invalid::new(name, "definition", "no path ends well");
    let usual = usual(&graph).ok_or_else(nowhere)?;
    let cheapest = cheapest(&graph).ok_or_else(nowhere)?;
    let worst = Worst {
        workflow: name,
        bounds: subject.bounds,
        data: subject.data,
    };
    let most = |measure| worst.of(measure, &machine.states, &Pointer::root());
    let events = most(Measure::Events)?.saturating_add(AROUND);
    let duration = Duration {
        seconds: most(Measure::Seconds)?,
        beside: worst.timeless(machine),
    };
    limits(subject, events, &duration)?;
    let dollars = |transitions: usize| rounded(count(transitions) * DOLLARS_PER_TRANSITION * 1e6);
    Ok(json!({
        "workflow": name,
        "type": if subject.kind == ExecutionType::Express { "EXPRESS" } else { "STANDARD" },
        "transitions": {
            "cheapest": path(&graph, &cheapest),
            "usual": path(&graph, &usual),
            "worst": { "count": most(Measure::Transitions)?, "note": "an upper bound: every retry and every round of every loop" },
        },
        "events": { "worst": events, "limit": EVENT_LIMIT },
        "duration": {
            "worst_seconds": duration.seconds,
            "note": "tasks, their retries and waits, all at their longest; beside them, what the data make of these states, which nothing bounds",
            "and_beside": duration.beside,
        },
        "payload": payload(subject)?,
        "calls_without_contract": subject.unchecked,
        "usd_per_million_executions": {
            "cheapest": dollars(cheapest.len()),
            "usual": dollars(usual.len()),
            "express": express(usual.len()),
            "source": PRICE_SOURCE,
        },
    }))
}

/// How long an execution takes at most.
struct Duration {
    seconds: u64,
    /// The states whose time is not in it, because nothing bounds it.
    beside: Vec<String>,
}

impl Duration {
    /// Why it may be longer than a limit.
    fn exceeds(&self, limit: u64) -> Option<String> {
        if self.seconds > limit {
            return Some(format!("may take {} s", self.seconds));
        }
        let names: Vec<_> = self.beside.iter().map(|name| format!("`{name}`")).collect();
        let remedy = "give the data a `maximum` in its schema, or wait `.min(…)` of it";
        (!names.is_empty()).then(|| format!("waits in {} as long as the data say ({remedy})", names.join(", ")))
    }
}

/// What Step Functions would end executions for.
fn limits(subject: &Subject<'_>, events: u64, duration: &Duration) -> Result<(), Invalid> {
    let broken = |detail: String| Err(Invalid::new(subject.name, "definition", detail));
    if subject.kind == ExecutionType::Express {
        if let Some(why) = duration.exceeds(EXPRESS_SECONDS) {
            let detail = format!("it {why}; Express executions end at {EXPRESS_SECONDS} s");
            return broken(detail + ": fewer retries, shorter timeouts, or a Standard workflow");
        }
    } else if events > EVENT_LIMIT {
        return broken(format!(
            "its history may reach {events} events; Step Functions ends executions at {EVENT_LIMIT}"
        ));
    }
    let Some(timeout) = subject.machine.timeout_seconds else {
        return Ok(());
    };
    match duration.exceeds(timeout) {
        Some(why) => broken(format!("its timeout of {timeout} s may cut it off: it {why}")),
        None => Ok(()),
    }
}

/// The largest value that any state takes, hands out or gets back, and which fields of contracts have no bound.
fn payload(subject: &Subject<'_>) -> Result<Value, Invalid> {
    let (mut largest, mut place) = (0, "input".to_owned());
    let mut unbounded = BTreeSet::new();
    for (pointer, data) in subject.data {
        let state = pointer.rsplit('/').next().unwrap_or_default();
        let parts: [(&str, &Shape); 4] = [
            ("input", &data.input),
            ("arguments", &data.arguments),
            ("result", &data.result),
            ("output", &data.output),
        ];
        for (part, shape) in parts {
            let size = shape.largest();
            if size.bytes > largest {
                (largest, place) = (size.bytes, format!("{part} of {state}"));
            }
            let fields = size.unbounded.iter().filter_map(|path| path.split_once("Payload."));
            unbounded.extend(fields.map(|(_, field)| field.to_owned()));
        }
    }
    if largest > PAYLOAD_LIMIT {
        let detail = format!("the {place} may take {largest} bytes; Step Functions ends executions at {PAYLOAD_LIMIT}");
        return Err(Invalid::new(subject.name, "definition", detail));
    }
    Ok(json!({
        "largest_bytes": largest,
        "where": place,
        "limit": PAYLOAD_LIMIT,
        "fields_without_bound": unbounded,
    }))
}

/// What the usual path would cost as an Express workflow, and for how long that is less.
fn express(transitions: usize) -> Value {
    let standard = count(transitions) * DOLLARS_PER_TRANSITION;
    json!({
        "requests": rounded(DOLLARS_PER_REQUEST * 1e6),
        "each_second": rounded(DOLLARS_PER_SECOND * 1e6),
        "cheaper_below_seconds": rounded((standard - DOLLARS_PER_REQUEST) / DOLLARS_PER_SECOND),
        "note": "64 MB; Express runs at least once and keeps no history of its own",
    })
}

fn count(transitions: usize) -> f64 {
    u32::try_from(transitions).map_or(f64::MAX, f64::from)
}

fn rounded(dollars: f64) -> f64 {
    (dollars * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
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
}
