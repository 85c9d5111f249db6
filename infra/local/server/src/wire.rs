//! The wire API: AWS JSON 1.0 of Step Functions.
//!
//! `POST /` with the operation in `X-Amz-Target`. Credentials and signatures are taken and not looked at: the server
//! listens to this machine alone. One file for each group of operations, and [`operations::find`] is the only list.
//!
//! Source: AWS Step Functions API reference.

mod activities;
mod answer;
mod describe_execution;
mod error;
mod executions;
mod history;
mod json_text;
mod list_executions;
mod names;
mod operations;
mod page;
mod parameters;
mod router;
mod state_machines;
mod tags;
mod task_tokens;
mod update_state_machine;
mod validate;

use std::sync::Arc;

use serde_json::Value;

use crate::host::Host;

pub(crate) use answer::status_name;
pub(crate) use describe_execution::redrive_status;
pub(crate) use error::ApiError;
pub(crate) use history::events;
pub(crate) use router::{as_aws, router};
pub(crate) use state_machines::absent;

/// The name of the state machine that an ARN names.
pub(crate) fn state_machine_name(arn: &str) -> Result<String, ApiError> {
    names::state_machine(arn)
}

/// Performs an operation for a task that calls this server itself.
pub(crate) async fn perform(host: &Arc<Host>, operation: &str, body: &[u8]) -> Result<Value, error::ApiError> {
    let perform = operations::find(operation)?;
    perform(Arc::clone(host), parameters::Parameters::parse(body)?).await
}

/// The settings of a state machine whose creator gave none, as JSON text.
pub(crate) fn default_settings() -> String {
    state_machines::defaults().to_string()
}
