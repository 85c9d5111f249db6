//! HTTP around the operations.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use serde_json::Value;

use super::error::ApiError;
use super::operations;
use super::parameters::Parameters;
use crate::host::Host;

/// The longest request. Definitions and inputs have at most 1 MiB and 256 KiB, and JSON may escape every character.
const BODY_BYTES: usize = 4 * 1024 * 1024;

/// The wire API as a router.
pub(crate) fn router(host: Arc<Host>) -> Router {
    Router::new()
        .route("/", post(call))
        .fallback(elsewhere)
        .method_not_allowed_fallback(otherwise)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(with_headers))
        .with_state(host)
}

async fn call(State(host): State<Arc<Host>>, headers: HeaderMap, request: Request) -> Result<String, ApiError> {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let operation = operations::of_target(target)?;
    let body: Bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES)
        .await
        .map_err(|_| ApiError::too_large())?;
    let answer: Value = operation(host, Parameters::parse(&body)?).await?;
    Ok(answer.to_string())
}

async fn elsewhere() -> ApiError {
    ApiError::not_the_protocol().at(StatusCode::NOT_FOUND)
}

async fn otherwise() -> ApiError {
    ApiError::not_the_protocol().at(StatusCode::METHOD_NOT_ALLOWED)
}

async fn with_headers(request: Request, next: Next) -> Response {
    as_aws(next.run(request).await)
}

/// Gives an answer the headers that every one of AWS has.
pub(crate) fn as_aws(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
