//! The inbox's addresses.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use jiff::Timestamp;
use serde::Deserialize;

use super::publish::{BODY_BYTES, is_name, notification};
use super::refusal::Refusal;
use super::since::Since;
use super::store::{InboxStore, StoreError};

/// The store and the clock behind the addresses.
#[derive(Clone)]
struct Inbox {
    store: Arc<dyn InboxStore>,
    now: fn() -> Timestamp,
}

/// ntfy's addresses under `/inbox`: publishing as JSON and polling.
///
/// It answers as ntfy 2.27 does with its cache on and attachments off, without users, streams, filters and delays.
pub fn router(store: Arc<dyn InboxStore>, now: fn() -> Timestamp) -> Router {
    Router::new()
        .route("/inbox", post(publish).put(publish).fallback(nothing))
        .route("/inbox/", post(publish).put(publish).fallback(nothing))
        .route("/inbox/v1/health", get(health).fallback(nothing))
        .route("/inbox/{topic}/json", get(poll).fallback(nothing))
        .route("/inbox/{*rest}", any(nothing))
        .with_state(Inbox { store, now })
}

async fn publish(State(inbox): State<Inbox>, request: Request) -> Result<Response, Refusal> {
    let body = to_bytes(request.into_body(), BODY_BYTES).await.map_err(|_| Refusal::BodyTooLarge)?;
    let notification = notification(&body, (inbox.now)().as_second())?;
    inbox.store.append(&notification).await.map_err(failed)?;
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
        return Err(Refusal::NotSupported);
    }
    let since = Since::parse(subscription.since.as_deref(), (inbox.now)().as_second())?;
    let kept = inbox.store.read(&topic, &since).await.map_err(failed)?;
    let lines: String = kept.iter().filter_map(|one| Some(serde_json::to_string(one).ok()? + "\n")).collect();
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")], Body::from(lines)).into_response())
}

async fn health() -> Response {
    axum::Json(serde_json::json!({ "healthy": true })).into_response()
}

async fn nothing() -> Refusal {
    Refusal::NotFound
}

fn failed(error: StoreError) -> Refusal {
    tracing::error!(%error, "the inbox failed");
    Refusal::Internal
}
