//! One state machine: its graph, its definition, its executions.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use picture::{Picture, Plain, draw};

use super::definition::{Listing, listing, readable};
use super::machines::{Count, counts};
use super::{Answer, execution_address, html, machine_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, badge, duration, encoded, status_outcome, time_or_dash};
use crate::port::STATUSES;
use crate::reader::Administrator;
use crate::run::Outline;
use crate::state_machines::{Execution, Machine};

#[derive(Template)]
#[template(path = "machine.html")]
struct Page {
    frame: Frame,
    machine: Machine,
    created: Markup,
    start: String,
    address: String,
    counts: Option<Vec<Count>>,
    status: Option<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
    graph: Result<Markup, String>,
    listing: Listing,
    states: usize,
}

/// An execution in a list.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) badge: Markup,
    pub(crate) started: Markup,
    pub(crate) took: String,
}

/// `GET /console/machines/{name}`.
pub(crate) async fn read(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    Administrator(reader): Administrator,
) -> Answer {
    let machine = console.machines.machine(&name).await?.ok_or_else(|| absent(&name))?;
    let status = query
        .get("status")
        .and_then(|asked| STATUSES.into_iter().find(|known| known == asked));
    let after = query.get("after").map(String::as_str);
    let page = console.machines.executions(&name, status, after).await?;
    let found = console.machines.counts(&name).await?;
    let now = console.clock.now();
    let address = machine_address(&name);
    let next = page.next.map(|token| {
        let status = status.map(|status| format!("status={status}&")).unwrap_or_default();
        format!("{address}?{status}after={}", encoded(&token))
    });
    let text = readable(&machine.definition);
    let (graph, listing, count) = match Outline::of(&text) {
        Ok((definition, outline)) => {
            let drawn = Picture::of(&definition)
                .map(|picture| Markup::made(draw(&picture, &format!("State machine {name}"), &Plain)));
            let listing = listing(&text, &outline, |_| String::new());
            (drawn.map_err(|error| error.to_string()), listing, outline.names.len())
        }
        Err(findings) => (
            Err(findings.to_string()),
            listing(&text, &Outline::default(), |_| String::new()),
            0,
        ),
    };
    html(&Page {
        frame: Frame::new(&name, Section::StateMachines, &reader),
        created: time_or_dash(machine.created_at),
        start: format!("{address}/start"),
        address,
        counts: found.map(|found| counts(found, status)),
        status,
        rows: page.items.iter().map(|execution| row(execution, now)).collect(),
        next,
        graph,
        listing,
        states: count,
        machine,
    })
}

pub(crate) fn absent(name: &str) -> Failure {
    Failure::not_found(&format!(
        "There is no state machine {name}. The list of all has those that there are."
    ))
}

fn row(execution: &Execution, now: jiff::Timestamp) -> Row {
    let end = execution.stopped_at.unwrap_or(now);
    Row {
        name: execution.id.name.clone(),
        href: execution_address(&execution.id),
        badge: badge(status_outcome(&execution.status)),
        started: time_or_dash(execution.started_at),
        took: execution
            .started_at
            .map(|start| duration(start, end))
            .unwrap_or_default(),
    }
}
