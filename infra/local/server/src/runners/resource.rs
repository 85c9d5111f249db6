//! Which runner calls which resource.

use engine::Integration;

use super::{Answer, Call, TaskFailure, dynamodb, lambda, nested, permission, sdk_sfn, sns, sqs};

/// Calls the resource of a task.
pub(super) async fn dispatch(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let resource = call.request.resource.as_str();
    permission::check(call, service_action(resource)).await?;
    if call.request.integration == Integration::Lambda {
        return lambda::call_function(call).await;
    }
    match service_action(resource) {
        Some("lambda:invoke") => lambda::invoke(call).await,
        Some("sqs:sendMessage") => sqs::send_message(call),
        Some("sns:publish") => sns::publish(call),
        Some("states:startExecution") => nested::start_execution(call).await,
        Some(action) => match (action.strip_prefix("aws-sdk:sfn:"), action.strip_prefix("dynamodb:")) {
            (Some(action), _) => sdk_sfn::call_operation(call, action).await,
            (_, Some(action)) => dynamodb::call_operation(call, action).await,
            (None, None) => Err(not_configured(resource)),
        },
        None => Err(not_configured(resource)),
    }
}

/// `service:action` of `arn:aws:states:::service:action.pattern`.
fn service_action(resource: &str) -> Option<&str> {
    let rest = resource.split_once(":states:::")?.1;
    Some(rest.split('.').next().unwrap_or(rest))
}

fn not_configured(resource: &str) -> TaskFailure {
    TaskFailure::new(
        "States.TaskFailed",
        format!(
            "Nothing on this machine answers for {resource}: Lambda functions, sqs:sendMessage, sns:publish, \
             dynamodb:getItem, putItem, updateItem and deleteItem, states:startExecution and aws-sdk:sfn are supported."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::service_action;

    #[test]
    fn the_pattern_is_not_part_of_the_action() {
        for resource in [
            "arn:aws:states:::sqs:sendMessage",
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "arn:aws-cn:states:::sqs:sendMessage.sync:2",
        ] {
            assert_eq!(service_action(resource), Some("sqs:sendMessage"), "{resource}");
        }
        assert_eq!(service_action("arn:aws:lambda:us-east-1:1:function:f"), None);
    }
}
