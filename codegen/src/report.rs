//! What an execution of a workflow costs: state transitions, history events, time, bytes, money.

use std::collections::{BTreeMap, BTreeSet};

use asl::{ExecutionType, Pointer, StateMachine};
use dataflow::{Shape, StateData};
use picture::Graph;
use serde_json::{Value, json};

use crate::{
    Invalid,
    limits::{Duration, limits},
    times::Times,
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
        beside: Times(subject.data).unbounded(machine),
        until: Times::until(machine),
    };
    limits(subject, events, &duration)?;
    let and_beside = [&duration.beside[..], &duration.until[..]].concat();
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
            "and_beside": and_beside,
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
mod tests;
