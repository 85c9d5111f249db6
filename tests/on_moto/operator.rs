//! `rez --aws` beside a stage in moto: every command, and the policy of whoever operates.

use std::collections::BTreeSet;
use std::time::Duration;

use activity_runtime::{Invocation, Invoke as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use tables::breaker::{Breakers, Observation, Thresholds};
use tests::home::{Home, Ran};
use tests::recorder::{Call, Recorder};
use web_api::{Service, Signed};

use super::permissions::{allows, unused};
use super::stage::{STAGE, Stage};

/// Where `rez` finds AWS, as somebody who is signed in by keys.
pub(super) fn signed_in(endpoint: &str, key: &str, secret: &str) -> Home {
    Home::new()
        .with("AWS_ENDPOINT_URL", endpoint)
        .with("AWS_REGION", "us-east-1")
        .with("AWS_ACCESS_KEY_ID", key)
        .with("AWS_SECRET_ACCESS_KEY", secret)
        .with("AWS_EC2_METADATA_DISABLED", "true")
}

/// Runs a command on the deployment.
pub(super) fn on_aws(home: &Home, arguments: &[&str]) -> Ran {
    home.rez(&[&["--aws", "--stage", STAGE][..], arguments].concat())
}

/// What the policy for operators allows.
pub(super) fn policy() -> Vec<Value> {
    let text = std::fs::read_to_string(tests::root().join("infra/aws/operator.json")).expect("the policy");
    let policy: Value = serde_json::from_str(&text).expect("JSON");
    policy["Statement"].as_array().cloned().expect("statements")
}

/// A message that the functions have failed to deliver; its id.
async fn failed_message(stage: &Stage, home: &Home) -> String {
    let sent = on_aws(home, &["send", "hello", "--no-wait", "--json"])
        .ends_with(0)
        .json()
        .remove(0);
    let id = sent["message_id"].as_str().expect("its id").to_owned();
    let message = json!({ "body": "hello", "message_id": id });
    let execution = json!({ "arn": sent["execution"]["arn"], "name": id, "started_at": Timestamp::now() });
    let persist = persist_message::on_aws(&stage.lambda("persist-message", &stage.moto.aws)).expect("its settings");
    let request = json!({ "message": message, "execution": execution }).to_string();
    persist
        .invoke(request.as_bytes(), &Invocation::default())
        .await
        .expect("it is written");
    let record = record_outcome::on_aws(&stage.lambda("record-outcome", &stage.moto.aws)).expect("its settings");
    let failed = json!({ "status": "failed", "execution": execution, "message": message, "reason": "ntfy is away" });
    let recorded = record
        .invoke(failed.to_string().as_bytes(), &Invocation::default())
        .await;
    recorded.expect("it is recorded");
    noticed(stage, &[&id, "another"]).await;
    id
}

/// The workflow puts a notice of each failed message into the queue.
pub(super) async fn noticed(stage: &Stage, ids: &[&str]) {
    let url = &stage.functions["web-api"].environment["DEAD_LETTER_QUEUE_URL"];
    let client = aws_sdk_sqs::Client::new(&stage.moto.aws);
    for id in ids {
        let notice = json!({ "message_id": id, "reason": "ntfy is away", "n": 0, "delivered": false }).to_string();
        let sent = client.send_message().queue_url(url).message_body(notice).send().await;
        sent.expect("it is taken");
    }
}

async fn logged(stage: &Stage, line: &Value) {
    let signed = Signed::with_patience(&stage.moto.aws, Duration::from_mins(1)).expect("it can sign");
    let group = "/aws/lambda/rez-agent-deliver-message-dev";
    let stream = json!({ "logGroupName": group, "logStreamName": "s" });
    signed
        .call(&Service::LOGS, "CreateLogStream", &stream)
        .await
        .expect("a stream");
    let now = Timestamp::now().as_millisecond();
    let other = json!({
        "timestamp": Timestamp::now(), "level": "INFO", "target": "t", "message": "other", "correlation_id": "c-2",
    });
    let events = json!([
        { "timestamp": now, "message": "START RequestId: 1 Version: 1" },
        { "timestamp": now, "message": line.to_string() },
        { "timestamp": now, "message": other.to_string() },
    ]);
    let put = json!({ "logGroupName": group, "logStreamName": "s", "logEvents": events });
    signed
        .call(&Service::LOGS, "PutLogEvents", &put)
        .await
        .expect("they are taken");
}

/// One test for all: a stage takes seconds to deploy, and what one command does the next one sees.
#[tokio::test(flavor = "multi_thread")]
async fn every_command_works_on_aws_and_needs_no_more_than_its_policy() {
    let Some(stage) = Stage::deployed() else { return };
    stage.secrets("https://ntfy.sh").await;
    let recorder = Recorder::before(&stage.moto.url).await;
    let home = signed_in(&recorder.url, "test", "test");
    let rez = |arguments: &[&str]| on_aws(&home, arguments).ends_with(0);

    let id = failed_message(&stage, &home).await;
    messages(&rez, &id);
    let redriven = rez(&["dlq", "redrive", "--all", "--json"]).json();
    assert_eq!(redriven[0]["execution"], format!("{id}-r1"), "{redriven:?}");
    let executions = rez(&["executions", "--json"]).json();
    let names: BTreeSet<&str> = executions.iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, BTreeSet::from([id.as_str(), format!("{id}-r1").as_str()]));
    assert_eq!(rez(&["history", &id, "--json"]).json()[0]["type"], "ExecutionStarted");
    let started = rez(&["start", "redrive-dead-letters", "--no-wait", "--json"])
        .json()
        .remove(0);
    let machine = started["stateMachineArn"].as_str().expect("an ARN");
    assert!(machine.ends_with(":rez-agent-redrive-dead-letters-dev"), "{started}");
    let name = started["name"].as_str().expect("its name").to_owned();
    let later = rez(&["send", "later", "--in", "1h", "--no-wait", "--json"])
        .json()
        .remove(0);
    let later = later["message_id"].as_str().expect("its id").to_owned();
    // moto stops executions without the error that it is given, so that nobody reads a cancellation of it.
    let _ = on_aws(&home, &["cancel", &later]);
    let refused = on_aws(&home, &["redrive-execution", &later, "--no-wait"]).ends_with(2);
    assert!(refused.err.contains("carries a message"), "{refused:?}");
    // It does not know redrives of executions: what is asked for is all that there is to see.
    let _ = on_aws(&home, &["redrive-execution", &name, "--no-wait"]);
    acknowledged(&stage, &home).await;

    breaker(&stage, &rez).await;
    schedules(&rez);
    logs(&stage, &rez).await;
    doctor(&stage, &rez);

    let observed = recorder.take();
    let policy = policy();
    let missing: Vec<&Call> = observed.iter().filter(|call| !allows(&policy, call)).collect();
    assert!(missing.is_empty(), "infra/aws/operator.json does not allow {missing:?}");
    // Who makes a schedule passes its role on, which is no call. A breaker is deleted only if its item cannot be read.
    let known = ["iam:PassRole", "dynamodb:DeleteItem"];
    let unused = unused(&policy, &observed)
        .into_iter()
        .filter(|(action, _)| !known.contains(&action.as_str()));
    let unused: BTreeSet<String> = unused.map(|(action, _)| action).collect();
    let used: BTreeSet<&str> = observed.iter().map(|call| call.action.as_str()).collect();
    let never: Vec<&String> = unused.iter().filter(|action| !used.contains(action.as_str())).collect();
    assert!(
        never.is_empty(),
        "infra/aws/operator.json allows what no command does: {never:?}"
    );
}

fn messages(rez: &impl Fn(&[&str]) -> Ran, id: &str) {
    let listed = rez(&["messages", "--status", "failed", "--json"]).json();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["message_id"], id);
    assert!(rez(&["messages"]).out.contains(id));
    let shown = rez(&["message", id, "--json"]).json().remove(0);
    assert_eq!(
        (&shown["status"], &shown["body"]),
        (&json!("failed"), &json!("hello")),
        "{shown}"
    );
    let letters = rez(&["dlq", "--json"]).json();
    assert_eq!(
        (letters[0]["message_id"].as_str(), letters[0]["reason"].as_str()),
        (Some(id), Some("ntfy is away"))
    );
}

/// Somebody waits for an acknowledgement under a token; moto takes any.
async fn acknowledged(stage: &Stage, home: &Home) {
    let ask =
        ask_for_acknowledgement::on_aws(&stage.lambda("ask-for-acknowledgement", &stage.moto.aws)).expect("settings");
    let request = json!({ "message_id": "night-watch", "token": "t" }).to_string();
    let asked = ask.invoke(request.as_bytes(), &Invocation::default()).await;
    asked.expect("it is kept");
    let _ = on_aws(home, &["ack", "night-watch", "--by", "Ada", "--json"]);
}

async fn breaker(stage: &Stage, rez: &impl Fn(&[&str]) -> Ran) {
    let table = &stage.functions["web-api"].environment["CIRCUIT_BREAKER_TABLE"];
    let client = aws_sdk_dynamodb::Client::new(&stage.moto.aws);
    let breakers = Breakers::new(client, table, Thresholds::default());
    for _ in 0..Thresholds::default().failures {
        let failed = Observation::Failed { ticket: None };
        breakers
            .report("https://ntfy.sh", failed, Timestamp::now())
            .await
            .expect("it is written");
    }
    assert_eq!(rez(&["breaker", "--json"]).json()[0]["state"], "OPEN");
    let reset = rez(&["breaker", "reset", "--json"]).json();
    assert_eq!(reset[0]["state"], "CLOSED");
}

fn schedules(rez: &impl Fn(&[&str]) -> Ran) {
    let created = rez(&[
        "schedules",
        "create",
        "disk",
        "--rate",
        "6 hours",
        "--",
        "Look at the disks",
    ]);
    assert!(created.out.starts_with("schedule disk created"), "{created:?}");
    assert_eq!(rez(&["schedules", "--json"]).json()[0]["name"], "disk");
    assert_eq!(rez(&["schedules", "pause", "disk"]).out, "schedule disk paused\n");
    assert_eq!(rez(&["schedules", "delete", "disk"]).out, "schedule disk deleted\n");
}

async fn logs(stage: &Stage, rez: &impl Fn(&[&str]) -> Ran) {
    let line = json!({
        "timestamp": Timestamp::now(), "level": "WARN", "target": "deliver_message", "message": "ntfy is away",
        "correlation_id": "c-1",
    });
    logged(stage, &line).await;
    assert_eq!(rez(&["logs", "--correlation-id", "c-1", "--json"]).json(), [line]);
    let both = rez(&["logs", "--since", "1h"]).out;
    assert_eq!(both.lines().count(), 2, "{both}");
    assert_eq!(rez(&["logs", "--correlation-id", "c-3"]).out, "");
}

fn doctor(stage: &Stage, rez: &impl Fn(&[&str]) -> Ran) {
    let findings = rez(&["doctor", "--json"]).json();
    let of = |check: &str| {
        let found: Vec<&Value> = findings.iter().filter(|finding| finding["check"] == check).collect();
        assert_eq!(found.len(), 1, "{check} in {findings:#?}");
        found[0]
    };
    for check in [
        "credentials",
        "parameters",
        "tables",
        "state machines",
        "functions",
        "schedules",
        "alarms",
        "circuit breaker",
    ] {
        assert_eq!(of(check)["level"], "ok", "{}", of(check));
    }
    // What the template makes is looked at, each of it by its name.
    let seen = |check: &str| of(check)["seen"].as_str().unwrap_or_default().to_owned();
    for function in stage.functions.keys() {
        assert!(
            seen("functions").contains(function.as_str()),
            "{function} in {}",
            seen("functions")
        );
    }
    for workflow in catalog::all() {
        let seen = seen("state machines");
        assert!(seen.contains(&workflow.name), "{} in {seen}", workflow.name);
    }
    // The notice of a message that was not sent again is still there.
    assert_eq!(of("queues")["level"], "warning");
    assert_eq!(seen("queues"), "1 in rez-agent-message-queue-dlq-dev");
    // moto knows quotas of one service only.
    assert_eq!(of("quotas")["level"], "warning");
    assert!(
        !findings.iter().any(|finding| finding.to_string().contains("tk_x")),
        "{findings:?}"
    );
}
