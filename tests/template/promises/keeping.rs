//! What is kept, and who is told when something is wrong.

use serde_json::Value;

use crate::template::properties::{Wanted, every, held, names};

pub(super) fn tables(template: &Value) -> Vec<String> {
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

pub(super) fn logs(template: &Value) -> Vec<String> {
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

pub(super) fn alarms(template: &Value) -> Vec<String> {
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
