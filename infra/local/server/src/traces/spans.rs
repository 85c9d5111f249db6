//! An execution that has ended, as spans: itself, each visit of a state, and each attempt of a task.

use std::time::SystemTime;

use console::run::{Attempt, Failure, Outcome, Run, Visit};
use jiff::Timestamp;
use journal::Execution;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::ids::Place;
use crate::wire::status_name;

/// The most spans of one execution.
const MOST: usize = 2_000;

/// What a span says beside its ids.
struct Said {
    name: String,
    from: Timestamp,
    to: Timestamp,
    status: Status,
    attributes: Vec<KeyValue>,
}

/// The spans, the execution's own first; at most 2,000 of them, the earliest.
pub(super) fn of(place: &Place, execution: &Execution, run: &Run) -> Vec<SpanData> {
    let summary = &execution.summary;
    let end = summary.stopped_at.unwrap_or(summary.started_at);
    let whole = Said {
        name: summary.state_machine_name.clone(),
        from: summary.started_at,
        to: end,
        status: status(execution.error.as_deref(), status_name(summary.status) == "SUCCEEDED"),
        attributes: vec![
            KeyValue::new("aws.step_functions.execution.arn", place.arn.clone()),
            KeyValue::new("rez.execution.status", status_name(summary.status)),
            KeyValue::new("rez.states", i64::try_from(run.visits.len()).unwrap_or(i64::MAX)),
        ],
    };
    let parent = place.parent.unwrap_or(SpanId::INVALID);
    let own = span(place, place.execution(), parent, whole);
    let states = run.visits.iter().flat_map(|visit| visited(place, run, visit, end));
    // What had ended before a redrive was told then.
    let told = summary.redriven_at.map_or(SystemTime::UNIX_EPOCH, SystemTime::from);
    let new = states.filter(|span| span.end_time >= told);
    std::iter::once(own).chain(new).take(MOST).collect()
}

fn visited(place: &Place, run: &Run, visit: &Visit, end: Timestamp) -> Vec<SpanData> {
    let id = place.event(visit.id);
    let around = visit
        .inside
        .map_or_else(|| place.execution(), |inside| place.event(run.visits[inside.visit].id));
    let said = Said {
        name: visit.state.clone(),
        from: visit.entered_at,
        to: visit.left_at.unwrap_or(end),
        status: outcome_status(visit.outcome, visit.failure.as_ref()),
        attributes: vec![
            KeyValue::new("rez.state.type", visit.kind.clone()),
            KeyValue::new("rez.state.outcome", visit.outcome.words()),
            KeyValue::new("rez.state.retries", i64::try_from(visit.retries()).unwrap_or(i64::MAX)),
        ],
    };
    let mut spans = vec![span(place, id, around, said)];
    let attempts = visit.attempts.iter().enumerate();
    spans.extend(attempts.map(|(number, attempt)| attempted(place, id, visit, number, attempt, end)));
    spans
}

fn attempted(
    place: &Place,
    state: SpanId,
    visit: &Visit,
    number: usize,
    attempt: &Attempt,
    end: Timestamp,
) -> SpanData {
    let said = Said {
        name: format!("{} attempt {}", visit.state, number + 1),
        from: attempt.at,
        to: attempt.ended_at.unwrap_or(end),
        status: outcome_status(attempt.outcome, attempt.failure.as_ref()),
        attributes: vec![KeyValue::new(
            "rez.attempt",
            i64::try_from(number + 1).unwrap_or(i64::MAX),
        )],
    };
    span(place, place.event(attempt.scheduled), state, said)
}

fn span(place: &Place, id: SpanId, parent: SpanId, said: Said) -> SpanData {
    SpanData {
        span_context: place.context(id),
        parent_span_id: parent,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: said.name.into(),
        start_time: SystemTime::from(said.from),
        end_time: SystemTime::from(said.to.max(said.from)),
        attributes: said.attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: said.status,
        instrumentation_scope: InstrumentationScope::builder("rez").build(),
    }
}

/// A caught error is how things went well after all.
fn outcome_status(outcome: Outcome, failure: Option<&Failure>) -> Status {
    let failed = matches!(outcome, Outcome::Failed | Outcome::TimedOut | Outcome::Aborted);
    status(failure.and_then(|failure| failure.error.as_deref()), !failed)
}

/// Only the error's name: its cause may quote what a person wrote. So may a name that a state takes from its data: what does
/// not look like one is left out.
fn status(error: Option<&str>, well: bool) -> Status {
    if well {
        return Status::Unset;
    }
    let is_name = |text: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
        (1..=128).contains(&text.len()) && text.bytes().all(plain)
    };
    Status::error(error.filter(is_name).unwrap_or("error").to_owned())
}
