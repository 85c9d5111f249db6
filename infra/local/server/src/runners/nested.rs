//! `states:startExecution`: the engine itself.

use engine::{Event, ExecutionStatus, Integration, TaskRequest};
use journal::{Execution, Task};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::call::text_parameter;
use super::{Answer, Call, TaskFailure, metadata};
use crate::addresses::{self, StatesArn};
use crate::host::{NotNow, Start, StartError};
use crate::wire::{absent, redrive_status, status_name};

/// Starts an execution. With `.sync` and `.sync:2` its end answers the task.
pub(super) async fn start_execution(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let parameters = call.parameters()?;
    let arn = text_parameter(&parameters, "StateMachineArn").unwrap_or_default();
    let given_name = text_parameter(&parameters, "Name");
    let sync = call.request.integration == Integration::Sync;
    let name = StatesArn::parse(&arn)
        .filter(|parts| parts.kind == "stateMachine")
        .map_or("", |parts| parts.name);
    let loaded = call
        .host
        .state_machine(name)
        .await
        .map_err(|error| unavailable(&error))?;
    let Some(loaded) = loaded else {
        let error = absent(call.host, name, &arn).await.unwrap_or_else(|error| error);
        return Err(refused(error.code(), error.message()));
    };
    let trace_header = match text_parameter(&parameters, "TraceHeader") {
        None => call.place().await.map(|place| place.header(call.request.scheduled)),
        given => given,
    };
    let start = Start {
        loaded,
        name: given_name.unwrap_or_else(|| derived_name(&call)),
        input: text_parameter(&parameters, "Input").unwrap_or_else(|| "{}".to_owned()),
        trace_header,
        parent: sync.then_some((call.execution, call.request.task)),
        with: None,
    };
    let execution_arn = addresses::execution_arn(name, &start.name);
    let started_at = match call.host.start(start).await {
        Ok(started) => started.at,
        // The process that made this call before has started it.
        Err(StartError::Exists(existing)) if call.repeated => existing.summary.started_at,
        Err(StartError::Exists(_)) => {
            let message = format!("Execution Already Exists: '{execution_arn}'");
            return Err(refused("ExecutionAlreadyExists", &message));
        }
        Err(full @ StartError::Full(_)) => {
            return Err(TaskFailure::new(
                "StepFunctions.ExecutionLimitExceeded",
                full.to_string(),
            ));
        }
        Err(StartError::Host(error)) => return Err(unavailable(&error)),
    };
    let mut result = Map::new();
    result.insert("ExecutionArn".to_owned(), json!(execution_arn));
    result.insert("StartDate".to_owned(), json!(started_at.as_millisecond()));
    Ok(Answer::new(metadata::local_result(
        result,
        "application/x-amz-json-1.0",
        call.host.now(),
    )))
}

/// Whether a task of this resource waits for the end of the execution that it starts.
pub(crate) fn waits_for_its_end(resource: &str) -> bool {
    resource
        .split_once(":states:::")
        .is_some_and(|(_, action)| action.starts_with("states:startExecution.sync"))
}

/// A name that the same task always makes, so that a task repeated after a crash does not start a second execution.
pub(super) fn derived_name(call: &Call<'_>) -> String {
    let digest = Sha256::digest(format!("states:startExecution {}", call.id()));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Uuid::new_v8(bytes).to_string()
}

fn refused(code: &str, message: &str) -> TaskFailure {
    let request = uuid::Uuid::now_v7().to_string();
    TaskFailure::service(
        &format!("StepFunctions.{code}Exception"),
        "AWSStepFunctions",
        400,
        code,
        message,
        &request,
    )
}

fn unavailable(error: &dyn std::error::Error) -> TaskFailure {
    TaskFailure::new("StepFunctions.SdkClientException", error.to_string())
}

/// What the end of a nested execution means for the task that started it.
///
/// Source: Step Functions developer guide, "Start a new AWS Step Functions state machine from a running execution"; and
/// recorded histories.
pub(crate) fn answer(task: &Task, ended: &Execution, redrivable: Result<(), NotNow>) -> Event {
    let as_json = task.resource.ends_with(".sync:2");
    let id = serde_json::from_str::<TaskRequest>(&task.request).map_or(task.task, |request| request.task);
    let described = describe(ended, redrivable, as_json).to_string();
    match ended.summary.status {
        ExecutionStatus::Succeeded => Event::TaskSucceeded {
            task: id,
            output: described,
        },
        _ => Event::TaskFailed {
            task: id,
            error: Some("States.TaskFailed".to_owned()),
            cause: Some(described),
        },
    }
}

/// `DescribeExecution` in the SDK's spelling; with `.sync:2`, input and output are JSON and not text.
fn describe(ended: &Execution, redrivable: Result<(), NotNow>, as_json: bool) -> Value {
    let data = |text: &str| if as_json { json_or_text(text) } else { json!(text) };
    let summary = &ended.summary;
    let mut result = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            result.insert(name.to_owned(), value);
        }
    };
    set("Cause", ended.cause.as_deref().map(|cause| json!(cause)));
    set("Error", ended.error.as_deref().map(|error| json!(error)));
    set(
        "ExecutionArn",
        Some(json!(addresses::execution_arn(
            &summary.state_machine_name,
            &summary.name
        ))),
    );
    set("Input", Some(data(&ended.input)));
    set("InputDetails", Some(json!({ "Included": true })));
    set("Name", Some(json!(summary.name)));
    set("Output", ended.output.as_deref().map(data));
    set(
        "OutputDetails",
        ended.output.as_ref().map(|_| json!({ "Included": true })),
    );
    set("RedriveCount", Some(json!(summary.redrives)));
    set("RedriveDate", summary.redriven_at.map(|at| json!(at.as_millisecond())));
    set("RedriveStatus", Some(json!(redrive_status(redrivable))));
    set(
        "RedriveStatusReason",
        redrivable.err().map(|reason| json!(reason.to_string())),
    );
    set("StartDate", Some(json!(summary.started_at.as_millisecond())));
    set(
        "StateMachineArn",
        Some(json!(addresses::state_machine_arn(&summary.state_machine_name))),
    );
    set("Status", Some(json!(status_name(summary.status))));
    set("StopDate", summary.stopped_at.map(|at| json!(at.as_millisecond())));
    Value::Object(result)
}

fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}
