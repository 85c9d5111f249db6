//! The table of events.

use super::View;
use crate::html::{Markup, Shown, duration, time};
use crate::run::Event;

/// How many events a page of the table has.
const PAGE: usize = 50;

/// A page of events.
pub(super) struct Events {
    pub(super) rows: Vec<Row>,
    /// How many events there are, and how many of them were asked for.
    pub(super) total: usize,
    pub(super) found: usize,
    pub(super) find: String,
    /// The parameters that the search form keeps.
    pub(super) kept: Vec<(&'static str, String)>,
    pub(super) earlier: Option<String>,
    pub(super) later: Option<String>,
    pub(super) first: usize,
    pub(super) last: usize,
    /// The other choice between all events and those of one visit, where a visit is looked at.
    pub(super) toggle: Option<(String, &'static str)>,
}

/// One event.
pub(super) struct Row {
    pub(super) id: u64,
    pub(super) kind: String,
    pub(super) class: &'static str,
    pub(super) state: Option<(String, String)>,
    /// The error, or the index of an iteration.
    pub(super) note: String,
    pub(super) at: Markup,
    pub(super) after: String,
    pub(super) href: String,
    pub(super) raw: String,
    pub(super) json: Option<Shown>,
}

/// The event that is shown whole.
pub(super) struct Select {
    pub(super) id: u64,
    pub(super) json: Shown,
}

pub(super) fn of(view: &View<'_>, mut select: Option<Select>) -> Events {
    let (look, words) = (view.look, view.look.find.to_lowercase());
    let wanted: Vec<&Event> = view
        .events
        .iter()
        .filter(|event| is_wanted(view, event, &words))
        .collect();
    let pages = wanted.len().div_ceil(PAGE).max(1);
    let page = look.page.min(pages);
    let start = (page - 1) * PAGE;
    let shown: Vec<&Event> = wanted.iter().skip(start).take(PAGE).copied().collect();
    let to = |page: usize| format!("{}#events", look.href(|look| (look.page, look.event) = (page, None)));
    let toggle = look.state.as_ref().map(|_| {
        let href = look.href(|look| (look.only, look.page, look.event) = (!look.only, 1, None));
        let words = if look.only {
            "Show all events"
        } else {
            "Only events of the selected state"
        };
        (format!("{href}#events"), words)
    });
    let kept = look
        .query()
        .into_iter()
        .filter(|(name, _)| !["find", "page", "event"].contains(name));
    Events {
        first: start + usize::from(!shown.is_empty()),
        last: start + shown.len(),
        rows: shown.into_iter().map(|event| row(view, event, &mut select)).collect(),
        total: view.events.len(),
        found: wanted.len(),
        find: look.find.clone(),
        kept: kept.collect(),
        earlier: (page > 1).then(|| to(page - 1)),
        later: (page < pages).then(|| to(page + 1)),
        toggle,
    }
}

fn is_wanted(view: &View<'_>, event: &Event, words: &str) -> bool {
    let visit = view.run.visit_of(event.id).map(|visit| &view.run.visits[visit]);
    let state = visit.map_or("", |visit| visit.state.as_str());
    if view.look.only {
        let of_the_state = view.look.state.as_deref() == Some(state);
        let of_the_visit = view
            .look
            .visit
            .is_none_or(|wanted| visit.is_some_and(|visit| visit.id == wanted));
        if !(of_the_state && of_the_visit) {
            return false;
        }
    }
    let texts = [
        event.kind.as_str(),
        state,
        event
            .details
            .get("error")
            .and_then(|error| error.as_str())
            .unwrap_or_default(),
    ];
    words.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(words))
}

fn row(view: &View<'_>, event: &Event, select: &mut Option<Select>) -> Row {
    let visit = view.run.visit_of(event.id).map(|visit| &view.run.visits[visit]);
    let open = view.look.event == Some(event.id);
    let href = view.look.href(|look| look.event = (!open).then_some(event.id));
    Row {
        id: event.id,
        class: class(&event.kind),
        state: visit.map(|visit| (visit.state.clone(), view.look.state_href(&visit.state, Some(visit.id)))),
        note: note(event),
        at: time(event.at),
        after: duration(view.started_at, event.at),
        href: format!("{href}#event-{}", event.id),
        raw: format!("{}/events/{}", crate::pages::execution_address(&view.look.id), event.id),
        json: select.take_if(|select| select.id == event.id).map(|select| select.json),
        kind: event.kind.clone(),
    }
}

fn note(event: &Event) -> String {
    let index = event.number("index").map(|index| format!("#{index}"));
    let resource = || {
        let (kind, name) = (event.text("resourceType")?, event.text("resource")?);
        Some(if kind == "lambda" && name.contains(':') {
            name
        } else {
            format!("{kind}:{name}")
        })
    };
    event.text("error").or(index).or_else(resource).unwrap_or_default()
}

fn class(kind: &str) -> &'static str {
    match kind {
        kind if kind.ends_with("Failed") => "failed",
        kind if kind.ends_with("TimedOut") => "timed-out",
        kind if kind.ends_with("Aborted") => "aborted",
        kind if kind.ends_with("Succeeded") => "succeeded",
        _ => "",
    }
}
