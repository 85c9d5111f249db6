//! Circuit breakers: how they stand, and closing them by hand.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::path::Id;
use crate::{Api, Problem, ProblemKind};

/// `GET /api/breakers`.
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "breakers": api.breakers.list().await? })))
}

/// `POST /api/breakers/{service}/reset`; the service is its base URL, percent-encoded.
pub(crate) async fn reset(State(api): State<Api>, Id(service): Id) -> Result<Json<Value>, Problem> {
    let closed = api.breakers.reset(&service, api.now()).await?;
    let nothing = "there is no breaker of this name; GET /api/breakers lists them";
    closed
        .map(|record| Json(json!(record)))
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, nothing))
}
