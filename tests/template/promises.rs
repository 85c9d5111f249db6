//! What the template promises: the security checklist and what an operator relies on, each promise with the properties that it
//! stands on.

use serde_json::Value;

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

/// What a property must be.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Something,
    /// Its text, or the text of a number or boolean.
    Is(&'static str),
}

/// Faults of properties below `/`.
pub(super) fn held(template: &Value, wanted: &[(&str, Wanted)]) -> Vec<String> {
    let faults = wanted.iter().filter_map(|(path, wanted)| {
        let found = template.pointer(&format!("/{path}"));
        let good = match (found, wanted) {
            (Some(_), Wanted::Something) => true,
            (Some(found), Wanted::Is(text)) => plain(found) == *text,
            (None, _) => false,
        };
        (!good).then(|| format!("{path} is {}", found.map_or("missing".to_owned(), ToString::to_string)))
    });
    faults.collect()
}

pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names of the resources of a type.
pub(super) fn names(template: &Value, kind: &str) -> Vec<String> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(name, _)| name.clone()).collect()
}

/// Pointers to properties of every resource of a type.
pub(super) fn each(template: &Value, kind: &str, properties: &[&str]) -> Vec<String> {
    let pointers = names(template, kind).into_iter().flat_map(|name| {
        properties
            .iter()
            .map(move |property| format!("/Resources/{name}/Properties/{property}"))
    });
    pointers.collect()
}

/// Faults of properties of every resource of a type, of which there must be one.
fn every(template: &Value, kind: &str, wanted: &[(&str, Wanted)]) -> Vec<String> {
    let names = names(template, kind);
    if names.is_empty() {
        return vec![format!("there is no {kind}")];
    }
    let faults = names.iter().flat_map(|name| {
        let wanted: Vec<(String, Wanted)> = wanted
            .iter()
            .map(|(path, wanted)| (format!("Resources/{name}/Properties/{path}"), *wanted))
            .collect();
        let wanted: Vec<(&str, Wanted)> = wanted.iter().map(|(path, wanted)| (path.as_str(), *wanted)).collect();
        held(template, &wanted)
    });
    faults.collect()
}

/// Takes something away; `false` if it is not there.
pub(crate) fn remove(template: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return false;
    };
    match template.pointer_mut(parent) {
        Some(Value::Object(object)) => object.shift_remove(last).is_some(),
        Some(Value::Array(array)) => last.parse().is_ok_and(|place: usize| {
            let there = place < array.len();
            if there {
                array.remove(place);
            }
            there
        }),
        _ => false,
    }
}

/// Actions that know no resources: a wildcard is all that can be written. Source: Service Authorization Reference.
const WITHOUT_RESOURCES: [&str; 15] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "scheduler:ListSchedules",
    "states:ListStateMachines",
    "states:SendTaskSuccess",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Resources whose end is not known before the deployment: executions, versions of functions, schedules of the stage's group, the
/// key of Parameter Store.
fn may_end_openly(resource: &str) -> bool {
    let schedules = resource.ends_with(":schedule/rez-agent-${Stage}/*");
    schedules || resource.contains(":execution:${") || resource.ends_with(".Arn}:*") || resource.ends_with(":key/*")
}

pub(super) fn statements(role: &Value) -> impl Iterator<Item = &Value> {
    let policies = role["Properties"]["Policies"].as_array().into_iter().flatten();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten())
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let text = |entry: &Value| plain(entry.get("Fn::Sub").unwrap_or(entry));
    list.iter().map(text).collect()
}

fn roles(template: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut taken = std::collections::BTreeSet::new();
    for name in names(template, "AWS::Serverless::Function") {
        let role = &template["Resources"][&name]["Properties"]["Role"]["Fn::GetAtt"][0];
        let role = plain(role);
        if template["Resources"][&role]["Type"] != "AWS::IAM::Role" || !taken.insert(role) {
            faults.push(format!("{name} has no role of its own"));
        }
    }
    for name in names(template, "AWS::IAM::Role") {
        for statement in statements(&template["Resources"][&name]) {
            let (actions, resources) = (texts(&statement["Action"]), texts(&statement["Resource"]));
            if actions.iter().any(|action| action.contains('*')) {
                faults.push(format!("{name} may {actions:?}"));
            }
            let forced = actions
                .iter()
                .all(|action| WITHOUT_RESOURCES.contains(&action.as_str()));
            let open = |resource: &String| resource.contains('*') && !may_end_openly(resource) && !forced;
            if resources.is_empty() || resources.iter().any(open) {
                faults.push(format!("{name} may {actions:?} on {resources:?}"));
            }
        }
    }
    faults
}

fn secrets(template: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for name in names(template, "AWS::IAM::Role") {
        for statement in statements(&template["Resources"][&name]) {
            let decrypts = texts(&statement["Action"]).iter().any(|action| action == "kms:Decrypt");
            let service = statement.pointer("/Condition/StringEquals/kms:ViaService/Fn::Sub");
            if decrypts && service != Some(&Value::from("ssm.${AWS::Region}.${AWS::URLSuffix}")) {
                faults.push(format!("{name} decrypts what is not of Parameter Store"));
            }
        }
    }
    for name in names(template, "AWS::Serverless::Function") {
        let variables = template["Resources"][&name]["Properties"]["Environment"]["Variables"].as_object();
        for (variable, value) in variables.into_iter().flatten() {
            let literal = value.is_string();
            if literal || variable.ends_with("_KEY") || variable.ends_with("_SECRET") {
                faults.push(format!("{name}: {variable} stands in the template"));
            }
        }
    }
    faults
}

fn https(template: &Value) -> Vec<String> {
    let others = ["AWS::Serverless::Api", "AWS::ApiGateway::RestApi", "AWS::Lambda::Url"];
    let mut faults: Vec<String> = others
        .iter()
        .flat_map(|kind| names(template, kind))
        .map(|name| format!("{name} is another door"))
        .collect();
    faults.extend(every(
        template,
        "AWS::ApiGatewayV2::Api",
        &[("ProtocolType", Wanted::Is("HTTP"))],
    ));
    let policy = [("DomainNameConfigurations/0/SecurityPolicy", Wanted::Is("TLS_1_2"))];
    faults.extend(every(template, "AWS::ApiGatewayV2::DomainName", &policy));
    faults
}

/// Routes that no authorizer guards: pages and sign-ins come with cookies, which the function opens itself, and the others are for
/// everybody.
const OPEN_ROUTES: [&str; 13] = [
    "ANY /ack/{proxy+}",
    "ANY /api/auth/{proxy+}",
    "ANY /console",
    "ANY /console/{proxy+}",
    "GET /api",
    "GET /api/health",
    "GET /docs",
    "ANY /docs/{proxy+}",
    "GET /openapi.json",
    "GET /sign-in",
    "GET /sign-out",
    "OPTIONS /api/{proxy+}",
    "$default",
];

fn guarded(template: &Value) -> Vec<String> {
    let mut faults = every(
        template,
        "AWS::ApiGatewayV2::Authorizer",
        &[
            ("AuthorizerUri/Fn::Sub", Wanted::Something),
            ("AuthorizerPayloadFormatVersion", Wanted::Is("2.0")),
            ("EnableSimpleResponses", Wanted::Is("true")),
            ("IdentitySource/0", Wanted::Is("$request.header.Authorization")),
            ("IdentitySource/1", Wanted::Is("$context.routeKey")),
        ],
    );
    let mut guarded = 0;
    for name in names(template, "AWS::ApiGatewayV2::Route") {
        let route = &template["Resources"][&name]["Properties"];
        if OPEN_ROUTES.contains(&plain(&route["RouteKey"]).as_str()) {
            continue;
        }
        guarded += 1;
        if route["AuthorizationType"] != "CUSTOM" || route["AuthorizerId"]["Ref"] != "Bearer" {
            faults.push(format!("{name}: nobody guards {}", route["RouteKey"]));
        }
    }
    if guarded == 0 {
        faults.push("no route is guarded".to_owned());
    }
    faults
}

fn tables(template: &Value) -> Vec<String> {
    let kind = "AWS::DynamoDB::Table";
    let mut faults = every(
        template,
        kind,
        &[
            ("SSESpecification/SSEEnabled", Wanted::Is("true")),
            (
                "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
                Wanted::Is("true"),
            ),
            ("BillingMode", Wanted::Is("PAY_PER_REQUEST")),
            ("DeletionProtectionEnabled/Fn::If/0", Wanted::Is("IsProd")),
            ("DeletionProtectionEnabled/Fn::If/1", Wanted::Is("true")),
        ],
    );
    for name in names(template, kind) {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            if template["Resources"][&name][policy] != "Retain" {
                faults.push(format!("{name}: {policy}"));
            }
        }
    }
    let expiry = [(
        "Resources/MessagesTable/Properties/TimeToLiveSpecification/Enabled",
        Wanted::Is("true"),
    )];
    faults.extend(held(template, &expiry));
    faults
}

fn logs(template: &Value) -> Vec<String> {
    let retention = [("RetentionInDays/Fn::FindInMap/2", Wanted::Is("LogRetention"))];
    let mut faults = every(template, "AWS::Logs::LogGroup", &retention);
    let group = [("LoggingConfig/LogGroup/Ref", Wanted::Something)];
    faults.extend(every(template, "AWS::Serverless::Function", &group));
    let data = [("Logging/IncludeExecutionData", Wanted::Is("false"))];
    faults.extend(every(template, "AWS::Serverless::StateMachine", &data));
    faults.extend(held(
        template,
        &[
            ("Mappings/Stages/dev/LogRetention", Wanted::Is("7")),
            ("Mappings/Stages/stage/LogRetention", Wanted::Is("14")),
            ("Mappings/Stages/prod/LogRetention", Wanted::Is("30")),
        ],
    ));
    faults
}

/// The seed's thresholds, by the names of the alarms.
const THRESHOLDS: [(&str, &str); 6] = [
    ("ApiFaults", "5.0"),
    ("NotificationFailures", "10.0"),
    ("ProcessingDurationManual", "240000.0"),
    ("CircuitBreakerOpen", "1.0"),
    ("DeadLetters", "0.0"),
    ("Undelivered", "0.0"),
];

fn alarms(template: &Value) -> Vec<String> {
    let kind = "AWS::CloudWatch::Alarm";
    let mut faults = every(template, kind, &[("AlarmActions/0/Ref", Wanted::Is("AlarmTopic"))]);
    for (name, threshold) in THRESHOLDS {
        let path = format!("Resources/{name}/Properties/Threshold");
        faults.extend(held(template, &[(&path, Wanted::Is(threshold))]));
    }
    for function in names(template, "AWS::Serverless::Function") {
        let path = format!("Resources/{function}Errors/Properties/Threshold");
        faults.extend(held(template, &[(&path, Wanted::Is("5.0"))]));
    }
    for queue in names(template, "AWS::SQS::Queue") {
        let watched = names(template, kind).into_iter().any(|alarm| {
            let dimension = template.pointer(&format!(
                "/Resources/{alarm}/Properties/Dimensions/0/Value/Fn::GetAtt/0"
            ));
            dimension == Some(&Value::from(queue.as_str()))
        });
        if !watched {
            faults.push(format!("no alarm looks at {queue}"));
        }
    }
    faults
}
