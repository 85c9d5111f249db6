//! Writing a message.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, html, message_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section, form_token};
use crate::html::Markup;
use crate::json_api::Problem;

/// The priorities, as ntfy calls them.
const PRIORITIES: [&str; 5] = ["min", "low", "default", "high", "urgent"];

#[derive(Template)]
#[template(path = "compose.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    priorities: [&'static str; 5],
    problem: Option<Problem>,
    token: Markup,
}

/// What the form sends: texts as they were typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    body: String,
    title: String,
    topic: String,
    priority: String,
    tags: String,
    click: String,
    markdown: Option<String>,
    /// A local time; in UTC unless a script has filled in `deliver_at_exact`.
    deliver_at: String,
    deliver_at_exact: String,
    patience: String,
    /// Made with the form, so that a form that is sent twice sends one message.
    key: String,
}

impl Page {
    fn new(asked: Asked, problem: Option<Problem>, extensions: &Extensions) -> Self {
        Self {
            frame: Frame::new("New message", Section::Messages),
            asked,
            priorities: PRIORITIES,
            problem,
            token: form_token(extensions),
        }
    }

    /// What is wrong with a field, for its place in the form.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().and_then(|problem| problem.of(field))
    }
}

/// `GET /console/messages/new`.
pub(crate) async fn form(extensions: Extensions) -> Answer {
    let asked = Asked {
        key: uuid::Uuid::now_v7().to_string(),
        ..Asked::default()
    };
    html(&Page::new(asked, None, &extensions))
}

/// `POST /console/messages/new`.
pub(crate) async fn send(
    State(console): State<Console>,
    extensions: Extensions,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    match console.api.post("/api/messages", &asked.request(), &extensions).await {
        Ok(message) => {
            let id = message["message_id"].as_str().ok_or_else(Problem::unreadable)?;
            Ok(Redirect::to(&message_address(id)).into_response())
        }
        Err(problem) if problem.status.is_client_error() && problem.status != StatusCode::UNAUTHORIZED => {
            let page = html(&Page::new(asked, Some(problem), &extensions))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

impl Asked {
    /// The body of the API's request: what was left empty is left out.
    fn request(&self) -> Value {
        let mut request = json!({ "body": self.body.replace("\r\n", "\n"), "message_type": "manual" });
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                request[name] = value;
            }
        };
        let text = |text: &str| {
            Some(text.trim())
                .filter(|text| !text.is_empty())
                .map(|text| json!(text))
        };
        set("title", text(&self.title));
        set("topic", text(&self.topic));
        set("priority", text(&self.priority));
        set("click", text(&self.click));
        set("patience", text(&self.patience));
        set("dedup_key", text(&self.key));
        set("deliver_at", self.deliver_at());
        set("markdown", self.markdown.as_ref().map(|_| json!(true)));
        let tags: Vec<&str> = self
            .tags
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .collect();
        set("tags", (!tags.is_empty()).then(|| json!(tags)));
        request
    }

    /// A browser's `datetime-local` has no offset and may have no seconds.
    fn deliver_at(&self) -> Option<Value> {
        let (local, exact) = (self.deliver_at.trim(), self.deliver_at_exact.trim());
        if local.is_empty() {
            return None;
        }
        if !exact.is_empty() {
            return Some(json!(exact));
        }
        let parsed = local.parse::<jiff::civil::DateTime>();
        Some(parsed.map_or_else(|_| json!(local), |local| json!(format!("{local}Z"))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Asked;

    #[test]
    fn what_was_left_empty_is_left_out() {
        let asked = Asked {
            body: "a\r\nb".into(),
            tags: " x , ,y".into(),
            key: "k".into(),
            ..Asked::default()
        };
        assert_eq!(
            asked.request(),
            json!({ "body": "a\nb", "message_type": "manual", "dedup_key": "k", "tags": ["x", "y"] })
        );
    }

    #[test]
    fn a_time_without_zone_is_utc_and_a_script_may_know_better() {
        let at = |local: &str, exact: &str| {
            let asked = Asked {
                deliver_at: local.into(),
                deliver_at_exact: exact.into(),
                ..Asked::default()
            };
            asked.request()["deliver_at"].clone()
        };
        assert_eq!(at("2030-01-31T09:30", ""), json!("2030-01-31T09:30:00Z"));
        assert_eq!(
            at("2030-01-31T09:30", "2030-01-31T08:30:00.000Z"),
            json!("2030-01-31T08:30:00.000Z")
        );
        assert_eq!(at("tomorrow", ""), json!("tomorrow"));
        assert_eq!(at("", "2030-01-31T08:30:00.000Z"), json!(null));
    }
}
