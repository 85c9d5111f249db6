//! Whether messages can be accepted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{Api, PortError};

/// A name that no message and no execution has.
const PROBE: &str = "health-probe";

/// `GET /api/health`: asks each dependency a question that costs little. Only executions are needed to accept messages.
pub(crate) async fn read(State(api): State<Api>) -> (StatusCode, Json<Value>) {
    let executions = word(&api.executions.describe(PROBE).await);
    let messages = word(&api.messages.get(PROBE).await);
    let breakers = word(&api.breakers.list().await);
    let status = if executions == "ok" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let all_well = [executions, messages, breakers].iter().all(|word| *word == "ok");
    let summary = match status {
        StatusCode::OK if all_well => "ok",
        StatusCode::OK => "degraded",
        _ => "unavailable",
    };
    let dependencies = json!({ "executions": executions, "messages": messages, "breakers": breakers });
    (status, Json(json!({ "status": summary, "dependencies": dependencies })))
}

fn word<T>(answer: &Result<T, PortError>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(error) => {
            tracing::error!(%error, "a dependency is unhealthy");
            "unavailable"
        }
    }
}
