//! Whole texts of an execution, for what a page shows cut, and for programs.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use serde_json::Value;

use super::execution::{absent, id};
use crate::console::Console;
use crate::failure::Failure;
use crate::reader::Administrator;

type Text = ([(HeaderName, HeaderValue); 1], String);

fn json(text: String) -> Text {
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        text,
    )
}

/// `GET /console/executions/{id}/{what}`: `input`, `output` or `definition`.
pub(crate) async fn text(
    State(console): State<Console>,
    Path((text, what)): Path<(String, String)>,
    _: Administrator,
) -> Result<Text, Failure> {
    let id = id(&text)?;
    let found = match what.as_str() {
        "definition" => console.machines.definition(&id).await?,
        "input" | "output" => {
            let execution = console.machines.execution(&id).await?;
            execution.and_then(|execution| {
                if what == "input" {
                    execution.input
                } else {
                    execution.output
                }
            })
        }
        _ => None,
    };
    found.map(json).ok_or_else(|| absent(&id))
}

/// `GET /console/executions/{id}/events/{event}`: the event as `GetExecutionHistory` answers it.
pub(crate) async fn event(
    State(console): State<Console>,
    Path((text, event)): Path<(String, u64)>,
    _: Administrator,
) -> Result<Text, Failure> {
    let id = id(&text)?;
    let found: Option<Value> = console.machines.event(&id, event).await?;
    found.map(|event| json(format!("{event:#}"))).ok_or_else(|| absent(&id))
}
