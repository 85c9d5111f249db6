//! Whether the policy of a state machine allows a call.

use asl::Target;
use engine::Integration;

use super::call::text_parameter;
use super::{Call, TaskFailure};
use crate::addresses::{self, ACCOUNT, REGION};

/// How a service reports a refusal: the service as integrations name it, the error, and who speaks.
const SERVICES: [(&str, &str, &str); 5] = [
    ("dynamodb", "DynamoDB.AmazonDynamoDBException", "AmazonDynamoDBv2"),
    ("lambda", "Lambda.AWSLambdaException", "AWSLambda"),
    ("sns", "SNS.AmazonSNSException", "AmazonSNS"),
    ("sqs", "SQS.AmazonSQSException", "AmazonSQS"),
    ("states", "StepFunctions.AWSStepFunctionsException", "AWSStepFunctions"),
];

/// Refuses what the policy of the task's state machine does not allow.
pub(super) async fn check(call: Call<'_>, service_action: Option<&str>) -> Result<(), TaskFailure> {
    let policies = &call.host.runners().policies;
    if policies.is_empty() {
        return Ok(());
    }
    let (action, resource, error, service) = wanted(call, service_action);
    let execution = call.host.journal.execution_by_id(call.execution).await;
    let machine = match execution {
        Ok(Some(execution)) => execution.summary.state_machine_name,
        // An execution whose record cannot be read is not let through for that.
        Ok(None) | Err(_) => return Err(denied("an unknown state machine", &action, &resource, error, service)),
    };
    if policies.allow(&machine, &action, &resource) {
        return Ok(());
    }
    Err(denied(&machine, &action, &resource, error, service))
}

/// The action and the resource of a call in IAM's words, and the error and service of a refusal.
fn wanted(call: Call<'_>, service_action: Option<&str>) -> (String, String, &'static str, &'static str) {
    if call.request.integration == Integration::Lambda {
        let function = addresses::function_arn(addresses::function_name(&call.request.resource));
        let (error, service) = refusal("lambda");
        return ("lambda:InvokeFunction".to_owned(), function, error, service);
    }
    let named = service_action.unwrap_or_default();
    let parameters = call.parameters().unwrap_or_default();
    // An integration is called for its first action; what it needs beside has no call of its own here.
    if let Some(permission) = asl::permissions(named).next() {
        let (error, service) = refusal(named.split(':').next().unwrap_or_default());
        let given = text_parameter(&parameters, permission.argument).unwrap_or_default();
        return (
            permission.action.to_owned(),
            arn(permission.target, given),
            error,
            service,
        );
    }
    // Actions of the SDK are called as in IAM but for the service's name.
    let action = named.trim_start_matches("aws-sdk:").replace("sfn:", "states:");
    (action, "*".to_owned(), "States.TaskFailed", "AWS")
}

fn refusal(service: &str) -> (&'static str, &'static str) {
    let row = SERVICES.iter().find(|row| row.0 == service);
    row.map_or(("States.TaskFailed", "AWS"), |row| (row.1, row.2))
}

/// The ARN by which policies name what a call is about.
fn arn(target: Target, given: String) -> String {
    match target {
        Target::Function => addresses::function_arn(addresses::function_name(&given)),
        Target::Queue => addresses::queue_arn(addresses::queue_name(&given)),
        Target::Table if !given.starts_with("arn:") => format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{given}"),
        Target::Executions => given.replacen(":stateMachine:", ":execution:", 1) + ":*",
        Target::Table | Target::Topic | Target::StateMachine => given,
    }
}

fn denied(machine: &str, action: &str, resource: &str, error: &str, service: &str) -> TaskFailure {
    let message = format!(
        "User: {machine} is not authorized to perform: {action} on resource: {resource} because no identity-based policy \
         allows the {action} action"
    );
    let request = uuid::Uuid::now_v7().to_string();
    TaskFailure::service(error, service, 403, "AccessDeniedException", &message, &request)
}
