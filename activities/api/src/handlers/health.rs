//! Whether messages can be accepted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Api, PortError};

/// A name that no message and no execution has.
const PROBE: &str = "health-probe";

/// How the service is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Health {
    status: Summary,
    dependencies: Dependencies,
}

/// How the service is, in one word.
#[derive(Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Summary {
    /// Everything works.
    Ok,
    /// Messages are accepted, but something else does not work.
    Degraded,
    /// Messages cannot be accepted.
    Unavailable,
}

/// How each dependency answered a question that costs little.
#[derive(Serialize, JsonSchema)]
struct Dependencies {
    executions: Answered,
    messages: Answered,
    breakers: Answered,
}

/// How one dependency answered.
#[derive(Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Answered {
    Ok,
    Unavailable,
}

/// `GET /api/health`: only executions are needed to accept messages.
pub(crate) async fn read(State(api): State<Api>) -> Health {
    let dependencies = Dependencies {
        executions: answered(&api.executions.describe(PROBE).await),
        messages: answered(&api.messages.get(PROBE).await),
        breakers: answered(&api.breakers.list().await),
    };
    let well = |answer| answer == Answered::Ok;
    let others = well(dependencies.messages) && well(dependencies.breakers);
    let status = match (well(dependencies.executions), others) {
        (true, true) => Summary::Ok,
        (true, false) => Summary::Degraded,
        (false, _) => Summary::Unavailable,
    };
    Health { status, dependencies }
}

impl IntoResponse for Health {
    fn into_response(self) -> Response {
        let code = match self.status {
            Summary::Ok | Summary::Degraded => StatusCode::OK,
            Summary::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        (code, Json(self)).into_response()
    }
}

fn answered<T>(answer: &Result<T, PortError>) -> Answered {
    match answer {
        Ok(_) => Answered::Ok,
        Err(error) => {
            tracing::error!(%error, "a dependency is unhealthy");
            Answered::Unavailable
        }
    }
}
