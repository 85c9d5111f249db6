//! HTTP around the operations: AWS JSON 1.0, as DynamoDB speaks it.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::Database;

use super::operations::{self, Done};
use crate::wire::as_aws;

/// The longest request. Source: DynamoDB Developer Guide, "Constraints": `BatchWriteItem` carries at most 16 MB.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// What a request must be declared as. A page of another site cannot declare either of them without asking first.
const KINDS: [&str; 2] = ["application/x-amz-json-1.0", "application/json"];

/// The database under `/`. Credentials and signatures are taken and not looked at.
pub(super) fn router(database: Database) -> Router {
    Router::new()
        .route("/", post(call).fallback(otherwise))
        .fallback(otherwise)
        .with_state(database)
}

async fn call(State(database): State<Database>, headers: HeaderMap, request: Request) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE.as_str()).and_then(|kind| kind.split(';').next());
    if !kind.is_some_and(|kind| KINDS.contains(&kind.trim())) {
        return refused(StatusCode::BAD_REQUEST);
    }
    let target = text("x-amz-target").unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(request.into_body(), BODY_BYTES).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE);
    };
    // A scan of a large table must not hold up others: the database reads files, and waits for those who write.
    let performed = tokio::task::spawn_blocking(move || operations::perform(&database, &target, &body));
    let Ok(Done { status, body, .. }) = performed.await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    as_aws((status, body).into_response())
}

async fn otherwise() -> Response {
    refused(StatusCode::NOT_FOUND)
}

/// A request that no operation can come of.
fn refused(status: StatusCode) -> Response {
    let message = "this is the embedded DynamoDB: POST / with X-Amz-Target and at most 16 MB of application/x-amz-json-1.0, \
                   as the AWS CLI does with --endpoint-url";
    let kind = if status.is_server_error() {
        "com.amazonaws.dynamodb.v20120810#InternalServerError"
    } else {
        "com.amazon.coral.service#UnknownOperationException"
    };
    let body = serde_json::json!({ "__type": kind, "message": message }).to_string();
    as_aws((status, body).into_response())
}
