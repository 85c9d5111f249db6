//! A state in detail: one visit of it, with everything that the history says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::View;
use crate::console::Console;
use crate::html::{Markup, Shown, badge, cut, duration, shown, time};
use crate::port::ServiceError;
use crate::run::{Outcome, Place, Visit};
use crate::state_machines::ExecutionId;

/// The most visits, attempts or iterations that a page lists.
const MOST_LISTED: usize = 200;

/// A state in detail.
pub(super) struct Detail {
    pub(super) state: String,
    pub(super) comment: Option<String>,
    pub(super) visit: Option<Seen>,
    pub(super) visits: Vec<Choice>,
    pub(super) visits_in_all: usize,
}

/// One visit.
pub(super) struct Seen {
    pub(super) kind: String,
    pub(super) badge: Markup,
    pub(super) entered: Markup,
    pub(super) took: String,
    /// Where it stands: links to the iterations around it.
    pub(super) within: Vec<Choice>,
    pub(super) error: Option<String>,
    pub(super) cause: Option<Shown>,
    pub(super) data: Vec<Data>,
    pub(super) attempts: Vec<AttemptRow>,
    pub(super) attempts_in_all: usize,
    pub(super) iterations: Vec<Choice>,
    pub(super) iterations_in_all: usize,
    pub(super) length: Option<u64>,
    /// What `iterations` lists: iterations of a Map state or branches of a Parallel state.
    pub(super) parts: &'static str,
}

/// A text that went in or out.
pub(super) struct Data {
    pub(super) name: String,
    pub(super) shown: Shown,
    pub(super) raw: String,
}

/// A link to one of several.
pub(super) struct Choice {
    pub(super) href: String,
    pub(super) words: String,
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) said: &'static str,
    pub(super) current: bool,
}

/// One attempt.
pub(super) struct AttemptRow {
    pub(super) number: usize,
    pub(super) badge: Markup,
    pub(super) at: Markup,
    /// How long it was waited for after the one before, or after the entry.
    pub(super) waited: String,
    pub(super) took: String,
    pub(super) error: String,
    pub(super) cause: Option<Shown>,
}

pub(super) async fn of(
    console: &Console,
    id: &ExecutionId,
    view: &View<'_>,
    state: &str,
) -> Result<Option<Detail>, ServiceError> {
    let Some(part) = view.outline.part(state) else {
        return Ok(None);
    };
    let asked = view.look.visit.and_then(|visit| view.run.entered_at(visit));
    let asked = asked.filter(|visit| view.run.visits[*visit].state == state);
    let visit = asked.or_else(|| view.run.standings(view.scope).get(state).map(|standing| standing.visit));
    let all: Vec<(usize, &Visit)> = view.run.visits_of(state, view.scope).collect();
    let choices = all
        .iter()
        .enumerate()
        .rev()
        .take(MOST_LISTED)
        .map(|(number, (at, one))| Choice {
            href: view.look.state_href(state, Some(one.id)),
            words: format!("{}", number + 1),
            current: Some(*at) == visit,
            ..choice(one.outcome)
        });
    Ok(Some(Detail {
        state: state.to_owned(),
        comment: part.comment.clone(),
        visits: choices.collect(),
        visits_in_all: all.len(),
        visit: match visit {
            Some(visit) => Some(seen(console, id, view, visit).await?),
            None => None,
        },
    }))
}

fn choice(outcome: Outcome) -> Choice {
    Choice {
        href: String::new(),
        words: String::new(),
        class: outcome.class(),
        sign: outcome.sign(),
        said: outcome.words(),
        current: false,
    }
}

async fn seen(console: &Console, id: &ExecutionId, view: &View<'_>, at: usize) -> Result<Seen, ServiceError> {
    let visit = &view.run.visits[at];
    let end = visit.left_at.unwrap_or(view.until);
    let iterations = parts(view, at);
    let failure = visit.failure.as_ref();
    Ok(Seen {
        kind: visit.kind.clone(),
        badge: badge(visit.outcome),
        entered: time(visit.entered_at),
        took: duration(visit.entered_at, end),
        within: within(view, visit),
        error: failure.map(|failure| failure.error.clone().unwrap_or_else(|| "(no error name)".to_owned())),
        cause: failure.and_then(|failure| failure.cause.as_deref()).map(shown),
        data: data(console, id, visit).await?,
        attempts: attempts(visit, view),
        attempts_in_all: visit.attempts.len(),
        iterations_in_all: visit.iterations.len().max(iterations.len()),
        iterations,
        length: visit.length,
        parts: if visit.kind == "Map" { "Iterations" } else { "Branches" },
    })
}

fn within(view: &View<'_>, visit: &Visit) -> Vec<Choice> {
    let places: Vec<Place> = std::iter::successors(visit.inside, |place| view.run.visits[place.visit].inside).collect();
    let one = |place: &Place| {
        let around = &view.run.visits[place.visit];
        Choice {
            href: part_href(view, *place, &visit.state, Some(visit.id)),
            words: format!("{} #{}", around.state, place.index),
            current: view.look.inside == Some((around.id, place.index)),
            ..choice(around.outcome)
        }
    };
    places.iter().rev().map(one).collect()
}

/// The look at one iteration or branch.
fn part_href(view: &View<'_>, place: Place, state: &str, visit: Option<u64>) -> String {
    let around = view.run.visits[place.visit].id;
    view.look.href(|look| {
        look.inside = Some((around, place.index));
        (look.state, look.visit) = (Some(state.to_owned()), visit);
    })
}

/// The iterations of a Map state, those that went wrong or run first; or the branches of a Parallel state.
fn parts(view: &View<'_>, at: usize) -> Vec<Choice> {
    let visit = &view.run.visits[at];
    let mut iterations: Vec<(u32, Outcome)> = if visit.kind == "Map" {
        visit
            .iterations
            .iter()
            .map(|(index, iteration)| (*index, iteration.outcome))
            .collect()
    } else {
        branches(view, at).into_iter().collect()
    };
    if iterations.len() > MOST_LISTED {
        iterations.sort_by_key(|(index, outcome)| (std::cmp::Reverse(*outcome), *index));
        iterations.truncate(MOST_LISTED);
    }
    let one = |(index, outcome): (u32, Outcome)| Choice {
        href: part_href(view, Place { visit: at, index }, &visit.state, Some(visit.id)),
        words: format!("#{index}"),
        current: view.look.inside == Some((visit.id, index)),
        ..choice(outcome)
    };
    iterations.into_iter().map(one).collect()
}

/// The branches of a Parallel state: each stands as the last state that was entered in it.
fn branches(view: &View<'_>, at: usize) -> BTreeMap<u32, Outcome> {
    let inside = view.run.visits.iter().filter(|visit| !visit.superseded);
    let last = inside.filter_map(|visit| {
        visit
            .inside
            .filter(|place| place.visit == at)
            .map(|place| (place.index, visit.outcome))
    });
    last.collect()
}

fn attempts(visit: &Visit, view: &View<'_>) -> Vec<AttemptRow> {
    let mut before = visit.entered_at;
    let mut rows = Vec::new();
    for (number, attempt) in visit.attempts.iter().enumerate() {
        let failure = attempt.failure.as_ref();
        rows.push(AttemptRow {
            number: number + 1,
            badge: badge(attempt.outcome),
            at: time(attempt.at),
            waited: duration(before, attempt.at),
            took: duration(attempt.at, attempt.ended_at.unwrap_or(view.until)),
            error: failure.and_then(|failure| failure.error.clone()).unwrap_or_default(),
            cause: failure.and_then(|failure| failure.cause.clone()).map(cut),
        });
        before = attempt.ended_at.unwrap_or(attempt.at);
    }
    rows.truncate(MOST_LISTED);
    rows
}

/// What went in and out, read event by event: a history of 25,000 events is not read with all its data for one state.
async fn data(console: &Console, id: &ExecutionId, visit: &Visit) -> Result<Vec<Data>, ServiceError> {
    let last = visit.attempts.last();
    let wanted = [
        (Some(visit.id), "input", "Input"),
        (last.map(|attempt| attempt.scheduled), "parameters", "Task parameters"),
        (last.map(|attempt| attempt.scheduled), "input", "Task input"),
        (last.and_then(|attempt| attempt.ended), "output", "Task result"),
        (visit.exited, "output", "Output"),
        (visit.exited, "assignedVariables", "Variables assigned"),
    ];
    let mut found = Vec::new();
    let mut read: Option<(u64, Option<Value>)> = None;
    for (event, member, name) in wanted {
        let Some(event) = event else { continue };
        if read.as_ref().is_none_or(|(id, _)| *id != event) {
            read = Some((event, console.machines.event(id, event).await?));
        }
        let wire = read.as_ref().and_then(|(_, wire)| wire.as_ref());
        if let Some(value) = wire.and_then(|wire| member_of(wire, member)) {
            found.push(Data {
                name: name.to_owned(),
                shown: text(value),
                raw: format!("{}/events/{event}", crate::pages::execution_address(id)),
            });
        }
    }
    Ok(found)
}

fn member_of<'a>(wire: &'a Value, name: &str) -> Option<&'a Value> {
    let details = wire
        .as_object()?
        .iter()
        .find(|(name, _)| name.ends_with("EventDetails"))?
        .1;
    details.get(name)
}

/// Data stands on the wire as JSON text; variables as an object of such texts.
fn text(value: &Value) -> Shown {
    match value {
        Value::String(text) => shown(text),
        Value::Object(variables) => {
            let parsed = |(name, text): (&String, &Value)| {
                let value = text.as_str().and_then(|text| serde_json::from_str(text).ok());
                (name.clone(), value.unwrap_or_else(|| text.clone()))
            };
            cut(format!("{:#}", Value::Object(variables.iter().map(parsed).collect())))
        }
        other => cut(format!("{other:#}")),
    }
}
