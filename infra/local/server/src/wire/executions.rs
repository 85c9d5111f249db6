//! `StartExecution`, `StopExecution` and `RedriveExecution`.

use std::sync::Arc;

use journal::Execution;
use serde_json::json;

use super::answer::date;
use super::error::ApiError;
use super::json_text::{self, DATA_BYTES};
use super::names::{self, NAME_CHARS};
use super::operations::Answer;
use super::parameters::Parameters;
use super::state_machines;
use crate::addresses;
use crate::host::{Host, HostError, RedriveError, Start, StartError};

/// `StartExecution`.
pub(super) async fn start(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("stateMachineArn");
    let name = parameters.optional_text("name", 1, NAME_CHARS);
    let input = parameters
        .optional_text("input", 0, DATA_BYTES)
        .unwrap_or_else(|| "{}".to_owned());
    let trace_header = parameters.optional_text("traceHeader", 0, 256);
    parameters.check()?;
    name.as_deref().map_or(Ok(()), names::check)?;
    let machine = names::state_machine(&arn)?;
    if let Some(problem) = json_text::problem(&input) {
        return Err(ApiError::new(
            "InvalidExecutionInput",
            format!("Invalid State Machine Execution Input: '{problem}'"),
        ));
    }
    let Some(loaded) = host.state_machine(&machine).await? else {
        return Err(state_machines::absent(&host, &machine, &arn).await?);
    };
    let name = name.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let execution_arn = addresses::execution_arn(&machine, &name);
    match host
        .start(Start {
            loaded,
            name,
            input,
            trace_header,
            parent: None,
            with: None,
        })
        .await
    {
        Ok(started) => Ok(json!({ "executionArn": started.arn, "startDate": date(started.at) })),
        Err(StartError::Exists(_)) => Err(ApiError::new(
            "ExecutionAlreadyExists",
            format!("Execution Already Exists: '{execution_arn}'"),
        )),
        Err(StartError::Full(_)) => Err(ApiError::executions_full()),
        Err(StartError::Host(error)) => Err(error.into()),
    }
}

/// The execution of an ARN, as the journal has it.
pub(super) async fn found(host: &Host, arn: &str) -> Result<Execution, ApiError> {
    let (machine, name) = names::execution(arn)?;
    let found = host.journal.execution(&machine, &name).await?;
    found.ok_or_else(|| ApiError::no_execution(arn))
}

/// `StopExecution`. Stopping an execution that has ended is no error and changes nothing.
pub(super) async fn stop(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    let error = parameters.optional_text("error", 0, 256);
    let cause = parameters.optional_text("cause", 0, 32_768);
    parameters.check()?;
    let found = found(&host, &arn).await?;
    host.stop_execution(&found, error, cause).await?;
    let ended = host.journal.execution_by_id(found.summary.id).await?;
    let stopped_at = ended
        .and_then(|ended| ended.summary.stopped_at)
        .unwrap_or_else(|| host.now());
    Ok(json!({ "stopDate": date(stopped_at) }))
}

/// `RedriveExecution`. The same client token within 15 minutes gives the same answer.
pub(super) async fn redrive(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    let token = parameters.optional_text("clientToken", 1, 64);
    if let Some(token) = token.as_deref().filter(|token| !token.bytes().all(is_visible)) {
        parameters.violate(
            token,
            "clientToken",
            "Member must satisfy regular expression pattern: [!-~]+",
        );
    }
    parameters.check()?;
    let found = found(&host, &arn).await?;
    match host.redrive(found.summary.id, token).await {
        Ok(at) => Ok(json!({ "redriveDate": date(at) })),
        Err(RedriveError::NotNow(reason)) => Err(ApiError::not_redrivable(&reason.to_string())),
        Err(RedriveError::Gone) => Err(ApiError::no_execution(&arn)),
        Err(error @ RedriveError::NotSettled) => {
            let detail = error.to_string();
            Err(HostError::FollowUp { detail }.into())
        }
        Err(RedriveError::Full(_)) => Err(ApiError::executions_full()),
        Err(RedriveError::Host(error)) => Err(error.into()),
    }
}

/// Whether it is one of the bytes `!` to `~`.
fn is_visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}
