//! The JSON API, called in process.
//!
//! Pages about messages do what a client of the API does, through the same router: who may see and do what, what is a valid
//! message, what is said about a mistake are decided there, once.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::openapi::Call;
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

/// What is asked for beside method and address.
#[derive(Default)]
struct Asked<'a> {
    body: Option<&'a Value>,
    /// The `ETag` of what is to be changed, as it was shown.
    tag: Option<&'a str>,
}

/// An answer, and the `ETag` that a change of it is to match.
pub(crate) struct Tagged {
    pub(crate) body: Value,
    pub(crate) tag: String,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    pub(crate) status: StatusCode,
    /// Those that say something to the reader.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// The headers that say something of an answer.
const TELLING: [&str; 6] = [
    "content-type",
    "location",
    "etag",
    "idempotent-replayed",
    "retry-after",
    "x-correlation-id",
];

impl JsonApi {
    /// Sends what somebody has put together, and gives what comes back, refusals too.
    pub(crate) async fn raw(&self, call: &Call, reader: &Reader) -> Result<Raw, Problem> {
        let mut request = Request::builder().method(call.method).uri(&call.path);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = call.body.clone().map_or_else(Body::empty, Body::from);
        let mut request = request.body(body).map_err(|_| Problem::unsendable())?;
        reader.hand_on(&mut request);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES).await.map_err(|_| Problem::unreadable())?;
        let header = |name| {
            let value = parts.headers.get(name)?;
            Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
        };
        Ok(Raw {
            status: parts.status,
            headers: TELLING.into_iter().filter_map(header).collect(),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    pub(crate) async fn get(&self, path: &str, reader: &Reader) -> Result<Value, Problem> {
        let answer = self.send(Method::GET, path, Asked::default(), reader).await?;
        Ok(answer.body)
    }

    /// What may be changed, with its tag.
    pub(crate) async fn get_tagged(&self, path: &str, reader: &Reader) -> Result<Tagged, Problem> {
        self.send(Method::GET, path, Asked::default(), reader).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, reader: &Reader) -> Result<Value, Problem> {
        let asked = Asked {
            body: Some(body),
            tag: None,
        };
        Ok(self.send(Method::POST, path, asked, reader).await?.body)
    }

    /// Changes what was shown with this tag, unless somebody else has done so since.
    pub(crate) async fn put(&self, path: &str, tag: &str, body: &Value, reader: &Reader) -> Result<Value, Problem> {
        let asked = Asked {
            body: Some(body),
            tag: Some(tag),
        };
        Ok(self.send(Method::PUT, path, asked, reader).await?.body)
    }

    /// Deletes what was shown with this tag.
    pub(crate) async fn delete_tagged(&self, path: &str, tag: &str, reader: &Reader) -> Result<(), Problem> {
        let asked = Asked {
            body: None,
            tag: Some(tag),
        };
        self.send(Method::DELETE, path, asked, reader).await.map(drop)
    }

    pub(crate) async fn delete(&self, path: &str, reader: &Reader) -> Result<Value, Problem> {
        let answer = self.send(Method::DELETE, path, Asked::default(), reader).await?;
        Ok(answer.body)
    }

    async fn send(&self, method: Method, path: &str, asked: Asked<'_>, reader: &Reader) -> Result<Tagged, Problem> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(tag) = asked.tag {
            // A tag that is none of ours matches nothing.
            let tag = HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""));
            request = request.header(header::IF_MATCH, tag);
        }
        let body = asked.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        let mut request = request.map_err(|_| Problem::unreadable())?;
        reader.hand_on(&mut request);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (status, tag) = (response.status(), response.headers().get(header::ETAG).cloned());
        let bytes = to_bytes(response.into_body(), ANSWER_BYTES)
            .await
            .map_err(|_| Problem::unreadable())?;
        let answer: Value = match status {
            StatusCode::NO_CONTENT => Value::Null,
            _ => serde_json::from_slice(&bytes).map_err(|_| Problem::unreadable())?,
        };
        // Health says how it stands with a status that is no refusal.
        if !status.is_success() && answer.get("code").is_some() {
            return Err(Problem::read(status, &answer));
        }
        let tag = tag.and_then(|tag| Some(tag.to_str().ok()?.to_owned()));
        Ok(Tagged {
            body: answer,
            tag: tag.unwrap_or_default(),
        })
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
            StatusCode::PRECONDITION_FAILED,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::PAYLOAD_TOO_LARGE,
        ];
        self.status == StatusCode::BAD_REQUEST || mendable.contains(&self.status)
    }

    /// What was filled in makes no request.
    fn unsendable() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "It was not sent".to_owned(),
            detail: "A header has no line breaks or other control characters; write it without them.".to_owned(),
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
