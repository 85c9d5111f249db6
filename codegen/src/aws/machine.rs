//! The state machines: one for each workflow, on the committed definition.

use flow::Workflow;
use serde_json::{Map, Value, json};

use super::alarms::rollbacks_of_machine;
use super::function::role;
use super::names::{ALIAS, attribute, logical, named, reference, references, sub};
use super::targets::Targets;
use crate::Invalid;
use crate::policy::policy;

/// The state machine, its role and its log.
pub(crate) fn resources(workflow: &Workflow, targets: &Targets) -> Result<Vec<(String, Value)>, Invalid> {
    let name = logical(&workflow.name);
    Ok(vec![
        (format!("{name}Logs"), logs(&workflow.name)),
        (format!("{name}Role"), machine_role(workflow, targets)?),
        (name, machine(workflow, targets)?),
    ])
}

fn machine(workflow: &Workflow, targets: &Targets) -> Result<Value, Invalid> {
    let name = logical(&workflow.name);
    let text = asl::print(&workflow.definition);
    let mut substitutions = Map::new();
    let called: Vec<String> = placeholders(&text)
        .into_iter()
        .filter_map(|placeholder| targets.function(placeholder))
        .map(str::to_owned)
        .collect();
    let alarms = references(&rollbacks_of_machine(&name, &called));
    for placeholder in placeholders(&text) {
        let value = targets.substitution(placeholder);
        let value = value.ok_or_else(|| unknown(workflow, placeholder))?;
        substitutions.insert(placeholder.to_owned(), value);
    }
    Ok(json!({
        "Type": "AWS::Serverless::StateMachine",
        "Properties": {
            "Name": named(&workflow.name),
            "Type": match workflow.kind {
                asl::ExecutionType::Standard => "STANDARD",
                asl::ExecutionType::Express => "EXPRESS",
            },
            "DefinitionUri": format!("../../../workflows/generated/{}/definition.asl.json", workflow.name),
            "DefinitionSubstitutions": substitutions,
            "Role": attribute(&format!("{name}Role"), "Arn"),
            "Logging": {
                "Level": "ERROR",
                // People's texts stay in the execution.
                "IncludeExecutionData": false,
                "Destinations": [{ "CloudWatchLogsLogGroup": { "LogGroupArn": attribute(&format!("{name}Logs"), "Arn") } }],
            },
            "Tracing": { "Enabled": true },
            "AutoPublishAlias": ALIAS,
            "UseAliasAsEventTarget": true,
            "DeploymentPreference": {
                "Type": { "Fn::If": ["IsProd", "LINEAR", "ALL_AT_ONCE"] },
                "Percentage": { "Fn::If": ["IsProd", 10, reference("AWS::NoValue")] },
                "Interval": { "Fn::If": ["IsProd", 3, reference("AWS::NoValue")] },
                "Alarms": { "Fn::If": ["IsProd", alarms, reference("AWS::NoValue")] },
            },
        },
    }))
}

fn unknown(workflow: &Workflow, placeholder: &str) -> Invalid {
    let detail = format!(
        "nothing is `${{{placeholder}}}`: write activities/<name>/function.toml for a function, or the resource into infra/aws/parts"
    );
    Invalid::new(&workflow.name, "infra/aws", detail)
}

/// The placeholders of a text, each once, sorted.
fn placeholders(text: &str) -> std::collections::BTreeSet<&str> {
    let names = text.split("${").skip(1);
    names.filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn machine_role(workflow: &Workflow, targets: &Targets) -> Result<Value, Invalid> {
    let document = policy(&workflow.name, &workflow.definition)?;
    let mut statements = Vec::new();
    for statement in document["Statement"].as_array().into_iter().flatten() {
        let mut resources = Vec::new();
        for resource in statement["Resource"].as_array().into_iter().flatten() {
            let text = resource.as_str().unwrap_or_default();
            let placeholder = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
            let arn = match placeholder {
                None => Some(sub(text)),
                Some(placeholder) => targets.arn(placeholder),
            };
            resources.push(arn.ok_or_else(|| unknown(workflow, text))?);
        }
        statements.push(json!({ "Effect": "Allow", "Action": statement["Action"], "Resource": resources }));
    }
    statements.extend(own());
    Ok(role("states.amazonaws.com", &workflow.name, &statements))
}

/// What a log and traces need. Neither service knows resources for these actions. Source: Step Functions Developer Guide,
/// "Logging using CloudWatch Logs" and "Setting up AWS X-Ray".
fn own() -> [Value; 2] {
    let all = |actions: Value| json!({ "Effect": "Allow", "Action": actions, "Resource": ["*"] });
    [
        all(json!([
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ])),
        all(json!([
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ])),
    ]
}

/// A name under `/aws/vendedlogs/` keeps the resource policy of the account's logs short. Source: Step Functions Developer
/// Guide, "CloudWatch Logs resource policy size restrictions".
fn logs(workflow: &str) -> Value {
    json!({
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": sub(&format!("/aws/vendedlogs/states/rez-agent-{workflow}-${{Stage}}")),
            "RetentionInDays": { "Fn::FindInMap": ["Stages", reference("Stage"), "LogRetention"] },
        },
    })
}
