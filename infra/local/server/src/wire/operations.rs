//! The operations, and what answers them.

use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;

use super::error::ApiError;
use super::parameters::Parameters;
use super::{
    activities, describe_execution, executions, history, list_executions, state_machines, tags, task_tokens,
    update_state_machine, validate,
};
use crate::host::Host;

/// What an operation answers.
pub(super) type Answer = Result<Value, ApiError>;
type Running = Pin<Box<dyn Future<Output = Answer> + Send>>;
/// An operation.
pub(super) type Operation = fn(Arc<Host>, Parameters) -> Running;

/// What stands before an operation of the service in `X-Amz-Target`, and before one of this server's own.
const SERVICE: &str = "AWSStepFunctions.";
const SERVER: &str = "Rez.";

/// The operation that a target names.
pub(super) fn of_target(target: &str) -> Result<Operation, ApiError> {
    if let Some(name) = target.strip_prefix(SERVER) {
        let own = OWN.iter().find(|(own, _)| *own == name);
        return own
            .map(|(_, operation)| *operation)
            .ok_or_else(ApiError::unknown_operation);
    }
    find(target.strip_prefix(SERVICE).ok_or_else(ApiError::unknown_operation)?)
}

/// The operation of the service of this name.
pub(super) fn find(name: &str) -> Result<Operation, ApiError> {
    match SUPPORTED.iter().find(|(supported, _)| *supported == name) {
        Some((_, operation)) => Ok(*operation),
        None if NOT_YET.contains(&name) => Err(ApiError::not_supported(name)),
        None => Err(ApiError::unknown_operation()),
    }
}

const SUPPORTED: &[(&str, Operation)] = &[
    ("StartExecution", |host, p| Box::pin(executions::start(host, p))),
    ("DescribeExecution", |host, p| {
        Box::pin(describe_execution::describe(host, p))
    }),
    ("GetExecutionHistory", |host, p| Box::pin(history::get(host, p))),
    ("ListExecutions", |host, p| Box::pin(list_executions::list(host, p))),
    ("StopExecution", |host, p| Box::pin(executions::stop(host, p))),
    ("RedriveExecution", |host, p| Box::pin(executions::redrive(host, p))),
    ("SendTaskSuccess", |host, p| Box::pin(task_tokens::success(host, p))),
    ("SendTaskFailure", |host, p| Box::pin(task_tokens::failure(host, p))),
    ("SendTaskHeartbeat", |host, p| Box::pin(task_tokens::heartbeat(host, p))),
    ("GetActivityTask", |host, p| Box::pin(activities::get_task(host, p))),
    ("CreateActivity", |host, p| Box::pin(activities::create(host, p))),
    ("DescribeActivity", |host, p| Box::pin(activities::describe(host, p))),
    ("ListActivities", |host, p| Box::pin(activities::list(host, p))),
    ("DeleteActivity", |host, p| Box::pin(activities::delete(host, p))),
    ("CreateStateMachine", |host, p| {
        Box::pin(state_machines::create(host, p))
    }),
    ("DescribeStateMachine", |host, p| {
        Box::pin(state_machines::describe(host, p))
    }),
    ("DescribeStateMachineForExecution", |host, p| {
        Box::pin(state_machines::describe_for_execution(host, p))
    }),
    ("ListStateMachines", |host, p| Box::pin(state_machines::list(host, p))),
    ("UpdateStateMachine", |host, p| {
        Box::pin(update_state_machine::update(host, p))
    }),
    ("DeleteStateMachine", |host, p| {
        Box::pin(update_state_machine::delete(host, p))
    }),
    ("TagResource", |host, p| Box::pin(tags::tag(host, p))),
    ("UntagResource", |host, p| Box::pin(tags::untag(host, p))),
    ("ListTagsForResource", |host, p| Box::pin(tags::list(host, p))),
    ("ValidateStateMachineDefinition", |_, p| {
        Box::pin(async move { validate::validate(p) })
    }),
];

/// What this server has and the service does not.
const OWN: &[(&str, Operation)] = &[("ListExecutions", |host, p| Box::pin(list_executions::list_all(host, p)))];

/// What the service has and this server does not.
const NOT_YET: &[&str] = &[
    "CreateStateMachineAlias",
    "DeleteStateMachineAlias",
    "DeleteStateMachineVersion",
    "DescribeMapRun",
    "DescribeStateMachineAlias",
    "ListMapRuns",
    "ListStateMachineAliases",
    "ListStateMachineVersions",
    "PublishStateMachineVersion",
    "StartSyncExecution",
    "TestState",
    "UpdateMapRun",
    "UpdateStateMachineAlias",
];

#[cfg(test)]
mod tests {
    use super::{NOT_YET, SUPPORTED, find};

    #[test]
    fn every_operation_of_the_service_is_known_once() {
        // Source: API reference, "Actions": 37 of them.
        assert_eq!(SUPPORTED.len() + NOT_YET.len(), 37);
        assert!(
            SUPPORTED
                .iter()
                .all(|(name, _)| find(name).is_ok() && !NOT_YET.contains(name))
        );
        assert!(
            NOT_YET
                .iter()
                .all(|name| format!("{:?}", find(name)).contains("UnsupportedOperation"))
        );
        assert!(format!("{:?}", find("Nonsense")).contains("UnknownOperationException"));
    }
}
