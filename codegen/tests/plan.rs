//! What an operator is told about a release before it is made.

use std::path::Path;

use codegen::{Contracts, Files, Release, plan};
use serde_json::{Value, json};

const SAMCONFIG: &str = "[prod.deploy.parameters]\nparameter_overrides = \"Stage=prod\"\n\
                         [dev.deploy.parameters]\nparameter_overrides = \"Stage=dev\"\n";

fn template() -> Value {
    let role = |name: &str, actions: &[&str]| {
        json!({
            "Type": "AWS::IAM::Role",
            "Properties": { "Policies": [{ "PolicyName": name, "PolicyDocument": { "Statement": [
                { "Effect": "Allow", "Action": actions, "Resource": [{ "Fn::GetAtt": ["Messages", "Arn"] }] },
            ] } }] },
        })
    };
    json!({
        "Parameters": { "Stage": { "Type": "String" }, "Topic": { "Type": "String", "Default": "rez" } },
        "Mappings": { "Stages": { "dev": { "Days": 7 }, "prod": { "Days": 30 } } },
        "Conditions": { "IsProd": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] } },
        "Resources": {
            "Messages": {
                "Type": "AWS::DynamoDB::Table",
                "UpdateReplacePolicy": "Retain",
                "DeletionPolicy": "Retain",
                "Properties": {
                    "TableName": { "Fn::Sub": "messages-${Stage}" },
                    "KeySchema": [{ "AttributeName": "message_id", "KeyType": "HASH" }],
                },
            },
            "Door": { "Type": "AWS::ApiGatewayV2::Api", "Properties": { "ProtocolType": "HTTP" } },
            "Way": { "Type": "AWS::ApiGatewayV2::Route", "Properties": { "ApiId": { "Ref": "Door" }, "RouteKey": "GET /" } },
            "Logs": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": { "RetentionInDays": { "Fn::FindInMap": ["Stages", { "Ref": "Stage" }, "Days"] } },
            },
            "Machine": { "Type": "AWS::Serverless::StateMachine", "Properties": { "Role": { "Fn::GetAtt": ["MachineRole", "Arn"] } } },
            "MachineRole": role("machine", &["dynamodb:GetItem"]),
            "OtherRole": role("other", &["dynamodb:GetItem"]),
        },
    })
}

fn release(template: &Value) -> Release {
    let files = [
        ("generated/template.json", template.to_string()),
        ("samconfig.toml", SAMCONFIG.to_owned()),
    ];
    let files: Files = files.map(|(path, text)| (Path::new(path).to_owned(), text)).into();
    Release::new(Files::new(), &files)
}

/// The page of a change, and whether anything changes.
fn planned(stage: &str, change: impl FnOnce(&mut Value)) -> (String, bool) {
    let mut new = template();
    change(&mut new);
    let plan = plan(&release(&template()), &release(&new), stage, &Contracts::ours(&[])).unwrap();
    (plan.page, plan.changes)
}

#[test]
fn nothing_is_said_of_nothing() {
    let same = planned("prod", |_| {});
    assert_eq!(
        same,
        ("# What a release to prod changes\n\nNothing.\n".to_owned(), false)
    );
}

#[test]
fn code_that_differs_is_a_change_although_the_template_is_the_same() {
    let code = vec!["activities/tables/src/item.rs".to_owned()];
    let after = release(&template()).with_code(code);
    let plan = plan(&release(&template()), &after, "prod", &Contracts::ours(&[])).unwrap();
    assert!(
        plan.changes && plan.page.contains("## Code of functions\n"),
        "{}",
        plan.page
    );
    assert!(plan.page.ends_with("- `activities/tables`: a file\n"), "{}", plan.page);
}

/// What is changed below `/Resources`, and the lines that tell of it.
type Case = (fn(&mut Value), Vec<String>);

#[test]
fn each_change_of_a_resource_is_told_with_what_becomes_of_it() {
    let gone = "it is deleted with all that it holds";
    let stays = "it stays in the account with all that it holds";
    let cases: Vec<Case> = vec![
        (
            |all| all["Messages"]["Properties"]["TableName"]["Fn::Sub"] = json!("letters-${Stage}"),
            vec![
                "### Replaced: a new one is made, then the old one goes".to_owned(),
                format!("- `Messages` (AWS::DynamoDB::Table), because of `TableName`: {stays} (UpdateReplacePolicy)"),
                "  - TableName: `messages-prod` becomes `letters-prod`".to_owned(),
            ],
        ),
        (
            |all| all["Messages"]["Properties"]["KeySchema"][0]["AttributeName"] = json!("id"),
            vec![format!(
                "- `Messages` (AWS::DynamoDB::Table), because of `KeySchema.0.AttributeName`; CloudFormation refuses that while \
                 its name is the same: rename it in this release: {stays} (UpdateReplacePolicy)"
            )],
        ),
        (
            |all| all["Door"]["Properties"]["ProtocolType"] = json!("WEBSOCKET"),
            vec![
                format!("- `Door` (AWS::ApiGatewayV2::Api), because of `ProtocolType`: {gone}"),
                format!("- `Way` (AWS::ApiGatewayV2::Route), because of `Door`, which is replaced: {gone}"),
            ],
        ),
        (
            |all| all["Way"]["Properties"]["RouteKey"] = json!("GET /all"),
            vec![
                "### Changed in place".to_owned(),
                "- `Way` (AWS::ApiGatewayV2::Route)".to_owned(),
                "  - RouteKey: `GET /` becomes `GET /all`".to_owned(),
            ],
        ),
        (
            |all| {
                all.as_object_mut().unwrap().shift_remove("Messages");
            },
            vec![
                "### Removed".to_owned(),
                format!("- `Messages` (AWS::DynamoDB::Table): {stays} (DeletionPolicy)"),
            ],
        ),
        (
            |all| all["More"] = json!({ "Type": "AWS::SNS::Topic" }),
            vec!["### Added".to_owned(), "- `More` (AWS::SNS::Topic)".to_owned()],
        ),
    ];
    for (change, lines) in cases {
        let (page, changes) = planned("prod", |template| change(&mut template["Resources"]));
        assert!(changes);
        for line in lines {
            assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
        }
    }
}

#[test]
fn a_stage_is_told_what_concerns_it() {
    let days = |template: &mut Value| template["Mappings"]["Stages"]["dev"]["Days"] = json!(3);
    let (page, _) = planned("dev", days);
    assert!(page.contains("  - RetentionInDays: `7` becomes `3`"), "{page}");
    assert!(!planned("prod", days).1);
    let only_dev = |template: &mut Value| {
        template["Conditions"]["IsDev"] = json!({ "Fn::Not": [{ "Condition": "IsProd" }] });
        template["Resources"]["More"] = json!({ "Type": "AWS::SNS::Topic", "Condition": "IsDev" });
    };
    assert!(planned("dev", only_dev).0.contains("- `More` (AWS::SNS::Topic)"));
    assert!(!planned("prod", only_dev).1);
    let unknown = plan(
        &release(&template()),
        &release(&template()),
        "test",
        &Contracts::ours(&[]),
    );
    let unknown = unknown.unwrap_err().to_string();
    assert_eq!(
        unknown,
        "infra/aws/samconfig.toml has no stage `test`; it has dev, prod"
    );
}

#[test]
fn permissions_are_told_and_those_that_executions_in_flight_may_miss() {
    let action = "/Properties/Policies/0/PolicyDocument/Statement/0/Action/0";
    let change = |role: &'static str| {
        planned("prod", move |template| {
            *template["Resources"][role].pointer_mut(action).unwrap() = json!("dynamodb:PutItem");
        })
        .0
    };
    let page = change("MachineRole");
    for line in [
        "- `MachineRole` gains `dynamodb:PutItem` on `Messages.Arn`",
        "- `MachineRole` loses `dynamodb:GetItem` on `Messages.Arn`",
        "## Executions in flight",
        "- `MachineRole`: `dynamodb:GetItem` on `Messages.Arn`",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
    }
    let page = change("OtherRole");
    assert!(
        page.contains("- `OtherRole` loses `dynamodb:GetItem` on `Messages.Arn`"),
        "{page}"
    );
    assert!(!page.contains("in flight") && !page.contains("## Resources"), "{page}");
}

#[test]
fn parameters_that_an_operator_has_to_set_are_named() {
    let (page, _) = planned("prod", |template| {
        template["Parameters"]["Key"] = json!({ "Type": "String", "Description": "A key" });
        template["Parameters"]["Level"] = json!({ "Type": "String", "Default": "INFO", "Description": "A level" });
        template["Parameters"].as_object_mut().unwrap().shift_remove("Topic");
    });
    for line in [
        "- `Key` has no value: set it in `infra/aws/samconfig.toml` (A key)",
        "- new: `Level`, here `INFO` (A level)",
        "- gone: `Topic`; a value that is set for it is refused",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
    }
}

#[test]
fn what_a_month_costs_is_told_where_it_is_another() {
    let (page, _) = planned("prod", |template| {
        for number in 0..20 {
            let alarm = json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": {} });
            template["Resources"][format!("Alarm{number}")] = alarm;
        }
    });
    // Ten of them are free, and each of the others is 10 cents.
    let (_, table) = page.split_once("## What a month costs").expect(&page);
    let row = table
        .lines()
        .find(|line| line.starts_with("| 1000 messages, 10000 requests |"))
        .expect(&page);
    let dollars: Vec<f64> = row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
    assert!((dollars[1] - dollars[0] - 1.0).abs() < 0.001, "{row}");
}
