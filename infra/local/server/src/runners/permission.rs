//! Whether the policy of a state machine allows a call.

use engine::Integration;
use serde_json::{Map, Value};

use super::call::text_parameter;
use super::{Call, TaskFailure};
use crate::addresses::{self, ACCOUNT, REGION};

/// How a call's parameter becomes the ARN that policies name.
#[derive(Clone, Copy)]
enum Target {
    /// A function's name or ARN.
    Function,
    /// A queue's URL.
    Queue,
    /// A table's name or ARN.
    Table,
    /// It is the ARN.
    Arn,
}

/// A service integration: its service and action, the action in IAM, the parameter that names the target, what that is,
/// and the error and service that a refusal is reported with.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Target,
    &'static str,
    &'static str,
);

/// Source: Step Functions developer guide, "IAM policies for integrated services"; service authorization reference.
const ROWS: [Row; 8] = [
    (
        "lambda:invoke",
        "lambda:InvokeFunction",
        "FunctionName",
        Target::Function,
        LAMBDA,
        "AWSLambda",
    ),
    (
        "sqs:sendMessage",
        "sqs:SendMessage",
        "QueueUrl",
        Target::Queue,
        "SQS.AmazonSQSException",
        "AmazonSQS",
    ),
    (
        "sns:publish",
        "sns:Publish",
        "TopicArn",
        Target::Arn,
        "SNS.AmazonSNSException",
        "AmazonSNS",
    ),
    (
        "states:startExecution",
        "states:StartExecution",
        "StateMachineArn",
        Target::Arn,
        STATES,
        "AWSStepFunctions",
    ),
    (
        "dynamodb:getItem",
        "dynamodb:GetItem",
        "TableName",
        Target::Table,
        DYNAMODB,
        "AmazonDynamoDBv2",
    ),
    (
        "dynamodb:putItem",
        "dynamodb:PutItem",
        "TableName",
        Target::Table,
        DYNAMODB,
        "AmazonDynamoDBv2",
    ),
    (
        "dynamodb:updateItem",
        "dynamodb:UpdateItem",
        "TableName",
        Target::Table,
        DYNAMODB,
        "AmazonDynamoDBv2",
    ),
    (
        "dynamodb:deleteItem",
        "dynamodb:DeleteItem",
        "TableName",
        Target::Table,
        DYNAMODB,
        "AmazonDynamoDBv2",
    ),
];
const LAMBDA: &str = "Lambda.AWSLambdaException";
const STATES: &str = "StepFunctions.AWSStepFunctionsException";
const DYNAMODB: &str = "DynamoDB.AmazonDynamoDBException";

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
        return ("lambda:InvokeFunction".to_owned(), function, LAMBDA, "AWSLambda");
    }
    let named = service_action.unwrap_or_default();
    let parameters = call.parameters().unwrap_or_default();
    if let Some((_, action, parameter, target, error, service)) = ROWS.iter().find(|row| row.0 == named) {
        return ((*action).to_owned(), target.arn(&parameters, parameter), error, service);
    }
    // Actions of the SDK are called as in IAM but for the service's name.
    let action = named.trim_start_matches("aws-sdk:").replace("sfn:", "states:");
    (action, "*".to_owned(), "States.TaskFailed", "AWS")
}

impl Target {
    fn arn(self, parameters: &Map<String, Value>, name: &str) -> String {
        let given = text_parameter(parameters, name).unwrap_or_default();
        match self {
            Self::Function => addresses::function_arn(addresses::function_name(&given)),
            Self::Queue => addresses::queue_arn(addresses::queue_name(&given)),
            Self::Table if !given.starts_with("arn:") => format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{given}"),
            Self::Table | Self::Arn => given,
        }
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
