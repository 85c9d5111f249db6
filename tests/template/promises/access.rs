//! Who may do what, and by which doors.

use serde_json::Value;

use crate::template::properties::{Wanted, every, names, plain, statements, texts};

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

pub(super) fn roles(template: &Value) -> Vec<String> {
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

pub(super) fn secrets(template: &Value) -> Vec<String> {
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

pub(super) fn https(template: &Value) -> Vec<String> {
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
pub(super) const OPEN_ROUTES: [&str; 13] = [
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

pub(super) fn guarded(template: &Value) -> Vec<String> {
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
