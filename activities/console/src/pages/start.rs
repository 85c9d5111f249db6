//! Starting an execution of any state machine.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{execution_address, html, machine, machine_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section, form_token};
use crate::html::Markup;
use crate::state_machines::ExecutionId;

#[derive(Template)]
#[template(path = "start.html")]
struct Page {
    frame: Frame,
    machine: String,
    address: String,
    back: String,
    name: String,
    input: String,
    /// What kept the last attempt from starting, and the field that it is about.
    error: Option<(&'static str, String)>,
    token: Markup,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    name: String,
    #[serde(default)]
    input: String,
}

/// `GET /console/machines/{name}/start`; `from`: an execution whose input is taken over.
pub(crate) async fn form(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    extensions: Extensions,
) -> Result<Html<String>, Failure> {
    console.machines.machine(&name).await?.ok_or_else(|| machine::absent(&name))?;
    let from = query.get("from").and_then(|from| ExecutionId::read(from));
    let input = match from {
        Some(from) => console.machines.execution(&from).await?.and_then(|execution| execution.input),
        None => None,
    };
    let asked = Asked {
        name: String::new(),
        input: input.unwrap_or_else(|| "{}".to_owned()),
    };
    html(&page(&name, asked, None, &extensions))
}

fn page(name: &str, asked: Asked, error: Option<(&'static str, String)>, extensions: &Extensions) -> Page {
    let back = machine_address(name);
    Page {
        frame: Frame::new(&format!("Start {name}"), Section::StateMachines),
        machine: name.to_owned(),
        address: format!("{back}/start"),
        back,
        name: asked.name,
        input: asked.input,
        error,
        token: form_token(extensions),
    }
}

/// `POST /console/machines/{name}/start`.
pub(crate) async fn start(
    State(console): State<Console>,
    Path(name): Path<String>,
    extensions: Extensions,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    let execution_name = Some(asked.name.trim()).filter(|name| !name.is_empty());
    match console.machines.start(&name, execution_name, &asked.input).await {
        Ok(id) => Ok(Redirect::to(&execution_address(&id)).into_response()),
        Err(error) => {
            let field = match error.code.as_str() {
                "InvalidExecutionInput" => "input",
                "InvalidName" | "ExecutionAlreadyExists" => "name",
                "ValidationException" if error.message.contains("'name'") => "name",
                "ValidationException" => "input",
                _ => return Err(error.into()),
            };
            let page = page(&name, asked, Some((field, error.message)), &extensions);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
        }
    }
}
