//! Reading a request's body as a JSON object.

use std::marker::PhantomData;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use contracts::limits;
use serde_json::{Map, Value};

use crate::{Problem, ProblemKind};

/// The body of a request: a JSON object of at most [`limits::REQUEST_BYTES`]. `T` says which fields it may have; whoever takes
/// them names every wrong one in one answer.
pub(crate) struct JsonObject<T>(pub(crate) Map<String, Value>, pub(crate) PhantomData<T>);

impl<S: Send + Sync, T> FromRequest<S> for JsonObject<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        declared_as_json(request.headers())?;
        let bytes = to_bytes(request.into_body(), limits::REQUEST_BYTES)
            .await
            .map_err(|_| too_large())?;
        parse(&bytes).map(|object| Self(object, PhantomData))
    }
}

/// `application/json` or any `…+json`, with or without parameters.
fn declared_as_json(headers: &HeaderMap) -> Result<(), Problem> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::UnsupportedMediaType,
        "send the body with Content-Type: application/json",
    ))
}

fn too_large() -> Problem {
    let detail = format!(
        "the body is longer than {} KiB; send a shorter one",
        limits::REQUEST_BYTES / 1024
    );
    Problem::new(ProblemKind::BodyTooLarge, detail)
}

/// A syntax error of `serde_json` names the place and what was expected, never what stands there.
fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::new(
            ProblemKind::InvalidJson,
            "the body is JSON but not an object; send {\"body\": …}",
        )),
        Err(error) => Err(Problem::new(
            ProblemKind::InvalidJson,
            format!("the body is not JSON: {error}"),
        )),
    }
}
