//! Answers that are more than their JSON.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// `202 Accepted`: something durable has begun.
pub(crate) struct Accepted<T> {
    pub(crate) body: T,
    /// Where its state is read.
    pub(crate) location: String,
    /// The same request was accepted before.
    pub(crate) replayed: bool,
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        let location = [(header::LOCATION, self.location)];
        let response = (StatusCode::ACCEPTED, location, Json(self.body)).into_response();
        replayed(response, self.replayed)
    }
}

/// Says so where the same request was made before.
fn replayed(mut response: Response, replayed: bool) -> Response {
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    response
}

/// `200 OK` with the `ETag` that a change of it is to match.
pub(crate) struct Guarded<T> {
    pub(crate) body: T,
    pub(crate) tag: String,
}

impl<T: Serialize> IntoResponse for Guarded<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, self.tag)], Json(self.body)).into_response()
    }
}

/// `201 Created`: something durable is there.
pub(crate) struct Created<T> {
    pub(crate) guarded: Guarded<T>,
    /// Where it is read.
    pub(crate) location: String,
    /// The same request was made before.
    pub(crate) replayed: bool,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = [(header::LOCATION, self.location)];
        let response = (StatusCode::CREATED, location, self.guarded).into_response();
        replayed(response, self.replayed)
    }
}

/// `204 No Content`: it is there no more.
pub(crate) struct Deleted;

impl IntoResponse for Deleted {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// `If-Match` compares strongly, so a weak tag never matches. Source: RFC 9110, section 13.1.1.
pub(crate) fn may_change(headers: &HeaderMap, tag: &str) -> bool {
    if !headers.contains_key(header::IF_MATCH) {
        return true;
    }
    let given = headers.get_all(header::IF_MATCH).iter();
    let lists = given.filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one == tag)
}

/// `200 OK` with an `ETag` over everything that is shown, or `304 Not Modified` to whoever has it.
pub(crate) struct Tagged<T> {
    body: Value,
    tag: String,
    unchanged: bool,
    of: std::marker::PhantomData<T>,
}

impl<T: Serialize> Tagged<T> {
    /// An answer to a request with these headers.
    pub(crate) fn new(headers: &HeaderMap, body: &T) -> Self {
        let body = json!(body);
        let tag = format!("\"{:x}\"", Sha256::digest(body.to_string()));
        let unchanged = matches(headers, &tag);
        Self {
            body,
            tag,
            unchanged,
            of: std::marker::PhantomData,
        }
    }
}

impl<T> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let etag = [(header::ETAG, self.tag)];
        if self.unchanged {
            return (StatusCode::NOT_MODIFIED, etag).into_response();
        }
        (etag, Json(self.body)).into_response()
    }
}

/// `If-None-Match` compares weakly. Source: RFC 9110, section 13.1.2.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    given
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}
