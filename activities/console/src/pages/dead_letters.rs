//! Dead letters: messages that were given up, and sending them again.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, html, message_address};
use crate::console::Console;
use crate::frame::{Frame, Section};
use crate::html::{Markup, encoded, time_or_dash};
use crate::json_api::Problem;
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "dead_letters.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    done: Option<Done>,
    token: Markup,
}

struct Row {
    id: String,
    href: String,
    reason: String,
    at: Markup,
    delivered: bool,
    pending: bool,
}

/// What came of sending again.
struct Done {
    redriven: Vec<(String, String)>,
    refused: Vec<(String, String)>,
    /// Where to go on, if there were more than one request takes.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    dead_letters: Vec<Letter>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Letter {
    message_id: String,
    reason: Option<String>,
    at: Option<Timestamp>,
    delivered: bool,
    redrive_pending: bool,
}

/// `GET /console/dead-letters`.
pub(crate) async fn read(
    State(console): State<Console>,
    Query(query): Query<HashMap<String, String>>,
    reader: Reader,
) -> Answer {
    let cursor = query.get("cursor").map(String::as_str);
    html(&page(&console, cursor, None, &reader).await?)
}

async fn page(console: &Console, cursor: Option<&str>, done: Option<Done>, reader: &Reader) -> Result<Page, Problem> {
    let cursor = cursor
        .map(|cursor| format!("&cursor={}", encoded(cursor)))
        .unwrap_or_default();
    let found = console
        .api
        .get(&format!("/api/dead-letters?limit=50{cursor}"), reader)
        .await?;
    let listed: Listed = serde_json::from_value(found).map_err(|_| Problem::unreadable())?;
    Ok(Page {
        frame: Frame::new("Dead letters", Section::DeadLetters, reader),
        rows: listed.dead_letters.into_iter().map(row).collect(),
        next: listed
            .next_cursor
            .map(|cursor| format!("/console/dead-letters?cursor={}", encoded(&cursor))),
        done,
        token: reader.form_token(),
    })
}

fn row(letter: Letter) -> Row {
    Row {
        href: message_address(&letter.message_id),
        id: letter.message_id,
        reason: letter.reason.unwrap_or_else(|| "no reason is known".to_owned()),
        at: time_or_dash(letter.at),
        delivered: letter.delivered,
        pending: letter.redrive_pending,
    }
}

/// `POST /console/dead-letters/redrive`: those that are ticked as `ids`, or `all`, going on at `cursor`.
pub(crate) async fn send_again(
    State(console): State<Console>,
    reader: Reader,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer {
    let of = |name: &'static str| {
        fields
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    };
    let asked = if of("all").next().is_some() {
        match of("cursor").next() {
            Some(cursor) => json!({ "all": true, "cursor": cursor }),
            None => json!({ "all": true }),
        }
    } else {
        json!({ "ids": of("ids").collect::<Vec<_>>() })
    };
    let answer = console.api.post("/api/dead-letters/redrive", &asked, &reader).await?;
    html(&page(&console, None, Some(done(&answer)), &reader).await?)
}

fn done(answer: &Value) -> Done {
    let all = |name: &str, note: &'static str| {
        let entries = answer[name].as_array().into_iter().flatten();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let read = move |entry: &Value| (text(entry, "message_id"), text(entry, note));
        entries.map(read).collect::<Vec<_>>()
    };
    Done {
        redriven: all("redriven", "message_id")
            .into_iter()
            .map(|(id, _)| (message_address(&id), id))
            .collect(),
        refused: all("refused", "detail"),
        cursor: answer["next_cursor"].as_str().map(str::to_owned),
    }
}
