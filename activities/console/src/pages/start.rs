//! Starting an execution of any state machine: with a form where the schema of its input is known, else with JSON.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::Value;

use super::{execution_address, html, machine, machine_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::Markup;
use crate::reader::{Administrator, Reader};
use crate::schema_form::{Field, Kind, fields, object};
use crate::state_machines::ExecutionId;

#[derive(Template)]
#[template(path = "start.html")]
struct Page {
    frame: Frame,
    machine: String,
    address: String,
    back: String,
    asked: Asked,
    /// What kept the last attempt from starting, and the field that it is about.
    error: Option<(&'static str, String)>,
    /// Whether there is a schema, so that one may choose.
    schema: bool,
    token: Markup,
}

/// What the form holds.
#[derive(Debug, Default)]
struct Asked {
    name: String,
    /// The input as JSON.
    input: String,
    /// The input as fields.
    fields: Option<Vec<Field>>,
}

impl Page {
    fn new(console: &Console, name: &str, asked: Asked, reader: &Reader) -> Self {
        let back = machine_address(name);
        Self {
            frame: Frame::new(&format!("Start {name}"), Section::StateMachines, reader),
            machine: name.to_owned(),
            address: format!("{back}/start"),
            back,
            asked,
            error: None,
            schema: console.schemas.contains_key(name),
            token: reader.form_token(),
        }
    }
}

/// `GET /console/machines/{name}/start`; `from`: an execution whose input is taken over; `as=json`: no fields.
pub(crate) async fn form(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    Administrator(reader): Administrator,
) -> Result<Html<String>, Failure> {
    console
        .machines
        .machine(&name)
        .await?
        .ok_or_else(|| machine::absent(&name))?;
    let from = query.get("from").and_then(|from| ExecutionId::read(from));
    let input = match from {
        Some(from) => console
            .machines
            .execution(&from)
            .await?
            .and_then(|execution| execution.input),
        None => None,
    };
    let input = input.unwrap_or_else(|| "{}".to_owned());
    let as_fields = query.get("as").is_none_or(|how| how != "json");
    let parsed: Value = serde_json::from_str(&input).unwrap_or_default();
    let schema = console.schemas.get(&name).filter(|_| as_fields);
    let asked = Asked {
        name: String::new(),
        fields: schema.and_then(|schema| fields(schema, &parsed)),
        input: super::definition::readable(&input),
    };
    html(&Page::new(&console, &name, asked, &reader))
}

/// `POST /console/machines/{name}/start`: `name`, and either `input` or the fields of the schema.
pub(crate) async fn start(
    State(console): State<Console>,
    Path(name): Path<String>,
    Administrator(reader): Administrator,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let of = |name: &str| {
        sent.iter()
            .find(|(given, _)| given == name)
            .map(|(_, text)| text.clone())
    };
    let mut asked = Asked {
        name: of("name").unwrap_or_default(),
        ..Asked::default()
    };
    let input = if let Some(input) = of("input") {
        asked.input.clone_from(&input);
        Some(input)
    } else {
        let schema = console.schemas.get(&name);
        asked.fields = schema.and_then(|schema| fields(schema, &Value::Null));
        let object = asked.fields.as_mut().and_then(|fields| object(fields, &sent));
        object.map(|input| input.to_string())
    };
    let mut page = Page::new(&console, &name, asked, &reader);
    let Some(input) = input else {
        return unprocessable(&page);
    };
    let execution_name = Some(page.asked.name.trim()).filter(|name| !name.is_empty());
    match console.machines.start(&name, execution_name, &input).await {
        Ok(id) => Ok(Redirect::to(&execution_address(&id)).into_response()),
        Err(error) => {
            let field = match error.code.as_str() {
                "InvalidName" | "ExecutionAlreadyExists" => "name",
                "ValidationException" if error.message.contains("'name'") => "name",
                "InvalidExecutionInput" | "ValidationException" => "input",
                _ => return Err(error.into()),
            };
            page.error = Some((field, error.message));
            unprocessable(&page)
        }
    }
}

fn unprocessable(page: &Page) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(page)?).into_response())
}
