//! One execution, as it runs and afterwards: graph, timeline, definition, states in detail, events.

mod course;
mod detail;
mod dress;
mod events;
mod look;
mod timeline;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use self::course::Pane;
use self::detail::Detail;
use self::events::{Events, Select};
use self::look::{Left, Look, Side};
use super::definition::{Listing, listing, readable};
use super::{execution_address, html, machine_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, Shown, badge, cut, duration, encoded, shown, status_outcome, time_or_dash};
use crate::reader::Administrator;
use crate::run::{Event, Outline, Place, Run, Scope};
use crate::state_machines::{Execution, ExecutionId};

#[derive(Template)]
#[template(path = "execution.html")]
struct Page {
    frame: Frame,
    execution: Execution,
    address: String,
    machine_href: String,
    again: String,
    badge: Markup,
    started: Markup,
    stopped: Markup,
    redriven: Markup,
    took: String,
    last: u64,
    input: Option<Shown>,
    output: Option<Shown>,
    cause: Option<Shown>,
    counts: Vec<(Markup, usize)>,
    scope: Option<ScopeWords>,
    left: Pane,
    whole: bool,
    tabs: Vec<Tab>,
    side_tabs: Vec<Tab>,
    detail: Option<Detail>,
    listing: Option<Listing>,
    events: Events,
    token: Markup,
}

struct Tab {
    href: String,
    words: &'static str,
    current: bool,
}

/// Which iteration is looked at, and the way back to all.
struct ScopeWords {
    words: String,
    all: String,
}

/// Everything that the parts of the page are made from.
struct View<'a> {
    look: &'a Look,
    run: &'a Run,
    outline: &'a Outline,
    events: &'a [Event],
    scope: &'a Scope,
    started_at: Timestamp,
    /// The end of the execution, or now.
    until: Timestamp,
}

/// The execution that a path names.
pub(super) fn id(text: &str) -> Result<ExecutionId, Failure> {
    ExecutionId::read(text).ok_or_else(|| {
        Failure::not_found("An execution is named by its ARN, or by its state machine and its name: machine:name.")
    })
}

pub(super) fn absent(id: &ExecutionId) -> Failure {
    Failure::not_found(&format!(
        "There is no execution {} of {}. It may have ended longer ago than histories are kept.",
        id.name, id.machine
    ))
}

/// `GET /console/executions/{id}`; with `since`: 204 if the execution runs and nothing has happened after that event.
pub(crate) async fn read(
    State(console): State<Console>,
    Path(text): Path<String>,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    Administrator(reader): Administrator,
) -> Result<Response, Failure> {
    let id = id(&text)?;
    if text != id.to_string() {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Ok(Redirect::permanent(&format!("{}{query}", execution_address(&id))).into_response());
    }
    let execution = console.machines.execution(&id).await?.ok_or_else(|| absent(&id))?;
    let look = Look::read(&id, &query);
    if let Some(since) = look.since.filter(|_| execution.is_running())
        && !console.machines.has_more(&id, since).await?
    {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let definition = console.machines.definition(&id).await?.ok_or_else(|| absent(&id))?;
    let events = console.machines.history(&id).await?;
    let text = readable(&definition);
    let (machine, outline) = Outline::of(&text).map_err(|findings| unreadable(&findings))?;
    let run = Run::of(&outline, &events);
    let place = look
        .inside
        .and_then(|(visit, index)| run.entered_at(visit).map(|visit| Place { visit, index }));
    let scope = run.scope(place);
    let started_at = execution.started_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let view = View {
        look: &look,
        run: &run,
        outline: &outline,
        events: &events,
        scope: &scope,
        started_at,
        until: execution.stopped_at.unwrap_or_else(|| console.clock.now()),
    };
    let detail = match (&look.state, look.side) {
        (Some(state), Side::State) => detail::of(&console, &id, &view, state).await?,
        _ => None,
    };
    let select = match look.event {
        Some(event) => console.machines.event(&id, event).await?.map(|found| Select {
            id: event,
            json: cut(format!("{found:#}")),
        }),
        None => None,
    };
    let page = Page {
        frame: Frame::new(&id.name, Section::StateMachines, &reader),
        address: execution_address(&id),
        machine_href: machine_address(&id.machine),
        again: format!(
            "{}/start?from={}",
            machine_address(&id.machine),
            encoded(&id.to_string())
        ),
        badge: badge(status_outcome(&execution.status)),
        started: time_or_dash(execution.started_at),
        stopped: time_or_dash(execution.stopped_at),
        redriven: time_or_dash(execution.redriven_at),
        took: duration(started_at, view.until),
        last: run.last,
        input: execution.input.as_deref().map(shown),
        output: execution.output.as_deref().map(shown),
        cause: execution.cause.as_deref().map(shown),
        counts: course::counts(&view),
        scope: scope_words(&view, place),
        left: course::left(&view, &machine),
        whole: look.left == Left::Whole,
        tabs: tabs(
            &look,
            [
                (Left::Graph, "Graph"),
                (Left::Whole, "Whole graph"),
                (Left::Timeline, "Timeline"),
            ],
            look.left,
            |look, left| look.left = left,
        ),
        side_tabs: tabs(
            &look,
            [
                (Side::State, "State"),
                (Side::Definition, "Definition"),
                (Side::Data, "Input and output"),
            ],
            look.side,
            |look, side| look.side = side,
        ),
        detail,
        listing: (look.side == Side::Definition).then(|| marked(&view, &text)),
        events: events::of(&view, select),
        token: reader.form_token(),
        execution,
    };
    Ok(html(&page)?.into_response())
}

fn unreadable(findings: &asl::Findings) -> Failure {
    Failure {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        title: "The definition cannot be read".to_owned(),
        detail: findings.to_string(),
    }
}

fn tabs<T: Copy + PartialEq, const N: usize>(
    look: &Look,
    all: [(T, &'static str); N],
    now: T,
    set: impl Fn(&mut Look, T),
) -> Vec<Tab> {
    let tab = |(one, words): (T, &'static str)| Tab {
        href: look.href(|look| set(look, one)),
        words,
        current: one == now,
    };
    all.into_iter().map(tab).collect()
}

fn scope_words(view: &View<'_>, place: Option<Place>) -> Option<ScopeWords> {
    let place = place?;
    let visit = &view.run.visits[place.visit];
    let what = if visit.kind == "Map" { "iteration" } else { "branch" };
    Some(ScopeWords {
        words: format!("{what} {} of {}", place.index, visit.state),
        all: view.look.href(|look| (look.inside, look.visit) = (None, None)),
    })
}

/// The definition with every state marked by how it stands.
fn marked(view: &View<'_>, text: &str) -> Listing {
    let standings = view.run.standings(view.scope);
    listing(text, view.outline, |state| {
        let mut class = standings
            .get(state)
            .map_or("", |standing| standing.outcome.class())
            .to_owned();
        if view.look.state.as_deref() == Some(state) {
            class.push_str(" current");
        }
        class
    })
}

/// `POST /console/executions/{id}/stop`.
pub(crate) async fn stop(
    State(console): State<Console>,
    Path(text): Path<String>,
    _: Administrator,
) -> Result<Redirect, Failure> {
    let id = id(&text)?;
    console.machines.stop(&id).await?;
    Ok(Redirect::to(&execution_address(&id)))
}

/// `POST /console/executions/{id}/redrive`.
pub(crate) async fn redrive(
    State(console): State<Console>,
    Path(text): Path<String>,
    _: Administrator,
) -> Result<Redirect, Failure> {
    let id = id(&text)?;
    console.machines.redrive(&id).await?;
    Ok(Redirect::to(&execution_address(&id)))
}
