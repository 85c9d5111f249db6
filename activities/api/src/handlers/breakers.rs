//! Circuit breakers: how they stand, and closing them by hand.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tables::breaker::BreakerRecord;

use crate::path::{ABreaker, Id};
use crate::{Api, MayAdminister, MayRead, Problem, ProblemKind};

/// Every circuit breaker.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BreakerList {
    breakers: Vec<BreakerRecord>,
}

/// `GET /api/breakers`.
pub(crate) async fn list(State(api): State<Api>, _: MayRead) -> Result<Json<BreakerList>, Problem> {
    let breakers = api.breakers.list().await?;
    Ok(Json(BreakerList { breakers }))
}

/// `POST /api/breakers/{service}/reset`.
pub(crate) async fn reset(
    State(api): State<Api>,
    _: MayAdminister,
    Id(service, _): Id<ABreaker>,
) -> Result<Json<BreakerRecord>, Problem> {
    let closed = api.breakers.reset(&service, api.now()).await?;
    let nothing = "there is no breaker of this name; GET /api/breakers lists them";
    closed
        .map(Json)
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, nothing))
}
