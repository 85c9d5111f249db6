//! Every function does all that it does beside a stage in moto, and every call of it is held against its role: what is called
//! is allowed, and what is allowed is called, apart from what AWS does in the function's name.

mod web_api;

use std::collections::BTreeSet;

use activity_runtime::{Invocation, Invoke};
use jiff::Timestamp;
use serde_json::{Value, json};
use start_messages::{Batch, QueuedMessage};
use tests::recorder::{Call, Recorder};
use tests::sink::Sink;

use super::operator::noticed;
use super::stage::Stage;

/// What no call of ours shows, by its beginning, and where AWS says that a role needs it.
const IN_THE_FUNCTIONS_NAME: [(&str, &str); 5] = [
    // <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>
    ("logs:", "Lambda writes the log"),
    // <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>
    ("xray:", "Lambda sends the traces"),
    // <https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html>
    ("kms:Decrypt", "Systems Manager decrypts for whoever reads a parameter"),
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    (
        "iam:PassRole",
        "a permission and no call: CreateSchedule and UpdateSchedule ask for it",
    ),
    // <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    ("sqs:SendMessage", "Lambda puts what it has given up into the queue"),
];
/// What the event source mapping of the intake queue does in the name of `start-messages`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
const BY_THE_MAPPING: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];

/// Whether statements of a policy allow a call.
pub(super) fn allows(statements: &[Value], call: &Call) -> bool {
    allowed(statements)
        .iter()
        .any(|(action, resource)| matches(action, &call.action) && matches(resource, &call.resource))
}

/// What statements allow that was not called, as action and resource.
pub(super) fn unused(statements: &[Value], calls: &BTreeSet<Call>) -> Vec<(String, String)> {
    let never = |(action, resource): &(String, String)| {
        !calls
            .iter()
            .any(|call| matches(action, &call.action) && matches(resource, &call.resource))
    };
    allowed(statements).into_iter().filter(never).collect()
}

/// Every pair of action and resource that is allowed.
fn allowed(statements: &[Value]) -> Vec<(String, String)> {
    let texts = |value: &Value| -> Vec<String> {
        let one = value.as_str().map(str::to_owned).into_iter();
        let many = value.as_array().into_iter().flatten();
        one.chain(many.filter_map(|text| text.as_str().map(str::to_owned)))
            .collect()
    };
    let pairs = statements.iter().flat_map(|statement| {
        assert_eq!(statement["Effect"], "Allow", "{statement}");
        let (actions, resources) = (texts(&statement["Action"]), texts(&statement["Resource"]));
        let pairs = actions
            .iter()
            .flat_map(|action| resources.iter().map(move |one| (action.clone(), one.clone())));
        pairs.collect::<Vec<_>>()
    });
    pairs.collect()
}

/// Source: IAM user guide, "IAM JSON policy elements: Resource": `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|left| {
            let ends = left.char_indices().map(|(at, _)| at).chain([left.len()]);
            ends.into_iter().any(|at| matches(rest, &left[at..]))
        }),
    }
}

/// What is wrong with a role, given what its function has called.
fn faults(stage: &Stage, function: &str, calls: &BTreeSet<Call>) -> Vec<String> {
    let statements = &stage.functions[function].statements;
    let refused = calls.iter().filter(|call| !allows(statements, call));
    let refused = refused.map(|call| format!("{function} calls {call}, which its role does not allow"));
    let exempt = |action: &str| {
        IN_THE_FUNCTIONS_NAME.iter().any(|(known, _)| action.starts_with(known))
            || function == "start-messages" && BY_THE_MAPPING.contains(&action)
    };
    let unused = unused(statements, calls)
        .into_iter()
        .filter(|(action, _)| !exempt(action));
    let unused = unused.map(|(action, on)| format!("{function} may {action} on {on}, and never does"));
    refused.chain(unused).collect()
}

async fn invoked(function: &impl Invoke, input: &Value) -> Result<Value, String> {
    let answer = function
        .invoke(input.to_string().as_bytes(), &Invocation::default())
        .await;
    answer
        .map(|answer| serde_json::from_slice(&answer).expect("JSON"))
        .map_err(|error| error.error_type.to_owned())
}

/// A message as a workflow carries it, and the execution that does.
fn carried(stage: &Stage, id: &str) -> (Value, Value) {
    let arn = stage.state_machine().replace(":stateMachine:", ":execution:");
    (
        json!({ "body": "hello", "message_id": id }),
        json!({ "arn": format!("{arn}:{id}"), "name": id, "started_at": Timestamp::now() }),
    )
}

async fn fails(stage: &Stage, id: &str) {
    let (message, execution) = carried(stage, id);
    let sfn = aws_sdk_sfn::Client::new(&stage.moto.aws);
    let started = sfn.start_execution().state_machine_arn(stage.state_machine()).name(id);
    started.input(message.to_string()).send().await.expect("it starts");
    let record = record_outcome::on_aws(&stage.lambda("record-outcome", &stage.moto.aws)).expect("its settings");
    let failed = json!({ "status": "failed", "execution": execution, "message": message, "reason": "ntfy is away" });
    invoked(&record, &failed).await.expect("it is recorded");
    noticed(stage, &[id, "another"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_allows_what_its_function_does_and_nothing_else() {
    let Some(stage) = Stage::deployed() else { return };
    let recorder = Recorder::before(&stage.moto.url).await;
    let mut faults = Vec::new();
    for function in stage.functions.keys() {
        match function.as_str() {
            "persist-message" => persist(&stage, &recorder).await,
            "record-outcome" => record(&stage, &recorder).await,
            "deliver-message" => deliver(&stage, &recorder).await,
            "list-dead-letters" => list(&stage, &recorder).await,
            "redrive-message" => redrive(&stage, &recorder).await,
            "ask-for-acknowledgement" => ask(&stage, &recorder).await,
            "start-messages" => start(&stage, &recorder).await,
            "web-api" => web_api::web_api(&stage, &recorder).await,
            // It asks its issuer, and nobody of AWS's services.
            "authorizer" => {}
            other => panic!("nobody has said here what {other} does"),
        }
        faults.extend(self::faults(&stage, function, &recorder.take()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn persist(stage: &Stage, recorder: &Recorder) {
    let persist = persist_message::on_aws(&stage.lambda("persist-message", &recorder.aws)).expect("its settings");
    let (message, execution) = carried(stage, "p-1");
    let request = json!({ "message": message, "execution": execution });
    // The second call finds the item of the first.
    for _ in 0..2 {
        let persisted = invoked(&persist, &request).await.expect("it is written");
        assert_eq!(persisted["duplicate"], false);
    }
}

async fn record(stage: &Stage, recorder: &Recorder) {
    let record = record_outcome::on_aws(&stage.lambda("record-outcome", &recorder.aws)).expect("its settings");
    let (message, execution) = carried(stage, "r-1");
    let failed = json!({ "status": "failed", "execution": execution, "message": message, "reason": "ntfy is away" });
    assert_eq!(
        invoked(&record, &failed).await.expect("it is recorded")["status"],
        "failed"
    );
    // Somebody stops an execution, and EventBridge tells of it.
    let sfn = aws_sdk_sfn::Client::new(&stage.moto.aws);
    let started = sfn
        .start_execution()
        .state_machine_arn(stage.state_machine())
        .name("r-2");
    let started = started
        .input(json!({ "body": "hello" }).to_string())
        .send()
        .await
        .expect("it starts");
    sfn.stop_execution()
        .execution_arn(&started.execution_arn)
        .send()
        .await
        .expect("it stops");
    let event = json!({
        "detail-type": "Step Functions Execution Status Change",
        "detail": { "executionArn": started.execution_arn },
    });
    assert_eq!(
        invoked(&record, &event).await.expect("it is recorded")["status"],
        "cancelled"
    );
}

async fn deliver(stage: &Stage, recorder: &Recorder) {
    let sink = Sink::scripted(&["503"]).await;
    stage.secrets(&sink.url).await;
    let deliver = deliver_message::on_aws(&stage.lambda("deliver-message", &recorder.aws)).expect("its settings");
    let delivery = json!({
        "message_id": "d-1", "body": "hello", "attempt": 0, "round": 0, "redrive": 0, "acknowledge": "d-1",
        "since": Timestamp::now(),
    });
    let refused = invoked(&deliver, &delivery).await.expect_err("ntfy is away");
    assert!(refused.starts_with("Delivery."), "{refused}");
    invoked(&deliver, &delivery).await.expect("ntfy takes it");
}

async fn list(stage: &Stage, recorder: &Recorder) {
    fails(stage, "l-1").await;
    let list = list_dead_letters::on_aws(&stage.lambda("list-dead-letters", &recorder.aws)).expect("its settings");
    let found = invoked(&list, &json!({ "limit": 20 })).await.expect("a list");
    assert!(
        found["messages"].as_array().is_some_and(|found| !found.is_empty()),
        "{found}"
    );
}

async fn redrive(stage: &Stage, recorder: &Recorder) {
    fails(stage, "x-1").await;
    // An execution of the redrive's name is under way, as if the function had ended before it could say so.
    let sfn = aws_sdk_sfn::Client::new(&stage.moto.aws);
    let begun = sfn
        .start_execution()
        .state_machine_arn(stage.state_machine())
        .name("x-1-r1");
    begun.input("{}").send().await.expect("it starts");
    let redrive = redrive_message::on_aws(&stage.lambda("redrive-message", &recorder.aws)).expect("its settings");
    let redriven = invoked(&redrive, &json!({ "message_id": "x-1" }))
        .await
        .expect("it is sent again");
    assert_eq!(redriven["execution"], "x-1-r1");
}

async fn ask(stage: &Stage, recorder: &Recorder) {
    let ask = ask_for_acknowledgement::on_aws(&stage.lambda("ask-for-acknowledgement", &recorder.aws));
    let request = json!({ "message_id": "a-1", "token": "t" });
    assert_eq!(
        invoked(&ask.expect("its settings"), &request)
            .await
            .expect("it is kept")["open"],
        true
    );
}

async fn start(stage: &Stage, recorder: &Recorder) {
    let intake = start_messages::on_aws(&stage.lambda("start-messages", &recorder.aws)).expect("its settings");
    let records = vec![QueuedMessage {
        message_id: "q-1".to_owned(),
        body: json!({ "body": "hello" }).to_string(),
    }];
    let answer = intake.start(Batch { records }).await.expect("it answers");
    assert_eq!(answer.batch_item_failures, []);
}

#[test]
fn a_star_stands_for_any_characters() {
    for (pattern, text, fits) in [
        ("*", "", true),
        ("a:*", "a:b", true),
        ("a:*:c", "a:b:b:c", true),
        ("a:*:c", "a:b", false),
        ("a", "ab", false),
        ("dynamodb:GetItem", "dynamodb:GetItem", true),
    ] {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
}
