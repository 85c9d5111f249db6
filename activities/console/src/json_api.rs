//! The JSON API, called in process.
//!
//! Pages about messages do what a client of the API does, through the same router: who may see and do what, what is a valid
//! message, what is said about a mistake are decided there, once.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::reader::Reader;

/// The longest answer that is read: a page of a hundred messages of 64 KiB has room.
const ANSWER_BYTES: usize = 16 * 1_024 * 1_024;

/// The API's router, and on whose behalf it is called.
#[derive(Clone)]
pub(crate) struct JsonApi {
    pub(crate) router: Router,
}

/// A refusal or failure, as `application/problem+json` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) title: String,
    pub(crate) detail: String,
    /// What is wrong with single fields: name and remedy.
    pub(crate) errors: Vec<(String, String)>,
}

impl JsonApi {
    pub(crate) async fn get(&self, path: &str, reader: &Reader) -> Result<Value, Problem> {
        self.send(Method::GET, path, Body::empty(), reader).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, reader: &Reader) -> Result<Value, Problem> {
        self.send(Method::POST, path, Body::from(body.to_string()), reader)
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value, reader: &Reader) -> Result<Value, Problem> {
        self.send(Method::PUT, path, Body::from(body.to_string()), reader).await
    }

    pub(crate) async fn delete(&self, path: &str, reader: &Reader) -> Result<Value, Problem> {
        self.send(Method::DELETE, path, Body::empty(), reader).await
    }

    async fn send(&self, method: Method, path: &str, body: Body, reader: &Reader) -> Result<Value, Problem> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json");
        let mut request = request.body(body).map_err(|_| Problem::unreadable())?;
        reader.hand_on(&mut request);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), ANSWER_BYTES)
            .await
            .map_err(|_| Problem::unreadable())?;
        if status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let answer: Value = serde_json::from_slice(&bytes).map_err(|_| Problem::unreadable())?;
        // Health says how it stands with a status that is no refusal.
        if status.is_success() || answer.get("code").is_none() {
            Ok(answer)
        } else {
            Err(Problem::read(status, &answer))
        }
    }
}

impl Problem {
    fn read(status: StatusCode, answer: &Value) -> Self {
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let errors = answer["errors"].as_array().into_iter().flatten();
        Self {
            status,
            title: text(answer, "title"),
            detail: text(answer, "detail"),
            errors: errors
                .map(|error| (text(error, "field"), text(error, "detail")))
                .collect(),
        }
    }

    /// Whether whoever filled in a form can mend it.
    pub(crate) fn is_about_the_form(&self) -> bool {
        let mendable = [
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::PAYLOAD_TOO_LARGE,
        ];
        self.status == StatusCode::BAD_REQUEST || mendable.contains(&self.status)
    }

    /// Something has been changed meanwhile.
    pub(crate) fn conflict(detail: &str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            title: "It was not changed".to_owned(),
            detail: detail.to_owned(),
            errors: Vec::new(),
        }
    }

    /// An answer that is not what was asked for.
    pub(crate) fn unreadable() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: "The API could not be asked".to_owned(),
            detail: "Its answer could not be read; the log has the reason.".to_owned(),
            errors: Vec::new(),
        }
    }

    /// What is wrong with one field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, detail)| detail.as_str())
    }
}
