//! Messages: sending, listing, reading one, redriving one.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use contracts::Message;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::body::JsonObject;
use crate::correlation::CorrelationId;
use crate::path::Id;
use crate::query::{Parameters, bad_cursor};
use crate::redrive::RedriveView;
use crate::view::Known;
use crate::{Api, NewMessage, Problem, ProblemKind, StartOutcome, idempotency};

/// Whose keys they are as long as nobody signs in.
const SUBJECT: &str = "";

/// `POST /api/messages`: the start of the execution is the one durable act; its first state writes the item.
pub(crate) async fn create(
    State(api): State<Api>,
    Extension(CorrelationId(correlation_id)): Extension<CorrelationId>,
    headers: HeaderMap,
    JsonObject(object): JsonObject,
) -> Result<Response, Problem> {
    let now = api.now();
    let asked = NewMessage::parse(object, now).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    let key = idempotency::of_request(&headers, asked.dedup_key)?;
    let id = key.map_or_else(|| Api::new_id(now), |key| idempotency::message_id(SUBJECT, &key));
    let message = Message {
        request_hash: Some(idempotency::request_hash(&asked.message)),
        message_id: Some(id.clone()),
        correlation_id: Some(correlation_id),
        created_at: Some(now),
        ..asked.message
    };
    match api.executions.start(&id, &json!(message).to_string()).await? {
        StartOutcome::Started(arn) => Ok(accepted(&id, &json!(Known::by_start(message, arn, now).view), false)),
        StartOutcome::AlreadyExists => repeated(&api, &id, &message).await,
    }
}

/// A request under a key that was used before: the same request gets the same message, another one is refused.
async fn repeated(api: &Api, id: &str, message: &Message) -> Result<Response, Problem> {
    let known = api
        .message(id)
        .await?
        .filter(|known| known.request_hash == message.request_hash);
    let detail = "the key was used for another request; send the same request again, or another key";
    let known = known.ok_or_else(|| Problem::new(ProblemKind::IdempotencyMismatch, detail))?;
    Ok(accepted(id, &json!(known.view), true))
}

fn accepted(id: &str, message: &Value, replayed: bool) -> Response {
    let mut response = (StatusCode::ACCEPTED, location(id), Json(message)).into_response();
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response
            .headers_mut()
            .insert(name, header::HeaderValue::from_static("true"));
    }
    response
}

fn location(id: &str) -> [(HeaderName, String); 1] {
    [(header::LOCATION, format!("/api/messages/{id}"))]
}

/// `GET /api/messages`: newest first.
pub(crate) async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Value>, Problem> {
    let query = parameters.list(&api.stage)?;
    let page = api.messages.list(&query).await?.map_err(|_| bad_cursor())?;
    let now = api.now();
    let shown = page.items.into_iter().map(|item| Known::by_item(item, now).view);
    let messages: Vec<_> = shown.collect();
    Ok(Json(json!({ "messages": messages, "next_cursor": page.next })))
}

/// `GET /api/messages/{id}`, with an `ETag` over everything that is shown.
pub(crate) async fn read(State(api): State<Api>, Id(id): Id, headers: HeaderMap) -> Result<Response, Problem> {
    let known = api.message(&id).await?.ok_or_else(Problem::no_message)?;
    let message = json!(known.view);
    let tag = format!("\"{:x}\"", Sha256::digest(message.to_string()));
    let etag = [(header::ETAG, tag.clone())];
    if matches(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok((etag, Json(message)).into_response())
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

/// `POST /api/messages/{id}/redrive`.
pub(crate) async fn send_again(State(api): State<Api>, Id(id): Id) -> Result<Response, Problem> {
    let redrives = api.redrives();
    let started = redrives.redrive(&id).await??;
    redrives.drain([&started.redriven]).await;
    Ok((StatusCode::ACCEPTED, location(&id), Json(RedriveView::from(started))).into_response())
}
