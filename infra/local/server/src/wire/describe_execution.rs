//! `DescribeExecution`.

use std::sync::Arc;

use engine::ExecutionStatus;
use journal::Execution;
use serde_json::{Map, Value, json};

use super::answer::{date, status_name};
use super::error::ApiError;
use super::names;
use super::operations::Answer;
use super::parameters::Parameters;
use crate::addresses;
use crate::host::Host;

/// `DescribeExecution`.
pub(super) async fn describe(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    parameters.choice("includedData", &["ALL_DATA", "METADATA_ONLY"]);
    parameters.check()?;
    let (machine, name) = names::execution(&arn)?;
    let found = host
        .journal
        .execution(&machine, &name)
        .await?
        .ok_or_else(|| ApiError::no_execution(&arn))?;
    Ok(Value::Object(description(&found)))
}

fn description(execution: &Execution) -> Map<String, Value> {
    let summary = &execution.summary;
    let mut answer = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            answer.insert(name.to_owned(), value);
        }
    };
    set(
        "executionArn",
        Some(json!(addresses::execution_arn(
            &summary.state_machine_name,
            &summary.name
        ))),
    );
    set(
        "stateMachineArn",
        Some(json!(addresses::state_machine_arn(&summary.state_machine_name))),
    );
    set("name", Some(json!(summary.name)));
    set("status", Some(json!(status_name(summary.status))));
    set("startDate", Some(date(summary.started_at)));
    set("stopDate", summary.stopped_at.map(date));
    set("input", Some(json!(execution.input)));
    set("inputDetails", Some(json!({ "included": true })));
    set("output", execution.output.as_ref().map(|output| json!(output)));
    set(
        "outputDetails",
        execution.output.as_ref().map(|_| json!({ "included": true })),
    );
    set("error", execution.error.as_ref().map(|error| json!(error)));
    set("cause", execution.cause.as_ref().map(|cause| json!(cause)));
    set(
        "traceHeader",
        execution.trace_header.as_ref().map(|header| json!(header)),
    );
    set("redriveCount", Some(json!(0)));
    let (redrive, reason) = redrive(summary.status);
    set("redriveStatus", Some(json!(redrive)));
    set("redriveStatusReason", reason.map(|reason| json!(reason)));
    answer
}

/// Whether an execution could be redriven, and why not.
pub(crate) fn redrive(status: ExecutionStatus) -> (&'static str, Option<String>) {
    match status {
        ExecutionStatus::Running | ExecutionStatus::Succeeded => (
            "NOT_REDRIVABLE",
            Some(format!("Execution is {} and cannot be redriven", status_name(status))),
        ),
        ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => ("REDRIVABLE", None),
    }
}
