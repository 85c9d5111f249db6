//! The ports by which `redrive-message` redrives on AWS: Step Functions as `rez` speaks it, SQS as moto does.

use redrive_message::{DeadLetterQueue, Executions, SqsQueue, StartOutcome, StepFunctions};
use serde_json::json;
use tests::{
    home::Home,
    moto::{Moto, aws},
};

const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";

fn executions(endpoint: &str, machine: &str) -> StepFunctions {
    StepFunctions::new(aws_sdk_sfn::Client::new(&aws(endpoint)), machine)
}

#[tokio::test]
async fn executions_are_started_once_and_described() {
    let (home, input) = (Home::new(), json!({ "body": "hello" }).to_string());
    let serve = home.serve();
    let executions = executions(&serve.sfn, MACHINE);
    assert_eq!(executions.describe("m-r1").await.expect("an answer"), None);
    let StartOutcome::Started(arn) = executions.start("m-r1", &input).await.expect("an answer") else {
        panic!("nothing was started before");
    };
    let described = loop {
        let described = executions
            .describe("m-r1")
            .await
            .expect("an answer")
            .expect("it is there");
        if described.status != "RUNNING" {
            break described;
        }
    };
    assert_eq!((described.arn, described.status.as_str()), (arn, "SUCCEEDED"));
    assert_eq!(described.input, input);
    assert!(described.stopped_at.expect("it has ended") >= described.started_at);
    let again = executions.start("m-r1", &input).await.expect("an answer");
    assert_eq!(again, StartOutcome::AlreadyExists);
}

/// `rez` has no aliases and says so; on AWS the alias decides which version is started, and nothing else.
#[tokio::test]
async fn executions_are_started_by_the_alias_and_found_without_it() {
    let (home, input) = (Home::new(), json!({ "body": "hello" }).to_string());
    let serve = home.serve();
    let plain = executions(&serve.sfn, MACHINE);
    plain.start("m", &input).await.expect("it starts");
    let by_alias = plain.started_by(Some(&format!("{MACHINE}:live")));
    assert!(by_alias.start("n", &input).await.is_err(), "the alias was asked for");
    let found = by_alias.describe("m").await.expect("an answer");
    assert_eq!(
        found.expect("it is there").arn,
        format!("{}:m", MACHINE.replace(":stateMachine:", ":execution:"))
    );
}

#[tokio::test]
async fn an_execution_is_stopped_once() {
    let home = Home::new();
    let serve = home.serve();
    let executions = executions(&serve.sfn, MACHINE);
    let input = json!({ "body": "later", "deliver_at": "2099-01-01T00:00:00Z" }).to_string();
    executions.start("m", &input).await.expect("it starts");
    assert!(
        executions
            .stop("m", "Message.Cancelled", "on request")
            .await
            .expect("an answer")
    );
    assert!(
        !executions
            .stop("m", "Message.Cancelled", "on request")
            .await
            .expect("an answer")
    );
    assert!(
        !executions
            .stop("none", "Message.Cancelled", "on request")
            .await
            .expect("an answer")
    );
    let described = executions.describe("m").await.expect("an answer").expect("it is there");
    assert_eq!(
        (described.status.as_str(), described.error.as_deref()),
        ("ABORTED", Some("Message.Cancelled"))
    );
}

#[tokio::test]
async fn what_a_repetition_does_not_mend_is_told_apart() {
    let home = Home::new();
    let serve = home.serve();
    let elsewhere = executions(&serve.sfn, &MACHINE.replace("process", "other"));
    let error = elsewhere.start("m-r1", "{}").await.expect_err("there is none");
    assert_eq!(
        (error.to_string().as_str(), error.retryable),
        ("StartExecution: StateMachineDoesNotExist", false)
    );
    let gone = serve.sfn.clone();
    serve.kill();
    let error = executions(&gone, MACHINE)
        .start("m-r1", "{}")
        .await
        .expect_err("nobody is there");
    assert_eq!(
        (error.to_string().as_str(), error.retryable),
        ("StartExecution: no answer", true)
    );
}

#[tokio::test]
async fn notices_before_the_redrive_are_taken_out_of_the_queue_and_no_others() {
    let Some(moto) = Moto::start() else { return };
    let client = aws_sdk_sqs::Client::new(&moto.aws);
    let made = client
        .create_queue()
        .queue_name("dead-letters")
        .send()
        .await
        .expect("a queue");
    let url = made.queue_url.expect("its URL");
    let notice =
        |id: &str, n: u32| json!({ "message_id": id, "reason": "refused", "n": n, "delivered": false }).to_string();
    let mut kept: Vec<String> = (0..23).map(|n| notice(&format!("other-{n}"), 0)).collect();
    kept.extend([notice("redriven", 2), "no notice at all".to_owned()]);
    let all = kept
        .iter()
        .cloned()
        .chain([notice("redriven", 0), notice("redriven", 1)]);
    for body in all {
        let sent = client.send_message().queue_url(&url).message_body(body).send().await;
        sent.expect("it is taken");
    }

    let queue = SqsQueue::new(client.clone(), &url);
    let redriven = [("redriven".to_owned(), 2)];
    assert_eq!(queue.drain(&redriven).await.expect("it is drained"), 2);
    assert_eq!(queue.drain(&redriven).await.expect("it is drained"), 0);
    // The others were given back at once.
    let mut left = Vec::new();
    loop {
        let received = client
            .receive_message()
            .queue_url(&url)
            .max_number_of_messages(10)
            .send()
            .await;
        let received = received.expect("an answer").messages.unwrap_or_default();
        if received.is_empty() {
            break;
        }
        left.extend(received.into_iter().filter_map(|message| message.body));
    }
    left.sort();
    kept.sort();
    assert_eq!(left, kept);

    let absent = SqsQueue::new(client, format!("{url}-none"));
    let error = absent.drain(&redriven).await.expect_err("there is no such queue");
    assert!(!error.retryable, "{error}");
}
