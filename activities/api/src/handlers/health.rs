//! Whether messages can be accepted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Alarm, Api, Caller, Measured, PortError, Right};

/// A name that no message and no execution has.
const PROBE: &str = "health-probe";

/// How the service is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Health {
    status: Summary,
    dependencies: Dependencies,
    /// Since when the alarms' values were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured_since: Option<Timestamp>,
    /// How alarms and objectives stand, for callers who may read; others are told nothing of what happens here.
    #[serde(skip_serializing_if = "Option::is_none")]
    alarms: Option<Vec<Alarm>>,
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
pub(crate) async fn read(State(api): State<Api>, caller: Option<Extension<Caller>>) -> Health {
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
    let may_read = caller.is_some_and(|caller| caller.may(Right::Read));
    let measured = if may_read { measured(&api).await } else { None };
    Health {
        status,
        dependencies,
        measured_since: measured.as_ref().map(|measured| measured.since),
        alarms: measured.map(|measured| measured.alarms()),
    }
}

async fn measured(api: &Api) -> Option<Measured> {
    let measured = api.measures.measured().await;
    measured
        .inspect_err(|error| tracing::error!(%error, "the alarms cannot be evaluated"))
        .ok()
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
