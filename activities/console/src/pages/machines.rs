//! All state machines.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};

use super::{Answer, html, machine_address};
use crate::console::Console;
use crate::frame::{Frame, Section};
use crate::html::{Markup, time_or_dash};
use crate::port::MOST_COUNTED;
use crate::reader::Administrator;
use crate::state_machines::Machine;

#[derive(Template)]
#[template(path = "machines.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    arn_prefix: String,
}

struct Row {
    name: String,
    href: String,
    created: Markup,
    counts: Option<Vec<Count>>,
}

/// How many executions have a status.
pub(crate) struct Count {
    pub(crate) status: &'static str,
    pub(crate) words: &'static str,
    pub(crate) class: &'static str,
    pub(crate) text: String,
    pub(crate) zero: bool,
    pub(crate) current: bool,
}

/// `GET /console/machines`.
pub(crate) async fn read(
    State(console): State<Console>,
    Query(query): Query<HashMap<String, String>>,
    Administrator(reader): Administrator,
) -> Answer {
    let page = console.machines.list(query.get("after").map(String::as_str)).await?;
    let mut rows = Vec::new();
    for machine in page.items {
        let counts = console.machines.counts(&machine.name).await?;
        rows.push(row(&machine, counts));
    }
    html(&Page {
        frame: Frame::new("State machines", Section::StateMachines, &reader),
        rows,
        next: page
            .next
            .map(|token| format!("/console/machines?after={}", crate::html::encoded(&token))),
        arn_prefix: console.machines.arn_prefix.clone(),
    })
}

fn row(machine: &Machine, found: Option<[u64; 5]>) -> Row {
    Row {
        name: machine.name.clone(),
        href: machine_address(&machine.name),
        created: time_or_dash(machine.created_at),
        counts: found.map(|found| counts(found, None)),
    }
}

/// The counts in the order of the statuses.
pub(crate) fn counts(found: [u64; 5], current: Option<&str>) -> Vec<Count> {
    let statuses = crate::port::STATUSES.into_iter().zip(found);
    let count = |(status, count): (&'static str, u64)| {
        let outcome = crate::html::status_outcome(status);
        Count {
            status,
            words: outcome.words(),
            class: outcome.class(),
            text: if count > MOST_COUNTED {
                format!("{MOST_COUNTED}+")
            } else {
                count.to_string()
            },
            zero: count == 0,
            current: current == Some(status),
        }
    };
    statuses.map(count).collect()
}
