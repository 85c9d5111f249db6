//! The wire API of Step Functions, seen by AWS's own SDKs.

use std::process::Command;

use aws_sdk_sfn::{Client, config::Credentials};
use serde_json::{Value, json};
use tests::{home::Home, tools};

/// A client as its user would make it: `--endpoint-url` and nothing else of rez.
fn client(endpoint: &str) -> Client {
    let config = aws_sdk_sfn::Config::builder()
        .behavior_version(aws_sdk_sfn::config::BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(aws_sdk_sfn::config::Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Client::from_conf(config)
}

const ROLE: &str = "arn:aws:iam::123456789012:role/anybody";

#[tokio::test]
async fn aws_sdk_sfn_creates_starts_describes_and_reads() {
    let home = Home::new();
    let serve = home.serve();
    let client = client(&serve.sfn);
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "Greet",
        "States": { "Greet": { "Type": "Pass", "Output": "{% 'hello ' & $states.input.name %}", "End": true } },
    });
    let created = client
        .create_state_machine()
        .name("greet")
        .role_arn(ROLE)
        .definition(definition.to_string());
    let machine = created.send().await.expect("it is created").state_machine_arn;
    let started = client
        .start_execution()
        .state_machine_arn(&machine)
        .name("one")
        .input(r#"{"name":"you"}"#);
    let execution = started.send().await.expect("it starts").execution_arn;

    let described = ended(&client, &execution).await;
    assert_eq!(described.output(), Some(r#""hello you""#));
    let history = client
        .get_execution_history()
        .execution_arn(&execution)
        .send()
        .await
        .expect("a history")
        .events;
    let types: Vec<_> = history.iter().map(|event| event.r#type.as_str()).collect();
    assert_eq!(
        types,
        [
            "ExecutionStarted",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded"
        ]
    );

    let listed = client
        .list_state_machines()
        .send()
        .await
        .expect("a list")
        .state_machines;
    let names: Vec<_> = listed.iter().map(|machine| machine.name.as_str()).collect();
    assert!(
        names.contains(&"greet") && names.contains(&"process-message"),
        "{names:?}"
    );
    client
        .delete_state_machine()
        .state_machine_arn(&machine)
        .send()
        .await
        .expect("it is deleted");
}

/// Describes an execution until it has ended, for ten seconds at most.
async fn ended(
    client: &Client,
    execution: &str,
) -> aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput {
    for _ in 0..200 {
        let described = client
            .describe_execution()
            .execution_arn(execution)
            .send()
            .await
            .expect("it is described");
        if *described.status() != aws_sdk_sfn::types::ExecutionStatus::Running {
            return described;
        }
        // Step Functions has no operation that waits for the end of an execution.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{execution} did not end")
}

#[tokio::test]
async fn a_message_started_over_the_wire_is_delivered_like_any_other() {
    let home = Home::new();
    let serve = home.serve();
    let client = client(&serve.sfn);
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    let started = client
        .start_execution()
        .state_machine_arn(machine)
        .name("by-hand")
        .input(r#"{"body":"hello"}"#);
    let execution = started.send().await.expect("it starts").execution_arn;
    let output: Value =
        serde_json::from_str(ended(&client, &execution).await.output().expect("an output")).expect("JSON");
    assert_eq!(
        output["message_id"], "by-hand",
        "the id is the execution's name where the input gives none"
    );
    let message = home
        .rez(&["message", "by-hand", "--json"])
        .ends_with(0)
        .json()
        .remove(0);
    assert_eq!(message["status"], "completed");
}

#[tokio::test]
async fn a_message_that_was_delivered_but_not_recorded_is_recorded_and_never_sent_again() {
    let home = Home::new();
    let serve = home.serve();
    let client = client(&serve.sfn);
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    let receipt = json!({
        "ntfy_id": "abcdefghijkl", "topic": "rez", "delivered_at": "2026-01-01T00:00:00Z", "truncated": false, "found": false
    });
    let input = json!({ "body": "hello", "redrive": 1, "receipt": receipt });
    let started = client
        .start_execution()
        .state_machine_arn(machine)
        .name("again-r1")
        .input(input.to_string());
    let execution = started.send().await.expect("it starts").execution_arn;
    ended(&client, &execution).await;
    let message = home
        .rez(&["message", "again-r1", "--json"])
        .ends_with(0)
        .json()
        .remove(0);
    assert_eq!(
        (&message["status"], &message["receipt"]["ntfy_id"]),
        (&"completed".into(), &"abcdefghijkl".into())
    );
    let inbox = reqwest::get(format!("{}/inbox/rez/json?poll=1&since=all", serve.api))
        .await
        .expect("an answer");
    assert_eq!(inbox.text().await.expect("the stream ends"), "", "nothing was sent");
}

#[tokio::test]
async fn a_task_in_jsonpath_calls_the_server_itself() {
    let home = Home::new();
    let serve = home.serve();
    let client = client(&serve.sfn);
    let tag = aws_sdk_sfn::types::Tag::builder().key("team").value("paths").build();
    let definition = json!({ "StartAt": "Tags", "States": {
        "Tags": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:listTagsForResource",
            "Parameters": { "ResourceArn.$": "$$.StateMachine.Id" }, "ResultPath": "$.tagged", "Next": "Send",
        },
        "Send": {
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
            "Parameters": { "TaskToken": "none", "Output": { "any": "JSON" } },
            "Catch": [{ "ErrorEquals": ["Sfn.InvalidTokenException"], "ResultPath": null, "Next": "End" }], "End": true,
        },
        "End": { "Type": "Pass", "OutputPath": "$.tagged.Tags[0]['Key','Value']", "End": true },
    } });
    let create = client
        .create_state_machine()
        .name("paths")
        .role_arn(ROLE)
        .tags(tag)
        .definition(definition.to_string());
    let machine = create.send().await.expect("it is created").state_machine_arn;
    let start = client.start_execution().state_machine_arn(&machine);
    let execution = start.send().await.expect("it starts").execution_arn;
    let described = ended(&client, &execution).await;
    assert_eq!(
        described.output(),
        Some(r#"{"Key":"team","Value":"paths"}"#),
        "{described:?}"
    );

    let untag = client.untag_resource().resource_arn(&machine).tag_keys("team");
    untag.send().await.expect("it is untagged");
    let tags = client.list_tags_for_resource().resource_arn(&machine).send().await;
    assert_eq!(tags.expect("a list").tags(), []);
    let tag = client.tag_resource().resource_arn(format!("{machine}-no"));
    let error = tag
        .set_tags(Some(Vec::new()))
        .send()
        .await
        .expect_err("it is not there");
    assert!(error.into_service_error().is_resource_not_found());
}

/// What a Python user does.
const BOTO3: &str = r"
import sys, time, boto3
client = boto3.client('stepfunctions', 'us-east-1', endpoint_url=sys.argv[1],
                      aws_access_key_id='test', aws_secret_access_key='test')
machine = next(m for m in client.list_state_machines()['stateMachines'] if m['name'] == 'process-message')
arn = client.start_execution(stateMachineArn=machine['stateMachineArn'], input='{\x22body\x22: \x22hello\x22}')['executionArn']
for _ in range(200):
    status = client.describe_execution(executionArn=arn)['status']
    if status != 'RUNNING': break
    time.sleep(0.05)
assert status == 'SUCCEEDED', status
events = [event for page in client.get_paginator('get_execution_history').paginate(executionArn=arn, maxResults=5)
          for event in page['events']]
assert [event['id'] for event in events] == list(range(1, 20)), events
assert events[-1]['executionSucceededEventDetails']['output'], events[-1]
";

#[test]
fn boto3_starts_describes_and_reads() {
    let Some(python) = tools::file("python/bin/python") else {
        return;
    };
    let home = Home::new();
    let serve = home.serve();
    let output = Command::new(python)
        .args(["-c", BOTO3, &serve.sfn])
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
