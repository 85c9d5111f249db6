//! Messages, newest first.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{Answer, html, message_address};
use crate::console::Console;
use crate::frame::{Frame, Section};
use crate::html::{Markup, encoded, time};
use crate::json_api::Problem;
use crate::message::{Message, STATUSES, status_badge};
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "messages.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    status: String,
    statuses: Vec<&'static str>,
    from: String,
    to: String,
    q: String,
    filtered: bool,
    problem: Option<Problem>,
}

struct Row {
    href: String,
    heading: String,
    badge: Markup,
    topic: String,
    priority: String,
    created: Markup,
}

/// What the API lists.
#[derive(Debug, Default, Deserialize)]
struct Listed {
    messages: Vec<Message>,
    next_cursor: Option<String>,
}

/// `GET /console/messages`, with the filters of the API; `from` and `to` are days in UTC.
pub(crate) async fn read(
    State(console): State<Console>,
    Query(query): Query<HashMap<String, String>>,
    reader: Reader,
) -> Answer {
    let given = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (status, from, to, q) = (given("status"), given("from"), given("to"), given("q"));
    let asked = parameters(&[
        ("limit", "50"),
        ("status", &status),
        ("q", &q),
        ("from", &day(&from, "00:00:00Z")),
        ("to", &day(&to, "23:59:59.999Z")),
        ("cursor", &given("cursor")),
    ]);
    let found = console.api.get(&format!("/api/messages?{asked}"), &reader).await;
    let (listed, problem) =
        match found.and_then(|found| serde_json::from_value(found).map_err(|_| Problem::unreadable())) {
            Ok(listed) => (listed, None),
            // A filter that is wrong is said above the list; anything else is no list at all.
            Err(problem) if !problem.errors.is_empty() => (Listed::default(), Some(problem)),
            Err(problem) => return Err(problem.into()),
        };
    let filters = parameters(&[("status", &status), ("q", &q), ("from", &from), ("to", &to)]);
    let next = |cursor: String| match filters.as_str() {
        "" => format!("/console/messages?cursor={}", encoded(&cursor)),
        filters => format!("/console/messages?{filters}&cursor={}", encoded(&cursor)),
    };
    html(&Page {
        frame: Frame::new("Messages", Section::Messages, &reader),
        rows: listed.messages.iter().map(row).collect(),
        next: listed.next_cursor.map(next),
        filtered: !filters.is_empty(),
        statuses: STATUSES.map(|(status, _)| status).to_vec(),
        status,
        from,
        to,
        q,
        problem,
    })
}

/// A query string of what is not empty.
fn parameters(all: &[(&str, &str)]) -> String {
    let given = all.iter().filter(|(_, value)| !value.is_empty());
    given
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A day with a time of it; what is no day is given on as it is, for the API to say so.
fn day(text: &str, time: &str) -> String {
    if text.parse::<jiff::civil::Date>().is_ok() {
        format!("{text}T{time}")
    } else {
        text.to_owned()
    }
}

fn row(message: &Message) -> Row {
    Row {
        href: message_address(&message.id),
        heading: message.heading(),
        badge: status_badge(&message.status),
        topic: message.topic.clone().unwrap_or_default(),
        priority: message.priority.clone().unwrap_or_default(),
        created: time(message.created_at),
    }
}
