//! What `rez --aws` says when AWS refuses, or is not there.

use std::process::Command;

use aws_sdk_ssm::types::ParameterType;
use serde_json::{Value, json};
use tests::home::Home;
use tests::moto::Moto;
use tests::ntfy::free_port;
use tests::{root, tools};

use super::operator::{on_aws, policy, signed_in};
use super::stage::Stage;

#[test]
fn whoever_is_not_signed_in_is_told_how_to_sign_in() {
    let home = Home::new()
        .with("AWS_REGION", "us-east-1")
        .with("AWS_EC2_METADATA_DISABLED", "true")
        .with("AWS_CONFIG_FILE", "/nowhere/config")
        .with("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
    let refused = on_aws(&home, &["messages"]).ends_with(1);
    assert!(
        refused.err.contains("not signed in") && refused.err.contains("aws sso login"),
        "{refused:?}"
    );
    let refused = on_aws(&home, &["--profile", "work", "messages"]).ends_with(1);
    assert!(refused.err.contains("run aws sso login --profile work"), "{refused:?}");
    assert_eq!(refused.err.lines().count(), 1, "{refused:?}");
    let findings = on_aws(&home, &["doctor", "--json"]).ends_with(1).json();
    assert_eq!(findings.len(), 1, "nothing else can be looked at: {findings:?}");
}

#[test]
fn what_is_about_aws_is_not_heeded_without_it_and_the_other_way_round() {
    let home = Home::new();
    for arguments in [
        &["messages", "--stage", "prod"][..],
        &["--region", "eu-central-1", "messages"],
        &["messages", "--profile", "work"],
        &["--aws", "serve"],
        &["--aws", "token"],
        &["sign-in", "--aws"],
        &["--aws", "messages", "--stage", "nowhere"],
    ] {
        let refused = home.rez(arguments).ends_with(2);
        assert_eq!(refused.err.lines().count(), 1, "{arguments:?}: {refused:?}");
    }
}

#[test]
fn nobody_answers() {
    let home = signed_in(&format!("http://127.0.0.1:{}", free_port()), "test", "test");
    let refused = on_aws(&home, &["messages"]).ends_with(1);
    assert!(refused.err.contains("sts:GetCallerIdentity: no answer"), "{refused:?}");
}

#[test]
fn a_stage_that_is_not_deployed_is_named_with_region_and_account() {
    let Some(moto) = Moto::start() else { return };
    let home = signed_in(&moto.url, "test", "test");
    for arguments in [
        &["messages"][..],
        &["send", "hello", "--no-wait"],
        &["executions"],
        &["logs"],
        &["breaker"],
        &["schedules", "create", "x", "--rate", "1 day", "--", "hello"],
    ] {
        let refused = on_aws(&home, arguments).ends_with(1);
        let expected = "stage dev is not deployed in us-east-1 of account 123456789012";
        assert!(refused.err.contains(expected), "{arguments:?}: {refused:?}");
        assert_eq!(refused.err.lines().count(), 1, "{arguments:?}: {refused:?}");
    }
    let findings = on_aws(&home, &["doctor", "--json"]).ends_with(1).json();
    for check in [
        "parameters",
        "tables",
        "state machines",
        "functions",
        "queues",
        "schedules",
        "alarms",
    ] {
        let mut of_check = findings.iter().filter(|finding| finding["check"] == check);
        assert!(
            of_check.any(|finding| finding["level"] == "problem"),
            "{check} in {findings:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_everybody_can_read_and_one_that_is_missing_are_told() {
    let Some(stage) = Stage::deployed() else { return };
    stage.put("ntfy-url", "https://ntfy.sh", ParameterType::String).await;
    stage.put("ntfy-api-key", "tk_x", ParameterType::SecureString).await;
    let home = signed_in(&stage.moto.url, "test", "test");
    let findings = on_aws(&home, &["doctor", "--json"]).ends_with(1).json();
    let of_parameters: Vec<&Value> = findings
        .iter()
        .filter(|finding| finding["check"] == "parameters")
        .collect();
    assert_eq!(of_parameters.len(), 2, "{findings:#?}");
    for (finding, name) in of_parameters.iter().zip(["ntfy-url", "session-key"]) {
        assert_eq!(finding["level"], "problem");
        assert!(
            finding["seen"].as_str().is_some_and(|seen| seen.contains(name)),
            "{finding}"
        );
        assert!(
            finding["remedy"]
                .as_str()
                .is_some_and(|remedy| remedy.contains("infra/aws/secrets dev")),
            "{finding}"
        );
    }
}

/// moto holds requests against signatures and policies, as AWS does: whoever has the policy for operators may, and whoever
/// lacks an action of it is told which.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let Some(stage) = Stage::deployed() else { return };
    stage.secrets("https://ntfy.sh").await;
    let all = actions(&policy());
    let less: Vec<&String> = all.iter().filter(|action| *action != "dynamodb:Query").collect();
    let (Some(operator), Some(other)) = (
        user(&stage.moto.url, "operator", &json!(all)),
        user(&stage.moto.url, "other", &json!(less)),
    ) else {
        return;
    };
    let begun = reqwest::Client::new()
        .post(format!("{}/moto-api/reset-auth", stage.moto.url))
        .body("0");
    begun.send().await.expect("moto answers");

    let operator = signed_in(&stage.moto.url, &operator.0, &operator.1);
    let _ = on_aws(&operator, &["messages"]).ends_with(0);
    let findings = on_aws(&operator, &["doctor", "--json"]).ends_with(0).json();
    assert!(
        !findings
            .iter()
            .any(|finding| finding.to_string().contains("AccessDenied")),
        "{findings:#?}"
    );
    let _ = on_aws(&operator, &["logs"]).ends_with(0);
    let _ = on_aws(&operator, &["executions"]).ends_with(0);

    let other = signed_in(&stage.moto.url, &other.0, &other.1);
    let refused = on_aws(&other, &["messages"]).ends_with(1);
    assert!(refused.err.contains("dynamodb:Query: AccessDenied"), "{refused:?}");
    assert!(refused.err.contains("docs/aws.md"), "{refused:?}");
    assert_eq!(refused.err.lines().count(), 1, "{refused:?}");

    let wrong = signed_in(&stage.moto.url, "AKIAIOSFODNN7EXAMPLE", "wrong");
    let refused = on_aws(&wrong, &["messages"]).ends_with(1);
    assert!(refused.err.contains("aws sso login"), "{refused:?}");
}

/// The actions of a policy. moto signs requests of CloudWatch for its host's name, and holds them against that.
fn actions(statements: &[Value]) -> Vec<String> {
    let actions = statements
        .iter()
        .filter_map(|statement| statement["Action"].as_array())
        .flatten();
    let actions = actions.filter_map(|action| action.as_str().map(str::to_owned));
    actions.chain(["monitoring:DescribeAlarms".to_owned()]).collect()
}

/// Somebody who may do this; their keys. moto knows resources of few requests: it is held against actions alone.
fn user(endpoint: &str, name: &str, actions: &Value) -> Option<(String, String)> {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    let output = Command::new(tools::file("python/bin/python")?)
        .arg(root().join("tests/on_moto/user.py"))
        .args([endpoint, name, &policy.to_string()])
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let keys: (String, String) = serde_json::from_slice(&output.stdout).expect("two texts");
    Some(keys)
}
