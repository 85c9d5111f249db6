//! Writing a message.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, html, message_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::Markup;
use crate::json_api::Problem;
use crate::message_form::{MessageForm, exact, given};
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "compose.html")]
struct Page {
    frame: Frame,
    form: MessageForm,
    when: When,
    token: Markup,
}

/// What the form says beside the message itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct When {
    deliver_at: String,
    deliver_at_exact: String,
    /// Made with the form, so that a form that is sent twice sends one message.
    key: String,
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(flatten)]
    form: MessageForm,
    #[serde(flatten)]
    when: When,
}

impl Page {
    fn new(form: MessageForm, when: When, reader: &Reader) -> Self {
        Self {
            frame: Frame::new("New message", Section::Messages, reader),
            form,
            when,
            token: reader.form_token(),
        }
    }
}

/// `GET /console/messages/new`.
pub(crate) async fn form(reader: Reader) -> Answer {
    let when = When {
        key: uuid::Uuid::now_v7().to_string(),
        ..When::default()
    };
    html(&Page::new(MessageForm::default(), when, &reader))
}

/// `POST /console/messages/new`.
pub(crate) async fn send(
    State(console): State<Console>,
    reader: Reader,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    match console.api.post("/api/messages", &asked.request(), &reader).await {
        Ok(message) => {
            let id = message["message_id"].as_str().ok_or_else(Problem::unreadable)?;
            Ok(Redirect::to(&message_address(id)).into_response())
        }
        Err(problem) if problem.is_about_the_form() => {
            let form = MessageForm {
                problem: Some(problem),
                ..asked.form
            };
            let page = html(&Page::new(form, asked.when, &reader))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

impl Asked {
    fn request(&self) -> Value {
        let mut request = self.form.message();
        request["message_type"] = json!("manual");
        let (at, key) = (
            exact(&self.when.deliver_at, &self.when.deliver_at_exact),
            given(&self.when.key),
        );
        for (name, value) in [("deliver_at", at), ("dedup_key", key)] {
            if let Some(value) = value {
                request[name] = value;
            }
        }
        request
    }
}
