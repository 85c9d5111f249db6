//! The permissions that the state machine's role needs: derived from what its tasks call, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use asl::{StateKind, StateMachine, Task};
use serde_json::{Value, json};

use crate::Invalid;

/// What one service integration needs: its resource without suffix, the IAM action, the argument that names the target,
/// and how the target's placeholder becomes an ARN.
///
/// Source: Step Functions developer guide, "IAM policies for integrated services".
const RULES: [(&str, &str, &str, Target); 8] = [
    (
        "arn:aws:states:::lambda:invoke",
        "lambda:InvokeFunction",
        "FunctionName",
        Target::Itself,
    ),
    (
        "arn:aws:states:::sqs:sendMessage",
        "sqs:SendMessage",
        "QueueUrl",
        Target::UrlToArn,
    ),
    (
        "arn:aws:states:::sns:publish",
        "sns:Publish",
        "TopicArn",
        Target::Itself,
    ),
    (
        "arn:aws:states:::dynamodb:getItem",
        "dynamodb:GetItem",
        "TableName",
        Target::TableToArn,
    ),
    (
        "arn:aws:states:::dynamodb:putItem",
        "dynamodb:PutItem",
        "TableName",
        Target::TableToArn,
    ),
    (
        "arn:aws:states:::dynamodb:updateItem",
        "dynamodb:UpdateItem",
        "TableName",
        Target::TableToArn,
    ),
    (
        "arn:aws:states:::dynamodb:deleteItem",
        "dynamodb:DeleteItem",
        "TableName",
        Target::TableToArn,
    ),
    (
        "arn:aws:states:::states:startExecution",
        "states:StartExecution",
        "StateMachineArn",
        Target::Itself,
    ),
];

#[derive(Clone, Copy)]
enum Target {
    /// The placeholder is an ARN.
    Itself,
    /// `${SomethingUrl}` becomes `${SomethingArn}`.
    UrlToArn,
    /// `${SomethingTable}` becomes `${SomethingTableArn}`.
    TableToArn,
}

/// The policy document of a workflow's role.
pub(crate) fn policy(workflow: &str, machine: &StateMachine) -> Result<Value, Invalid> {
    let mut needs = BTreeMap::<&'static str, BTreeSet<String>>::new();
    for visit in machine.walk() {
        if let StateKind::Task(task) = &visit.state.kind {
            let (action, resource) = need(task).map_err(|detail| Invalid::new(workflow, visit.name, detail))?;
            needs.entry(action).or_default().insert(resource);
        }
    }
    let statements: Vec<_> = needs
        .into_iter()
        .map(|(action, resources)| json!({ "Effect": "Allow", "Action": [action], "Resource": resources }))
        .collect();
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn need(task: &Task) -> Result<(&'static str, String), String> {
    let called = task.resource.trim_end_matches(".waitForTaskToken");
    let rule = RULES.iter().find(|(resource, ..)| *resource == called);
    let Some((_, action, argument, target)) = rule else {
        return Err(format!(
            "no rule derives the permissions of `{}`: add one in codegen/src/policy.rs",
            task.resource
        ));
    };
    let arguments = task.arguments.as_ref().or(task.parameters.as_ref());
    let named = arguments
        .and_then(|a| a.get(*argument))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let placeholder = named.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
    let Some(name) = placeholder else {
        return Err(format!(
            "`{argument}` must be one placeholder such as `${{NameArn}}`, so that its permission is exact"
        ));
    };
    let arn = match target {
        Target::Itself => Some(name.to_owned()),
        Target::UrlToArn => name.strip_suffix("Url").map(|stem| format!("{stem}Arn")),
        Target::TableToArn => name.strip_suffix("Table").map(|stem| format!("{stem}TableArn")),
    };
    let arn = arn.ok_or_else(|| format!("the placeholder `{name}` of `{argument}` must end in `Url` or `Table`"))?;
    Ok((action, format!("${{{arn}}}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(resource: &str, arguments: &Value) -> StateMachine {
        let definition = json!({
            "QueryLanguage": "JSONata", "StartAt": "Call",
            "States": { "Call": { "Type": "Task", "Resource": resource, "Arguments": arguments, "End": true } },
        });
        asl::parse(&definition.to_string()).unwrap().machine
    }

    fn allowed(resource: &str, arguments: &Value) -> (Value, Value) {
        let policy = policy("w", &machine(resource, arguments)).unwrap();
        let statement = &policy["Statement"][0];
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
        (statement["Action"].clone(), statement["Resource"].clone())
    }

    #[test]
    fn each_integration_needs_its_action_on_its_target_alone() {
        for (resource, arguments, action, target) in [
            (
                "arn:aws:states:::lambda:invoke",
                json!({"FunctionName": "${AArn}"}),
                "lambda:InvokeFunction",
                "${AArn}",
            ),
            (
                "arn:aws:states:::lambda:invoke.waitForTaskToken",
                json!({"FunctionName": "${AArn}"}),
                "lambda:InvokeFunction",
                "${AArn}",
            ),
            (
                "arn:aws:states:::sqs:sendMessage",
                json!({"QueueUrl": "${QueueUrl}"}),
                "sqs:SendMessage",
                "${QueueArn}",
            ),
            (
                "arn:aws:states:::dynamodb:getItem",
                json!({"TableName": "${MTable}"}),
                "dynamodb:GetItem",
                "${MTableArn}",
            ),
        ] {
            assert_eq!(
                allowed(resource, &arguments),
                (json!([action]), json!([target])),
                "{resource}"
            );
        }
    }

    #[test]
    fn what_cannot_be_exact_is_refused() {
        for (resource, arguments, word) in [
            (
                "arn:aws:states:::lambda:invoke",
                json!({"FunctionName": "{% $states.input.f %}"}),
                "placeholder",
            ),
            (
                "arn:aws:states:::sqs:sendMessage",
                json!({"QueueUrl": "${Queue}"}),
                "must end in",
            ),
            ("arn:aws:states:::aws-sdk:s3:getObject", json!({}), "no rule"),
        ] {
            let error = policy("w", &machine(resource, &arguments)).unwrap_err().to_string();
            assert!(error.contains(word) && error.starts_with("w: Call: "), "{error}");
        }
    }
}
