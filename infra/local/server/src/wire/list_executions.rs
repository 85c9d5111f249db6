//! `ListExecutions`.

use std::sync::Arc;

use journal::{ExecutionFilter, ExecutionId, Summary};
use serde_json::{Value, json};

use super::answer::{date, status, status_name};
use super::error::ApiError;
use super::names;
use super::operations::Answer;
use super::page::{Page, add_token};
use super::parameters::Parameters;
use crate::addresses;
use crate::host::Host;

/// The longest `nextToken`. Source: API reference, `ListExecutions`.
const TOKEN_CHARS: usize = 3_096;

/// The statuses that executions are listed by.
const STATUSES: [&str; 6] = [
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "ABORTED",
    PENDING_REDRIVE,
];
const PENDING_REDRIVE: &str = "PENDING_REDRIVE";

/// `ListExecutions`: the newest first. Those of a state machine that is being deleted are listed until it is gone.
pub(super) async fn list(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.optional_arn("stateMachineArn");
    let map_run = parameters.optional_arn("mapRunArn");
    let wanted = parameters.choice("statusFilter", &STATUSES);
    let redriven = parameters.choice("redriveFilter", &["REDRIVEN", "NOT_REDRIVEN"]);
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let arn = match (arn, map_run) {
        (Some(arn), None) => arn,
        (None, Some(map_run)) => return Err(no_map_run(&map_run)),
        _ => return Err(invalid("Specify either stateMachineArn or mapRunArn, and not both")),
    };
    let machine = names::state_machine(&arn)?;
    for_map_runs_alone(wanted.as_deref(), redriven.is_some())?;
    let listing = format!("executions {machine} {wanted:?}");
    let before = page.number(&listing)?.map(ExecutionId);
    let found = host
        .journal
        .state_machine_or_deleted(&machine)
        .await?
        .ok_or_else(|| ApiError::no_state_machine(&arn))?;
    let filter = ExecutionFilter {
        state_machine: Some(found.id),
        status: wanted.as_deref().and_then(status),
        before,
        limit: page.limit + 1,
    };
    answer(&host, filter, &page, &listing).await
}

/// `ListExecutions` of this server's own: those of every state machine, also of those that have been deleted.
pub(super) async fn list_all(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let wanted = parameters.choice("statusFilter", &STATUSES[..5]);
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let listing = format!("all executions {wanted:?}");
    let filter = ExecutionFilter {
        state_machine: None,
        status: wanted.as_deref().and_then(status),
        before: page.number(&listing)?.map(ExecutionId),
        limit: page.limit + 1,
    };
    answer(&host, filter, &page, &listing).await
}

/// Filters that are about the executions of a Map Run. Source: API reference, `ListExecutions`, `statusFilter` and
/// `redriveFilter`.
fn for_map_runs_alone(status: Option<&str>, by_redrive: bool) -> Result<(), ApiError> {
    if status == Some(PENDING_REDRIVE) {
        return Err(invalid("statusFilter PENDING_REDRIVE needs a mapRunArn"));
    }
    if by_redrive {
        return Err(invalid("redriveFilter needs a mapRunArn"));
    }
    Ok(())
}

fn invalid(message: &str) -> ApiError {
    ApiError::new("ValidationException", message)
}

/// There are no Map Runs here: distributed maps are not supported yet.
fn no_map_run(arn: &str) -> ApiError {
    ApiError::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
}

/// A page; the filter asks for one more than the page has.
async fn answer(host: &Host, filter: ExecutionFilter, page: &Page, listing: &str) -> Answer {
    let mut executions = host.journal.executions(filter).await?;
    let more = executions.len() > page.limit;
    executions.truncate(page.limit);
    let mut answer = json!({ "executions": executions.iter().map(line).collect::<Vec<_>>() });
    if let Some(last) = executions.last().filter(|_| more) {
        add_token(&mut answer, listing, last.id.0);
    }
    Ok(answer)
}

fn line(summary: &Summary) -> Value {
    let mut line = json!({
        "executionArn": addresses::execution_arn(&summary.state_machine_name, &summary.name),
        "name": summary.name,
        "redriveCount": summary.redrives,
        "startDate": date(summary.started_at),
        "stateMachineArn": addresses::state_machine_arn(&summary.state_machine_name),
        "status": status_name(summary.status),
    });
    if let Some(stopped_at) = summary.stopped_at {
        line["stopDate"] = date(stopped_at);
    }
    if let Some(redriven_at) = summary.redriven_at {
        line["redriveDate"] = date(redriven_at);
    }
    line
}
