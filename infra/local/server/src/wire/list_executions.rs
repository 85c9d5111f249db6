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

/// `ListExecutions`: the newest first.
pub(super) async fn list(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("stateMachineArn");
    let wanted = parameters.choice(
        "statusFilter",
        &[
            "RUNNING",
            "SUCCEEDED",
            "FAILED",
            "TIMED_OUT",
            "ABORTED",
            "PENDING_REDRIVE",
        ],
    );
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let machine = names::state_machine(&arn)?;
    let listing = format!("executions {machine} {wanted:?}");
    let before = page.number(&listing)?.map(ExecutionId);
    let found = host
        .journal
        .state_machine(&machine)
        .await?
        .ok_or_else(|| ApiError::no_state_machine(&arn))?;
    if wanted.as_deref() == Some("PENDING_REDRIVE") {
        return Ok(json!({ "executions": [] }));
    }
    let filter = ExecutionFilter {
        state_machine: Some(found.id),
        status: wanted.as_deref().and_then(status),
        before,
        limit: page.limit + 1,
    };
    let mut executions = host.journal.executions(filter).await?;
    let more = executions.len() > page.limit;
    executions.truncate(page.limit);
    let mut answer = json!({ "executions": executions.iter().map(line).collect::<Vec<_>>() });
    if let Some(last) = executions.last().filter(|_| more) {
        add_token(&mut answer, &listing, last.id.0);
    }
    Ok(answer)
}

fn line(summary: &Summary) -> Value {
    let mut line = json!({
        "executionArn": addresses::execution_arn(&summary.state_machine_name, &summary.name),
        "name": summary.name,
        "redriveCount": 0,
        "startDate": date(summary.started_at),
        "stateMachineArn": addresses::state_machine_arn(&summary.state_machine_name),
        "status": status_name(summary.status),
    });
    if let Some(stopped_at) = summary.stopped_at {
        line["stopDate"] = date(stopped_at);
    }
    line
}
