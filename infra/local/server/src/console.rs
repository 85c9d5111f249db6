//! The console's pages over this process's host.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use console::{Console, MOST_COUNTED, ServiceError, StepFunctions};
use engine::ExecutionStatus;
use serde_json::Value;

use crate::host::Host;
use crate::linked::ActivityClock;
use crate::ports::LateHost;
use crate::{Clock, addresses, wire, workflows};

/// The pages; `api` is the JSON API's router.
pub(crate) fn pages(host: &Arc<Host>, api: Router, clock: &Arc<dyn Clock>) -> Router {
    let step_functions = Arc::new(LocalStepFunctions(LateHost::known(host)));
    let clock = Arc::new(ActivityClock(Arc::clone(clock)));
    let schemas: BTreeMap<String, Value> = workflows::input_schemas().collect();
    let console = Console::new(step_functions, &addresses::states_prefix(), api, clock);
    console::router(console.with_schemas(schemas))
}

/// What the pages of the API look like: as the console's.
pub(crate) fn look() -> api::Look {
    api::Look {
        style: console::style(),
        icon: console::icon(),
    }
}

/// Step Functions in this process: the same operations as over the wire, without the wire.
struct LocalStepFunctions(LateHost);

#[async_trait]
impl StepFunctions for LocalStepFunctions {
    async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let host = self.host()?;
        let body = input.to_string();
        wire::perform(&host, operation, body.as_bytes())
            .await
            .map_err(|error| refused(&error))
    }

    async fn events(&self, arn: &str, first: u64, limit: u64, data: bool) -> Result<Vec<Value>, ServiceError> {
        let host = self.host()?;
        wire::events(&host, arn, first, limit, data)
            .await
            .map_err(|error| refused(&error))
    }

    async fn counts(&self, arn: &str) -> Result<Option<[u64; 5]>, ServiceError> {
        use ExecutionStatus::{Aborted, Failed, Running, Succeeded, TimedOut};
        let host = self.host()?;
        let counted = async {
            let name = wire::state_machine_name(arn)?;
            let Some(machine) = host.journal.state_machine_or_deleted(&name).await? else {
                return Ok(None);
            };
            let statuses = [Running, Succeeded, Failed, TimedOut, Aborted];
            Ok(Some(
                host.journal
                    .count_executions(machine.id, statuses, MOST_COUNTED + 1)
                    .await?,
            ))
        };
        counted.await.map_err(|error| refused(&error))
    }
}

impl LocalStepFunctions {
    fn host(&self) -> Result<Arc<Host>, ServiceError> {
        self.0.get("Step Functions").map_err(|_| ServiceError {
            code: "ServiceUnavailable".to_owned(),
            message: "The server is stopping".to_owned(),
        })
    }
}

fn refused(error: &wire::ApiError) -> ServiceError {
    ServiceError {
        code: error.code().to_owned(),
        message: error.message().to_owned(),
    }
}
