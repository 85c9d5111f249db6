//! The permissions that the state machine's role needs: derived from what its tasks call, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use asl::{StateKind, StateMachine, Target, Task};
use serde_json::{Value, json};

use crate::{Invalid, contracts::capitalised};

/// What waiting for the end of an execution needs beside: the rule of `EventBridge` by which Step Functions learns of it.
const SYNC_ACTIONS: [&str; 3] = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
const SYNC_RULE: &str =
    "arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// The placeholder of the ARN that a permission is about, from the placeholder that names it in the task: `${SomethingUrl}`
/// becomes `${SomethingArn}`, `${SomethingTable}` `${SomethingTableArn}`, and the executions of `${SomethingArn}` are
/// `${SomethingExecutionsArn}`, which ends in `:*`.
fn arn(target: Target, placeholder: &str) -> Result<String, String> {
    let (ending, arn) = match target {
        Target::Function | Target::Topic | Target::StateMachine => ("", ""),
        Target::Queue => ("Url", "Arn"),
        Target::Table => ("Table", "TableArn"),
        Target::Executions => ("Arn", "ExecutionsArn"),
    };
    let stem = placeholder.strip_suffix(ending);
    stem.map(|stem| format!("${{{stem}{arn}}}"))
        .ok_or_else(|| format!("the placeholder `{placeholder}` must end in `{ending}`"))
}

/// The policy document of a workflow's role.
pub(crate) fn policy(workflow: &str, machine: &StateMachine) -> Result<Value, Invalid> {
    let mut needs = BTreeMap::<&'static str, BTreeSet<String>>::new();
    for visit in machine.walk() {
        let called = match &visit.state.kind {
            StateKind::Task(task) => task_needs(task),
            StateKind::Map(map) if is_distributed(map) => Ok(map_needs(workflow)),
            _ => continue,
        };
        for (action, resource) in called.map_err(|detail| Invalid::new(workflow, visit.name, detail))? {
            needs.entry(action).or_default().insert(resource);
        }
    }
    let statements: Vec<_> = needs
        .into_iter()
        .map(|(action, resources)| json!({ "Effect": "Allow", "Action": [action], "Resource": resources }))
        .collect();
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn is_distributed(map: &asl::Map) -> bool {
    let config = map.item_processor.processor_config.as_ref();
    config.and_then(|config| config.mode) == Some(asl::ProcessorMode::Distributed)
}

/// A distributed Map starts its iterations as executions of its own state machine, and looks after them.
///
/// Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
fn map_needs(workflow: &str) -> Vec<(&'static str, String)> {
    let name: String = workflow.split('-').map(capitalised).collect();
    let (machine, executions) = (format!("${{{name}Arn}}"), format!("${{{name}ExecutionsArn}}"));
    vec![
        ("states:StartExecution", machine),
        ("states:DescribeExecution", executions.clone()),
        ("states:StopExecution", executions),
    ]
}

/// The actions of a task, each with the resource it is for.
fn task_needs(task: &Task) -> Result<Vec<(&'static str, String)>, String> {
    // Workers ask for their work: the state machine calls nobody.
    if task.resource.starts_with("${") && task.resource.ends_with("ActivityArn}") {
        return Ok(Vec::new());
    }
    let called = task.resource.strip_prefix("arn:aws:states:::").unwrap_or_default();
    let called = called.trim_end_matches(".waitForTaskToken");
    let needs = asl::permissions(called).map(|permission| {
        let placeholder = placeholder(task, permission.argument)?;
        Ok((permission.action, arn(permission.target, placeholder)?))
    });
    let mut needs = needs.collect::<Result<Vec<_>, String>>()?;
    if needs.is_empty() {
        return Err(format!(
            "no rule derives the permissions of `{}`: add one in workflows/asl/src/permission.rs",
            task.resource
        ));
    }
    if called.ends_with(".sync:2") {
        needs.extend(SYNC_ACTIONS.map(|action| (action, SYNC_RULE.to_owned())));
    }
    Ok(needs)
}

/// The placeholder that an argument is.
fn placeholder<'a>(task: &'a Task, argument: &str) -> Result<&'a str, String> {
    let arguments = task.arguments.as_ref().or(task.parameters.as_ref());
    let named = arguments
        .and_then(|arguments| arguments.get(argument))
        .and_then(Value::as_str);
    let placeholder = named
        .unwrap_or_default()
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    placeholder.ok_or_else(|| {
        format!("`{argument}` must be one placeholder such as `${{NameArn}}`, so that its permission is exact")
    })
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
    fn a_distributed_map_needs_its_own_state_machine() {
        let definition = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "In", "States": {"In": {"Type": "Pass", "End": true}}}}}});
        let policy = policy("send-many", &asl::parse(&definition.to_string()).unwrap().machine).unwrap();
        let needs = policy["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["Action"][0].clone(), one["Resource"][0].clone()));
        let expected = [
            (json!("states:DescribeExecution"), json!("${SendManyExecutionsArn}")),
            (json!("states:StartExecution"), json!("${SendManyArn}")),
            (json!("states:StopExecution"), json!("${SendManyExecutionsArn}")),
        ];
        assert_eq!(needs.collect::<Vec<_>>(), expected);
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
    fn an_execution_that_is_waited_for_is_described_stopped_and_heard_of() {
        let resource = "arn:aws:states:::states:startExecution.sync:2";
        let machine = machine(resource, &json!({ "StateMachineArn": "${ShipArn}" }));
        let policy = policy("w", &machine).unwrap();
        let statements = policy["Statement"].as_array().unwrap();
        let needs = statements.iter().map(|statement| {
            let text = |member: &str| statement[member][0].as_str().unwrap().to_owned();
            (text("Action"), text("Resource"))
        });
        let rule = SYNC_RULE.to_owned();
        let expected = [
            ("events:DescribeRule", rule.clone()),
            ("events:PutRule", rule.clone()),
            ("events:PutTargets", rule),
            ("states:DescribeExecution", "${ShipExecutionsArn}".to_owned()),
            ("states:StartExecution", "${ShipArn}".to_owned()),
            ("states:StopExecution", "${ShipExecutionsArn}".to_owned()),
        ];
        assert_eq!(
            needs.collect::<Vec<_>>(),
            expected.map(|(action, arn)| (action.to_owned(), arn))
        );
    }

    #[test]
    fn workers_need_no_permission() {
        let policy = policy("w", &machine("${PackOrderActivityArn}", &json!({}))).unwrap();
        assert_eq!(policy["Statement"], json!([]));
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
