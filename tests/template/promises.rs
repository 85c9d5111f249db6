//! What the template promises: the security checklist and what an operator relies on, each promise with the properties that it
//! stands on.

mod access;
mod keeping;

use serde_json::Value;

use self::access::{OPEN_ROUTES, guarded, https, roles, secrets};
use self::keeping::{alarms, logs, tables};
use super::properties::{Wanted, each, every, held, names, plain};

/// A promise.
pub(crate) struct Promise {
    /// In a few words.
    pub(crate) what: &'static str,
    /// What breaks it.
    pub(crate) faults: fn(&Value) -> Vec<String>,
    /// JSON pointers to what it stands on: without any one of them it is broken.
    pub(crate) stands_on: fn(&Value) -> Vec<String>,
}

/// Every promise.
pub(crate) const ALL: [Promise; 11] = [
    Promise {
        what: "every function has a role of its own, with no wildcard that AWS does not force",
        faults: roles,
        stands_on: |template| each(template, "AWS::Serverless::Function", &["Role"]),
    },
    Promise {
        what: "secrets are read from Parameter Store, decrypted by nobody else's way",
        faults: secrets,
        stands_on: |_| {
            vec!["/Resources/DeliverMessageRole/Properties/Policies/0/PolicyDocument/Statement/4/Condition".to_owned()]
        },
    },
    Promise {
        what: "every API is an HTTP API, which has no port but 443, and an own domain begins at TLS 1.2",
        faults: https,
        stands_on: |template| {
            let mut pointers = each(
                template,
                "AWS::ApiGatewayV2::DomainName",
                &["DomainNameConfigurations/0/SecurityPolicy"],
            );
            pointers.extend(each(template, "AWS::ApiGatewayV2::Api", &["ProtocolType"]));
            pointers
        },
    },
    Promise {
        what: "an authorizer guards the API, and its answer is kept for one route alone",
        faults: guarded,
        stands_on: |template| {
            let mut pointers = each(
                template,
                "AWS::ApiGatewayV2::Authorizer",
                &[
                    "AuthorizerUri",
                    "EnableSimpleResponses",
                    "IdentitySource/0",
                    "IdentitySource/1",
                ],
            );
            for name in names(template, "AWS::ApiGatewayV2::Route") {
                let route = format!("/Resources/{name}/Properties");
                if !OPEN_ROUTES.contains(&plain(&template["Resources"][&name]["Properties"]["RouteKey"]).as_str()) {
                    pointers.extend([format!("{route}/AuthorizerId"), format!("{route}/AuthorizationType")]);
                }
            }
            pointers
        },
    },
    Promise {
        what: "in prod no origin is a wildcard",
        faults: |template| {
            held(
                template,
                &[
                    (
                        "Rules/NoWildcardOriginsInProd/RuleCondition/Fn::Equals/1",
                        Wanted::Is("prod"),
                    ),
                    (
                        "Rules/NoWildcardOriginsInProd/Assertions/0/Assert/Fn::Not/0/Fn::Contains/1",
                        Wanted::Is("*"),
                    ),
                    (
                        "Resources/HttpApi/Properties/CorsConfiguration/AllowOrigins/Ref",
                        Wanted::Is("CorsOrigins"),
                    ),
                ],
            )
        },
        stands_on: |_| {
            vec![
                "/Rules/NoWildcardOriginsInProd".to_owned(),
                "/Rules/NoWildcardOriginsInProd/Assertions".to_owned(),
                "/Resources/HttpApi/Properties/CorsConfiguration/AllowOrigins".to_owned(),
            ]
        },
    },
    Promise {
        what: "requests are throttled, in prod at 1,000 a second",
        faults: |template| {
            held(
                template,
                &[
                    (
                        "Resources/HttpStage/Properties/DefaultRouteSettings/ThrottlingRateLimit/Fn::FindInMap/2",
                        Wanted::Is("RequestsPerSecond"),
                    ),
                    (
                        "Resources/HttpStage/Properties/DefaultRouteSettings/ThrottlingBurstLimit/Fn::FindInMap/2",
                        Wanted::Is("Burst"),
                    ),
                    ("Mappings/Stages/prod/RequestsPerSecond", Wanted::Is("1000")),
                ],
            )
        },
        stands_on: |_| {
            vec![
                "/Resources/HttpStage/Properties/DefaultRouteSettings/ThrottlingRateLimit".to_owned(),
                "/Resources/HttpStage/Properties/DefaultRouteSettings/ThrottlingBurstLimit".to_owned(),
                "/Mappings/Stages/prod/RequestsPerSecond".to_owned(),
            ]
        },
    },
    Promise {
        what: "tables are encrypted, can be brought back to any second, and are not deleted by mistake",
        faults: tables,
        stands_on: |template| {
            let mut pointers = each(
                template,
                "AWS::DynamoDB::Table",
                &[
                    "SSESpecification/SSEEnabled",
                    "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
                    "DeletionProtectionEnabled",
                ],
            );
            for name in names(template, "AWS::DynamoDB::Table") {
                pointers.push(format!("/Resources/{name}/DeletionPolicy"));
                pointers.push(format!("/Resources/{name}/UpdateReplacePolicy"));
            }
            pointers.push("/Resources/MessagesTable/Properties/TimeToLiveSpecification".to_owned());
            pointers
        },
    },
    Promise {
        what: "queues and the topic of events are encrypted",
        faults: |template| {
            let mut faults = every(
                template,
                "AWS::SQS::Queue",
                &[("SqsManagedSseEnabled", Wanted::Is("true"))],
            );
            faults.extend(held(
                template,
                &[(
                    "Resources/MessageEventsTopic/Properties/KmsMasterKeyId",
                    Wanted::Is("alias/aws/sns"),
                )],
            ));
            faults
        },
        stands_on: |template| {
            let mut pointers = each(template, "AWS::SQS::Queue", &["SqsManagedSseEnabled"]);
            pointers.push("/Resources/MessageEventsTopic/Properties/KmsMasterKeyId".to_owned());
            pointers
        },
    },
    Promise {
        what: "logs are kept for 7, 14 and 30 days, and hold nobody's text",
        faults: logs,
        stands_on: |template| {
            let mut pointers = each(template, "AWS::Logs::LogGroup", &["RetentionInDays"]);
            pointers.extend(each(template, "AWS::Serverless::Function", &["LoggingConfig/LogGroup"]));
            pointers.extend(each(
                template,
                "AWS::Serverless::StateMachine",
                &["Logging/IncludeExecutionData"],
            ));
            pointers.push("/Mappings/Stages/prod/LogRetention".to_owned());
            pointers
        },
    },
    Promise {
        what: "in prod one execution in twenty is traced",
        faults: |template| {
            let mut faults = held(
                template,
                &[
                    ("Mappings/Stages/prod/TracedShare", Wanted::Is("0.05")),
                    (
                        "Resources/SamplingRule/Properties/SamplingRule/FixedRate/Fn::FindInMap/2",
                        Wanted::Is("TracedShare"),
                    ),
                    ("Globals/Function/Tracing", Wanted::Is("Active")),
                ],
            );
            faults.extend(every(
                template,
                "AWS::Serverless::StateMachine",
                &[("Tracing/Enabled", Wanted::Is("true"))],
            ));
            faults
        },
        stands_on: |template| {
            let mut pointers = each(template, "AWS::Serverless::StateMachine", &["Tracing/Enabled"]);
            pointers.push("/Mappings/Stages/prod/TracedShare".to_owned());
            pointers.push("/Resources/SamplingRule/Properties/SamplingRule/FixedRate".to_owned());
            pointers.push("/Globals/Function/Tracing".to_owned());
            pointers
        },
    },
    Promise {
        what: "an alarm tells somebody of each queue of what was left over and of each function's errors",
        faults: alarms,
        stands_on: |template| {
            let mut pointers = each(template, "AWS::CloudWatch::Alarm", &["AlarmActions"]);
            for name in [
                "DeadLetters",
                "Undelivered",
                "DeliverMessageErrors",
                "CircuitBreakerOpen",
                "ApiFaults",
            ] {
                pointers.push(format!("/Resources/{name}"));
            }
            pointers
        },
    },
];
