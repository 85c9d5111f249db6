//! Schedules: which there are, when they fire next, and changing them.

mod form;

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use self::form::{Asked, Schedule, When, shown};
use super::{Answer, html, message_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, encoded, time};
use crate::json_api::Problem;
use crate::message_form::MessageForm;
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "schedules.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "schedule.html")]
struct EditPage {
    frame: Frame,
    address: String,
    /// `None`: it is to be created.
    name: Option<String>,
    next: Vec<Markup>,
    last: Option<(Markup, String)>,
    when: When,
    form: MessageForm,
    token: Markup,
}

struct Row {
    name: String,
    href: String,
    expression: String,
    timezone: String,
    enabled: bool,
    next: Option<Markup>,
    heading: String,
}

/// `GET /console/schedules`.
pub(crate) async fn list(
    State(console): State<Console>,
    Query(query): Query<HashMap<String, String>>,
    reader: Reader,
) -> Answer {
    let cursor = query
        .get("cursor")
        .map(|cursor| format!("&cursor={}", encoded(cursor)))
        .unwrap_or_default();
    let found = console
        .api
        .get(&format!("/api/schedules?limit=50{cursor}"), &reader)
        .await?;
    let schedules: Vec<Schedule> =
        serde_json::from_value(found["schedules"].clone()).map_err(|_| Problem::unreadable())?;
    html(&ListPage {
        frame: Frame::new("Schedules", Section::Schedules, &reader),
        rows: schedules.into_iter().map(row).collect(),
        next: found["next_cursor"]
            .as_str()
            .map(|cursor| format!("/console/schedules?cursor={}", encoded(cursor))),
    })
}

fn row(schedule: Schedule) -> Row {
    let text = |name: &str| schedule.message[name].as_str().filter(|text| !text.trim().is_empty());
    let heading = text("title").or(text("body")).unwrap_or_default();
    Row {
        href: address(&schedule.name),
        next: schedule.next.first().map(|at| time(*at)),
        heading: heading.lines().next().unwrap_or_default().chars().take(90).collect(),
        name: schedule.name,
        expression: schedule.expression,
        timezone: schedule.timezone,
        enabled: schedule.enabled,
    }
}

fn address(name: &str) -> String {
    format!("/console/schedules/{}", encoded(name))
}

fn api_path(name: &str) -> String {
    format!("/api/schedules/{}", encoded(name))
}

/// `GET /console/schedules/new`.
pub(crate) async fn new(reader: Reader) -> Answer {
    html(&blank(Asked::default(), &reader))
}

fn blank(asked: Asked, reader: &Reader) -> EditPage {
    EditPage {
        frame: Frame::new("New schedule", Section::Schedules, reader),
        address: "/console/schedules/new".to_owned(),
        name: None,
        next: Vec::new(),
        last: None,
        when: asked.when,
        form: asked.form,
        token: reader.form_token(),
    }
}

/// `POST /console/schedules/new`.
pub(crate) async fn create(
    State(console): State<Console>,
    reader: Reader,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    let mut request = asked.request();
    request["name"] = json!(asked.when.name.trim());
    let created = console.api.post("/api/schedules", &request, &reader).await;
    answer(created, || Ok(blank(asked.clone(), &reader)), &asked.when.name)
}

/// `GET /console/schedules/{name}`.
pub(crate) async fn read(State(console): State<Console>, Path(name): Path<String>, reader: Reader) -> Answer {
    let (schedule, tag) = console.schedule(&name, &reader).await?;
    let asked = shown(&schedule, tag);
    html(&edited(schedule, asked, &reader))
}

/// `POST /console/schedules/{name}`: changes it, unless somebody else has done so since the form was shown.
pub(crate) async fn change(
    State(console): State<Console>,
    Path(name): Path<String>,
    reader: Reader,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    let (schedule, _) = console.schedule(&name, &reader).await?;
    let path = api_path(&name);
    let changed = console.api.put(&path, &asked.when.tag, &asked.request(), &reader).await;
    answer(changed, || Ok(edited(schedule, asked.clone(), &reader)), &name)
}

/// What a button sends: which version of the schedule its page showed.
#[derive(Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    tag: String,
}

/// `POST /console/schedules/{name}/{pause|resume|delete}`, unless somebody else has changed it since the button was shown.
pub(crate) async fn act(
    State(console): State<Console>,
    Path((name, act)): Path<(String, String)>,
    reader: Reader,
    Form(Shown { tag }): Form<Shown>,
) -> Result<Redirect, Failure> {
    let path = api_path(&name);
    match act.as_str() {
        "pause" | "resume" => {
            let (schedule, _) = console.schedule(&name, &reader).await?;
            let mut asked = shown(&schedule, tag);
            asked.when.paused = (act == "pause").then(|| "1".to_owned());
            let request = asked.request();
            console.api.put(&path, &asked.when.tag, &request, &reader).await?;
            Ok(Redirect::to(&address(&name)))
        }
        "delete" => {
            console.api.delete_tagged(&path, &tag, &reader).await?;
            Ok(Redirect::to("/console/schedules"))
        }
        _ => Err(Failure::not_found("There is no such page.")),
    }
}

impl Console {
    /// A schedule, and the tag of what is shown of it.
    async fn schedule(&self, name: &str, reader: &Reader) -> Result<(Schedule, String), Problem> {
        let found = self.api.get_tagged(&api_path(name), reader).await?;
        let schedule = serde_json::from_value(found.body).map_err(|_| Problem::unreadable())?;
        Ok((schedule, found.tag))
    }
}

/// After a change: the schedule's page, or the form with what is wrong.
fn answer(
    answer: Result<Value, Problem>,
    page: impl FnOnce() -> Result<EditPage, Failure>,
    name: &str,
) -> Result<Response, Failure> {
    match answer {
        Ok(_) => Ok(Redirect::to(&address(name.trim())).into_response()),
        Err(problem) if problem.is_about_the_form() => {
            let mut page = page()?;
            page.form.problem = Some(problem);
            page.form.prefix = "message.";
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

fn edited(schedule: Schedule, asked: Asked, reader: &Reader) -> EditPage {
    EditPage {
        frame: Frame::new(&schedule.name, Section::Schedules, reader),
        address: address(&schedule.name),
        next: schedule.next.iter().map(|at| time(*at)).collect(),
        last: schedule
            .last
            .map(|last| (time(last.scheduled_time), message_address(&last.message_id))),
        name: Some(schedule.name),
        when: asked.when,
        form: asked.form,
        token: reader.form_token(),
    }
}

impl EditPage {
    /// What is wrong with a field that says when.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.form.problem.as_ref()?.of(field)
    }
}
