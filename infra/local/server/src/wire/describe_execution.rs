//! `DescribeExecution`.

use std::sync::Arc;

use journal::Execution;
use serde_json::{Map, Value, json};

use super::answer::{date, status_name};
use super::error::ApiError;
use super::names;
use super::operations::Answer;
use super::parameters::Parameters;
use super::state_machines::included_data;
use crate::addresses;
use crate::host::{Host, NotNow};

/// `DescribeExecution`.
pub(super) async fn describe(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    let included = included_data(&mut parameters);
    parameters.check()?;
    let (machine, name) = names::execution(&arn)?;
    let found = host
        .execution(&machine, &name)
        .await?
        .ok_or_else(|| ApiError::no_execution(&arn))?;
    let redrivable = host.redrivable(&found).await?;
    Ok(Value::Object(description(&found, redrivable, included)))
}

/// Without the data, input, output, error and cause are left out. Source: API reference, `DescribeExecution`.
fn description(execution: &Execution, redrivable: Result<(), NotNow>, included: bool) -> Map<String, Value> {
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
    let data = |text: Option<&String>| text.filter(|_| included).map(|text| json!(text));
    let details = json!({ "included": included });
    set("input", data(Some(&execution.input)));
    set("inputDetails", Some(details.clone()));
    set("output", data(execution.output.as_ref()));
    set("outputDetails", execution.output.as_ref().map(|_| details));
    set("error", data(execution.error.as_ref()));
    set("cause", data(execution.cause.as_ref()));
    set(
        "traceHeader",
        execution.trace_header.as_ref().map(|header| json!(header)),
    );
    set("redriveCount", Some(json!(summary.redrives)));
    set("redriveDate", summary.redriven_at.map(date));
    set("redriveStatus", Some(json!(redrive_status(redrivable))));
    set(
        "redriveStatusReason",
        redrivable.err().map(|reason| json!(reason.to_string())),
    );
    answer
}

/// `redriveStatus`.
pub(crate) fn redrive_status(redrivable: Result<(), NotNow>) -> &'static str {
    if redrivable.is_ok() {
        "REDRIVABLE"
    } else {
        "NOT_REDRIVABLE"
    }
}
