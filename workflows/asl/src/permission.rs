//! What the role of a state machine must be allowed for the calls that its tasks make.

/// An action that a service integration takes, and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The integration as it stands in a task's resource after `arn:aws:states:::`, without `.waitForTaskToken`.
    pub integration: &'static str,
    /// The action in IAM's words.
    pub action: &'static str,
    /// The argument that names what it is about.
    pub argument: &'static str,
    /// What that is.
    pub target: Target,
}

/// What a permission is about, and how the argument names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function, by its name or ARN.
    Function,
    /// A queue, by its URL.
    Queue,
    /// A topic, by its ARN.
    Topic,
    /// A table, by its name or ARN.
    Table,
    /// A state machine, by its ARN.
    StateMachine,
    /// Every execution of a state machine that is given by its ARN: IAM knows no other way to name them.
    Executions,
}

const fn permission(
    integration: &'static str,
    action: &'static str,
    argument: &'static str,
    target: Target,
) -> Permission {
    Permission {
        integration,
        action,
        argument,
        target,
    }
}

const START: &str = "states:startExecution";
const SYNC: &str = "states:startExecution.sync:2";
const MACHINE: &str = "StateMachineArn";

/// An integration has as many rows as it needs actions; what it is called for comes first.
///
/// Source: Step Functions developer guide, "IAM policies for integrated services".
const PERMISSIONS: [Permission; 11] = [
    permission("dynamodb:deleteItem", "dynamodb:DeleteItem", "TableName", Target::Table),
    permission("dynamodb:getItem", "dynamodb:GetItem", "TableName", Target::Table),
    permission("dynamodb:putItem", "dynamodb:PutItem", "TableName", Target::Table),
    permission("dynamodb:updateItem", "dynamodb:UpdateItem", "TableName", Target::Table),
    permission(
        "lambda:invoke",
        "lambda:InvokeFunction",
        "FunctionName",
        Target::Function,
    ),
    permission("sns:publish", "sns:Publish", "TopicArn", Target::Topic),
    permission("sqs:sendMessage", "sqs:SendMessage", "QueueUrl", Target::Queue),
    permission(START, "states:StartExecution", MACHINE, Target::StateMachine),
    permission(SYNC, "states:StartExecution", MACHINE, Target::StateMachine),
    permission(SYNC, "states:DescribeExecution", MACHINE, Target::Executions),
    permission(SYNC, "states:StopExecution", MACHINE, Target::Executions),
];

/// What an integration needs; nothing where that is not known.
pub fn permissions(integration: &str) -> impl Iterator<Item = &'static Permission> {
    PERMISSIONS.iter().filter(move |row| row.integration == integration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integration::INTEGRATIONS;

    #[test]
    fn every_row_is_about_an_integration_that_there_is() {
        for row in PERMISSIONS {
            let (service, action) = row.integration.split_once(':').unwrap();
            let action = action.split('.').next().unwrap();
            let mut known = INTEGRATIONS.iter();
            assert!(
                known.any(|one| one.service == service && one.actions.contains(&action)),
                "{row:?}"
            );
        }
    }
}
