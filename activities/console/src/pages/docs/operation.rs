//! One operation of the API: what it takes and gives, and a form that sends it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::super::{Answer, html};
use super::{address, base, document};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, Shown, encoded, shown};
use crate::json_api::Raw;
use crate::openapi::{Call, Operation, Row, example, rows};
use crate::reader::Reader;
use crate::schema_form::{Field, Kind, fields, object};

#[derive(Template)]
#[template(path = "operation.html")]
struct Page {
    frame: Frame,
    method: &'static str,
    path: String,
    summary: String,
    about: Markup,
    /// What a caller needs to be allowed.
    needs: Markup,
    parameters: Vec<Row>,
    body: Vec<Row>,
    answers: Vec<Described>,
    curl: String,
    address: String,
    /// `None` where the answer goes on for ever, which no page waits for.
    form: Option<Asked>,
    answer: Option<Received>,
    /// Where the reader signs in, who has to before they may send.
    sign_in: Option<String>,
    token: Markup,
}

/// An answer that there may be.
struct Described {
    status: String,
    about: Markup,
    rows: Vec<Row>,
}

/// What the form holds.
struct Asked {
    fields: Vec<Field>,
    /// JSON; `None` if the operation takes none.
    body: Option<String>,
}

/// The answer that came.
struct Received {
    status: String,
    well: bool,
    headers: Vec<(&'static str, String)>,
    body: Shown,
}

/// `GET /docs/{operation}`.
pub(crate) async fn read(
    State(console): State<Console>,
    Path(id): Path<String>,
    headers: HeaderMap,
    reader: Reader,
) -> Answer {
    let document = document(&console, &reader).await?;
    let operation = document.operation(&id).ok_or_else(absent)?;
    let asked = Asked::new(operation);
    let call = Call::new(operation, &placeholders(operation), asked.body.clone());
    html(&Page::new(operation, &call, asked, &headers, &reader))
}

/// `POST /docs/{operation}`: sends it as the reader, through the API itself.
pub(crate) async fn send(
    State(console): State<Console>,
    Path(id): Path<String>,
    headers: HeaderMap,
    reader: Reader,
    Form(sent): Form<Vec<(String, String)>>,
) -> Answer {
    let document = document(&console, &reader).await?;
    let operation = document.operation(&id).filter(|operation| !operation.streams());
    let operation = operation.ok_or_else(absent)?;
    let mut asked = Asked::new(operation);
    let body = sent.iter().find(|(name, _)| name == "body");
    asked.body = asked.body.and(body.map(|(_, text)| text.replace("\r\n", "\n")));
    let Some(Value::Object(given)) = object(&mut asked.fields, &sent) else {
        // What is wrong is said at its field, and nothing is sent.
        let call = Call::new(operation, &placeholders(operation), asked.body.clone());
        return html(&Page::new(operation, &call, asked, &headers, &reader));
    };
    let call = Call::new(operation, &given, asked.body.clone());
    let answer = console.api.raw(&call, &reader).await?;
    let mut page = Page::new(operation, &call, asked, &headers, &reader);
    page.answer = Some(Received::new(answer));
    html(&page)
}

fn absent() -> Failure {
    Failure::not_found("The API has no such operation, or none that a form can send.")
}

/// Parameters of the path as a reader of the command replaces them: `ID`.
fn placeholders(operation: Operation<'_>) -> Map<String, Value> {
    let of_path = operation.places().filter(|(_, place)| *place == "path");
    of_path
        .map(|(name, _)| (name.to_owned(), name.to_uppercase().into()))
        .collect()
}

impl Asked {
    fn new(operation: Operation<'_>) -> Self {
        let parameters = operation.parameters();
        let fields = parameters.and_then(|schema| fields(&schema, &Value::Null));
        let body = operation.body();
        Self {
            fields: fields.unwrap_or_default(),
            body: body.map(|schema| format!("{:#}", example(operation.root(), schema))),
        }
    }
}

impl Page {
    fn new(operation: Operation<'_>, call: &Call, asked: Asked, headers: &HeaderMap, reader: &Reader) -> Self {
        let of = |schema: Option<&Value>| schema.map(|schema| rows(operation.root(), schema)).unwrap_or_default();
        let parameters = operation.parameters();
        let answers = operation.answers();
        let address = address(operation.id());
        Self {
            frame: Frame::new(operation.summary(), Section::Api, reader),
            method: operation.method,
            path: operation.path.to_owned(),
            summary: operation.summary().to_owned(),
            about: Markup::prose(operation.description()),
            needs: needs(operation),
            parameters: of(parameters.as_ref()),
            body: of(operation.body()),
            answers: answers
                .iter()
                .map(|answer| Described {
                    status: answer.status.to_owned(),
                    about: Markup::prose(answer.about),
                    rows: of(answer.schema),
                })
                .collect(),
            curl: call.curl(&base(headers), operation.streams()),
            form: (!operation.streams()).then_some(asked),
            answer: None,
            sign_in: (reader.name().is_none()).then(|| format!("/sign-in?return_to={}", encoded(&address))),
            address,
            token: reader.form_token(),
        }
    }
}

fn needs(operation: Operation<'_>) -> Markup {
    Markup::prose(&match operation.scope() {
        None => "Nobody is asked who they are.".to_owned(),
        Some("") => "For everybody who has signed in.".to_owned(),
        Some(scope) => format!("Needs the scope `{scope}`."),
    })
}

impl Received {
    fn new(answer: Raw) -> Self {
        let reason = answer.status.canonical_reason().unwrap_or_default();
        Self {
            status: format!("{} {reason}", answer.status.as_u16()),
            well: answer.status.is_success(),
            headers: answer.headers,
            body: shown(&answer.body),
        }
    }
}
