//! Which properties cannot be changed: CloudFormation makes a new resource and then deletes the old one.

use serde_json::Value;

/// What a type of resource cannot change.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    /// The type, as the template writes it.
    pub kind: &'static str,
    /// The property that names it: two resources of one name cannot be, so that a replacement needs another one.
    pub name: Option<&'static str>,
    /// The other properties, below `Properties`.
    pub others: &'static [&'static str],
}

const fn fixed(kind: &'static str, name: Option<&'static str>, others: &'static [&'static str]) -> Fixed {
    Fixed { kind, name, others }
}

/// Of each type that the template uses: the properties whose change is answered with a replacement. A test holds the table
/// against the schemas of the CloudFormation registry (`createOnlyProperties`, `conditionalCreateOnlyProperties`), as cfn-lint
/// brings them.
pub const REPLACED: [Fixed; 32] = [
    fixed("AWS::ApiGatewayV2::Api", None, &["ProtocolType"]),
    fixed("AWS::ApiGatewayV2::ApiMapping", None, &["DomainName"]),
    fixed("AWS::ApiGatewayV2::Authorizer", None, &["ApiId"]),
    fixed("AWS::ApiGatewayV2::DomainName", Some("DomainName"), &[]),
    fixed("AWS::ApiGatewayV2::Integration", None, &["ApiId"]),
    fixed("AWS::ApiGatewayV2::Route", None, &["ApiId"]),
    fixed("AWS::ApiGatewayV2::Stage", Some("StageName"), &["ApiId"]),
    fixed("AWS::CloudWatch::Alarm", Some("AlarmName"), &[]),
    fixed("AWS::CloudWatch::Dashboard", Some("DashboardName"), &[]),
    fixed("AWS::Cognito::UserPool", None, &[]),
    fixed("AWS::Cognito::UserPoolClient", None, &["GenerateSecret", "UserPoolId"]),
    fixed("AWS::Cognito::UserPoolDomain", Some("Domain"), &["UserPoolId"]),
    fixed("AWS::Cognito::UserPoolGroup", Some("GroupName"), &["UserPoolId"]),
    fixed(
        "AWS::Cognito::UserPoolResourceServer",
        Some("Identifier"),
        &["UserPoolId"],
    ),
    fixed(
        "AWS::DynamoDB::Table",
        Some("TableName"),
        &["ImportSourceSpecification", "KeySchema"],
    ),
    fixed("AWS::Events::Rule", Some("Name"), &["EventBusName"]),
    fixed("AWS::IAM::Role", Some("RoleName"), &["Path"]),
    fixed(
        "AWS::Lambda::EventSourceMapping",
        None,
        &[
            "EventSourceArn",
            "SelfManagedEventSource",
            "StartingPosition",
            "StartingPositionTimestamp",
        ],
    ),
    fixed(
        "AWS::Lambda::Permission",
        None,
        &[
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        ],
    ),
    fixed("AWS::Logs::LogGroup", Some("LogGroupName"), &[]),
    fixed("AWS::Logs::QueryDefinition", None, &[]),
    fixed(
        "AWS::SNS::Subscription",
        None,
        &["Endpoint", "Protocol", "Region", "TopicArn"],
    ),
    fixed("AWS::SNS::Topic", Some("TopicName"), &["FifoTopic"]),
    fixed("AWS::SNS::TopicPolicy", None, &[]),
    fixed("AWS::SQS::Queue", Some("QueueName"), &["FifoQueue"]),
    fixed("AWS::SQS::QueuePolicy", None, &[]),
    fixed("AWS::Scheduler::Schedule", Some("Name"), &[]),
    fixed("AWS::Scheduler::ScheduleGroup", Some("Name"), &[]),
    fixed(
        "AWS::Serverless::Function",
        Some("FunctionName"),
        &["DurableConfig", "PackageType", "TenancyConfig"],
    ),
    // SAM's names of `StateMachineName` and `StateMachineType`.
    fixed("AWS::Serverless::StateMachine", Some("Name"), &["Type"]),
    fixed("AWS::XRay::SamplingRule", None, &["SamplingRule.Version"]),
    // Made by SAM for each function and state machine.
    fixed("AWS::StepFunctions::StateMachineAlias", Some("Name"), &[]),
];

/// What a change of these properties, written as `A.b`, does to a resource of this type, where it is a replacement.
pub(super) fn replaces(kind: &str, changed: &[&str]) -> Option<Replacement> {
    let fixed = REPLACED.iter().find(|fixed| fixed.kind == kind)?;
    let below = |property: &str| {
        let within =
            |path: &&str| **path == *property || path.strip_prefix(property).is_some_and(|rest| rest.starts_with('.'));
        changed.iter().any(within)
    };
    let renamed = fixed.name.is_some_and(below);
    if !renamed && !fixed.others.iter().any(|property| below(property)) {
        return None;
    }
    Some(Replacement {
        refused: !renamed && fixed.name.is_some(),
    })
}

/// What becomes of a resource that is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    /// It would have the name of the old one if it has a name of ours: CloudFormation refuses that.
    pub(super) refused: bool,
}

/// The properties of a resource that cannot change.
pub(super) fn unchangeable(resource: &Value) -> impl Iterator<Item = &Value> {
    let kind = resource["Type"].as_str().unwrap_or_default();
    let fixed = REPLACED.iter().filter(move |fixed| fixed.kind == kind);
    let names = fixed.flat_map(|fixed| fixed.name.iter().chain(fixed.others));
    names.filter_map(|name| resource["Properties"].get(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_is_a_replacement_and_a_new_key_under_the_old_name_is_refused() {
        let of = |changed: &[&str]| replaces("AWS::DynamoDB::Table", changed);
        assert_eq!(of(&["TableName", "KeySchema"]), Some(Replacement { refused: false }));
        assert_eq!(of(&["KeySchema.0.AttributeName"]), Some(Replacement { refused: true }));
        assert_eq!(of(&["KeySchemas", "BillingMode"]), None);
        assert_eq!(
            replaces("AWS::XRay::SamplingRule", &["SamplingRule.Version"]),
            Some(Replacement { refused: false })
        );
        assert_eq!(replaces("AWS::XRay::SamplingRule", &["SamplingRule.FixedRate"]), None);
    }
}
