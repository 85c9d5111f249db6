//! The inbox's addresses.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use jiff::Timestamp;
use journal::Journal;
use serde::Deserialize;

use super::kept;
use super::publish::{BODY_BYTES, is_name, notification};
use super::refusal::Refusal;
use super::since::Since;

/// What stands behind the addresses.
#[derive(Clone)]
struct Inbox {
    journal: Arc<Journal>,
    now: Now,
}

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// ntfy's addresses under `/inbox`: publishing as JSON and polling.
///
/// It answers as ntfy 2.27 does with its cache on and attachments off, without users, streams, filters and delays.
pub fn router(journal: Arc<Journal>, now: Now) -> Router {
    let below = Router::new()
        .route("/", publishing())
        .route("/v1/health", get(health).fallback(nothing))
        .route("/{topic}/json", get(poll).fallback(nothing))
        .fallback(nothing);
    // Nesting serves `/inbox` alone for the inner `/`; publishers send to `{base}/`.
    Router::new()
        .nest("/inbox", below)
        .route("/inbox/", publishing())
        .with_state(Inbox { journal, now })
}

fn publishing() -> MethodRouter<Inbox> {
    get(welcome).post(publish).put(publish).fallback(nothing)
}

/// Where ntfy shows its web page.
async fn welcome() -> &'static str {
    "The built-in inbox of rez. It speaks ntfy's protocol.\n\n\
     Read a topic:  GET /inbox/TOPIC/json?poll=1&since=all   (the default topic is rez)\n\
     Publish:       POST /inbox/ with {\"topic\": \"rez\", \"message\": \"hello\"}\n"
}

async fn publish(State(inbox): State<Inbox>, request: Request) -> Result<Response, Refusal> {
    let body = to_bytes(request.into_body(), BODY_BYTES)
        .await
        .map_err(|_| Refusal::BodyTooLarge)?;
    let now = (inbox.now)();
    let notification = notification(&body, now.as_second())?;
    kept::put(&inbox.journal, &notification, now).await?;
    Ok(axum::Json(notification).into_response())
}

/// The parameters of a subscriber.
#[derive(Deserialize)]
struct Subscription {
    since: Option<String>,
    poll: Option<String>,
}

async fn poll(
    State(inbox): State<Inbox>,
    topic: Result<Path<String>, axum::extract::rejection::PathRejection>,
    subscription: Result<Query<Subscription>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Refusal> {
    let Path(topic) = topic.map_err(|_| Refusal::NotFound)?;
    if !is_name(&topic) {
        return Err(Refusal::NotFound);
    }
    let Query(subscription) = subscription.map_err(|_| Refusal::SinceInvalid)?;
    if !matches!(subscription.poll.as_deref(), Some("1" | "true" | "yes")) {
        return Err(Refusal::PollOnly);
    }
    let since = Since::parse(subscription.since.as_deref(), (inbox.now)().as_second())?;
    let lines = kept::lines(&inbox.journal, &topic, since).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")], lines).into_response())
}

async fn health() -> Response {
    axum::Json(serde_json::json!({ "healthy": true })).into_response()
}

async fn nothing() -> Refusal {
    Refusal::NotFound
}
