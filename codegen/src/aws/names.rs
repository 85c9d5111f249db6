//! The words of `function.toml` and the placeholders of definitions, as CloudFormation says them.

use serde_json::{Value, json};

/// A function of CloudFormation.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "Ref": name })
}

pub(crate) fn references(names: &[String]) -> Value {
    names.iter().map(|name| reference(name)).collect()
}

pub(crate) fn attribute(resource: &str, name: &str) -> Value {
    json!({ "Fn::GetAtt": [resource, name] })
}

pub(crate) fn sub(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// The name of something of this stage.
pub(crate) fn named(name: &str) -> Value {
    sub(&format!("rez-agent-{name}-${{Stage}}"))
}

/// `deliver-message` is `DeliverMessage`.
pub(crate) fn logical(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// The alias that moves to a new version when a release is good.
pub(crate) const ALIAS: &str = "live";

/// The logical name that SAM gives to the alias of a state machine, whose `Ref` is its ARN. Source: SAM Developer Guide,
/// "Generated CloudFormation resources".
fn alias(machine: &str) -> String {
    format!("{machine}Alias{ALIAS}")
}

/// The value of an environment variable.
pub(crate) fn setting(name: &str) -> Option<Value> {
    Some(match name {
        "STAGE" => reference("Stage"),
        "DYNAMODB_TABLE_NAME" => reference("MessagesTable"),
        "CIRCUIT_BREAKER_TABLE" => reference("CircuitBreakerTable"),
        "NTFY_URL_PARAM" => sub("/rez-agent/${Stage}/ntfy-url"),
        "NTFY_API_KEY_PARAM" => sub("/rez-agent/${Stage}/ntfy-api-key"),
        "NTFY_TOPIC" => reference("NtfyTopic"),
        "SNS_TOPIC_ARN" => reference("MessageEventsTopic"),
        "STATE_MACHINE_ARN" => reference("ProcessMessage"),
        "STATE_MACHINE_ALIAS_ARN" => reference(&alias("ProcessMessage")),
        "DEAD_LETTER_QUEUE_URL" => reference("DeadLetterQueue"),
        "COGNITO_USER_POOL_ID" => reference("UserPool"),
        "COGNITO_CLIENT_ID" => reference("UserPoolClient"),
        "SESSION_KEY_PARAM" | "ACKNOWLEDGEMENT_KEY_PARAM" => sub("/rez-agent/${Stage}/session-key"),
        "SCHEDULE_GROUP" => reference("ScheduleGroup"),
        "SCHEDULER_ROLE_ARN" => attribute("SchedulerRole", "Arn"),
        "UNDELIVERED_QUEUE_ARN" => attribute("UndeliveredQueue", "Arn"),
        "CORS_ORIGINS" => json!({ "Fn::Join": [",", reference("CorsOrigins")] }),
        // The API names no function that it calls, so that functions may name the API.
        "REZ_PUBLIC_URL" => json!({ "Fn::If": [
            "HasDomain",
            sub("https://${DomainName}"),
            sub("https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"),
        ] }),
        _ => return None,
    })
}

/// The ARN of what a permission is for.
pub(crate) fn resource(name: &str) -> Option<Value> {
    let parameter = |name| {
        sub(&format!(
            "arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/rez-agent/${{Stage}}/{name}"
        ))
    };
    let executions = |machine| {
        sub(&format!(
            "arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:execution:${{{machine}.Name}}:*"
        ))
    };
    Some(match name {
        "MessagesTable" | "CircuitBreakerTable" | "DeadLetterQueue" | "IntakeQueue" | "SchedulerRole" => {
            attribute(name, "Arn")
        }
        "MessagesByStage" => sub("${MessagesTable.Arn}/index/stage-created_date"),
        "MessagesByStatus" => sub("${MessagesTable.Arn}/index/status-created_date"),
        "MessagesByOwner" => sub("${MessagesTable.Arn}/index/owner-created_date"),
        "MessageEventsTopic" | "ProcessMessage" | "EscalateMessage" | "RedriveDeadLetters" => reference(name),
        // An execution is named when it is started.
        "ProcessMessageExecutions" => executions("ProcessMessage"),
        "EscalateMessageExecutions" => executions("EscalateMessage"),
        "RedriveDeadLettersExecutions" => executions("RedriveDeadLetters"),
        // A schedule is named when it is created.
        "Schedules" => {
            sub("arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/rez-agent-${Stage}/*")
        }
        "SessionKeyParameter" => parameter("session-key"),
        // For actions that know no resources.
        "Everything" => Value::from("*"),
        "NtfyUrlParameter" => parameter("ntfy-url"),
        "NtfyApiKeyParameter" => parameter("ntfy-api-key"),
        // The account's key of Parameter Store has an alias and an id that no template knows.
        "ParameterKey" => sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"),
        _ => return None,
    })
}

/// The condition under which a permission holds, where its resource cannot say enough.
pub(crate) fn condition(name: &str) -> Option<Value> {
    let (key, value) = match name {
        "ParameterKey" => ("kms:ViaService", sub("ssm.${AWS::Region}.${AWS::URLSuffix}")),
        // The role is handed to Scheduler and to nobody else.
        "SchedulerRole" => ("iam:PassedToService", Value::from("scheduler.amazonaws.com")),
        _ => return None,
    };
    Some(json!({ "StringEquals": { key: value } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_journey() {
        assert_eq!(logical("deliver-message"), "DeliverMessage");
        assert_eq!(logical("authorizer"), "Authorizer");
    }
}
