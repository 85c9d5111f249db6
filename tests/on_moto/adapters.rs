//! The adapters over the tables, queues, topics and state machines that the template makes: what they promise on one machine
//! they keep here.

use std::collections::BTreeSet;

use activity_runtime::{Invocation, Invoke as _};
use api::{DeadLetterQueue as _, Executions as _, NewSchedule, ScheduleQuery, Schedules as _, StartOutcome};
use contracts::{Execution, Message, Outcome, OutcomeStatus, Status};
use jiff::Timestamp;
use redrive_message::{SqsQueue, StepFunctions};
use schedules::{Scheduler, Target};
use serde_json::{Value, json};
use start_messages::{Batch, QueuedMessage};
use tables::breaker::{Breakers, Observation, Thresholds};
use tables::{ListBy, ListQuery, MessageItem, Messages, Put};

use super::stage::{STAGE, Stage};

/// The item of a message of Ada's.
fn item(stage: &Stage, id: &str) -> MessageItem {
    let message: Message =
        serde_json::from_value(json!({ "body": "hello", "message_id": id, "owner": "ada" })).expect("a message");
    let now = Timestamp::now();
    let arn = stage.state_machine().replace(":stateMachine:", ":execution:");
    let execution = Execution {
        arn: format!("{arn}:{id}"),
        name: id.to_owned(),
        started_at: now,
    };
    MessageItem::new(STAGE, Status::Processing, message, execution, now)
}

fn outcome(item: &MessageItem, status: OutcomeStatus) -> Outcome {
    Outcome {
        status,
        execution: item.execution.clone(),
        message: item.redrive_input(0),
        receipt: None,
        reason: (status == OutcomeStatus::Failed).then(|| "ntfy is away".to_owned()),
    }
}

#[tokio::test]
async fn messages_are_written_once_found_by_every_index_and_redriven() {
    let Some(stage) = Stage::deployed() else { return };
    let table = &stage.functions["web-api"].environment["DYNAMODB_TABLE_NAME"];
    let messages = Messages::new(aws_sdk_dynamodb::Client::new(&stage.moto.aws), table);
    let items: Vec<MessageItem> = ["a", "b", "c"].map(|id| item(&stage, id)).into();
    for item in &items {
        assert_eq!(messages.put(item).await.expect("an answer"), Put::Fresh);
    }
    let mut other = items[0].clone();
    other.execution.name = "another".to_owned();
    other.execution.arn = other.execution.arn.replace(":a", ":another");
    assert_eq!(messages.put(&other).await.expect("an answer"), Put::Duplicate);

    for by in [
        ListBy::Stage(STAGE.to_owned()),
        ListBy::Status(Status::Processing),
        ListBy::Owner("ada".to_owned()),
    ] {
        let mut query = ListQuery {
            limit: 2,
            ..ListQuery::newest(by.clone())
        };
        let mut found = Vec::new();
        for _ in 0..2 {
            let page = messages
                .list(&query)
                .await
                .expect("an answer")
                .expect("a cursor of ours");
            found.extend(page.items.into_iter().map(|item| item.message_id));
            query.cursor = page.next;
        }
        assert_eq!(query.cursor, None, "{by:?}");
        assert_eq!(found.len(), 3, "{by:?}: {found:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 3, "{by:?}: {found:?}");
    }

    let now = Timestamp::now();
    let failed = outcome(&items[0], OutcomeStatus::Failed);
    let recorded = messages.record(STAGE, &failed, now).await.expect("an answer");
    assert!(recorded.first && recorded.stands);
    assert!(!messages.record(STAGE, &failed, now).await.expect("an answer").first);
    assert_eq!(messages.count(Status::Failed, None).await.expect("a number"), 1);
    assert_eq!(messages.count_open("ada").await.expect("a number"), 2);
    let redrive = messages.begin_redrive("a", now).await.expect("it may be redriven");
    assert_eq!(redrive.redrive, 1);
    assert!(messages.begin_redrive("b", now).await.is_err(), "it has not failed");
    assert!(messages.abandon_redrive("a", 1, now).await.expect("an answer"));
}

#[tokio::test]
async fn a_breaker_opens_for_everybody_and_is_closed_by_hand() {
    let Some(stage) = Stage::deployed() else { return };
    let table = &stage.functions["deliver-message"].environment["CIRCUIT_BREAKER_TABLE"];
    let client = aws_sdk_dynamodb::Client::new(&stage.moto.aws);
    let breakers = Breakers::new(client, table, Thresholds::default());
    let now = Timestamp::now();
    for _ in 0..Thresholds::default().failures {
        let failed = Observation::Failed { ticket: None };
        breakers
            .report("https://ntfy.sh", failed, now)
            .await
            .expect("an answer");
    }
    let known = breakers.list().await.expect("a list");
    assert_eq!(known.len(), 1);
    assert_eq!(
        (known[0].service_name.as_str(), known[0].breaker.state()),
        ("https://ntfy.sh", "OPEN")
    );
    let reset = breakers.reset("https://ntfy.sh", now).await.expect("an answer");
    assert_eq!(reset.breaker.state(), "CLOSED");
    assert_eq!(breakers.get("https://ntfy.sh").await.expect("an answer"), reset);
}

#[tokio::test]
async fn a_batch_of_the_intake_starts_each_message_once_and_gives_back_what_is_none() {
    let Some(stage) = Stage::deployed() else { return };
    let lambda = stage.lambda("start-messages", &stage.moto.aws);
    let intake = start_messages::on_aws(&lambda).expect("its settings are those of the template");
    let queued = |id: &str, body: &str| QueuedMessage {
        message_id: id.to_owned(),
        body: body.to_owned(),
    };
    let good = json!({ "body": "hello", "message_id": "m-1" }).to_string();
    let records = vec![queued("q-1", &good), queued("q-2", "no message")];
    let answer = intake.start(Batch { records }).await.expect("it answers");
    let failed: Vec<&str> = answer
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    assert_eq!(failed, ["q-2"]);
    // It is delivered again.
    let records = vec![queued("q-1", &good)];
    let answer = intake.start(Batch { records }).await.expect("it answers");
    assert_eq!(answer.batch_item_failures, []);
    let executions = StepFunctions::new(aws_sdk_sfn::Client::new(&stage.moto.aws), stage.state_machine());
    let started = executions
        .describe("m-1")
        .await
        .expect("an answer")
        .expect("it is there");
    let input: Value = serde_json::from_str(&started.input).expect("JSON");
    assert_eq!(
        (&input["body"], &input["message_type"]),
        (&json!("hello"), &json!("api"))
    );
    assert_eq!(
        executions.start("m-1", "{}").await.expect("an answer"),
        StartOutcome::AlreadyExists
    );
}

#[tokio::test]
async fn an_outcome_is_recorded_and_told_to_the_topic_and_its_notice_leaves_the_queue() {
    let Some(stage) = Stage::deployed() else { return };
    let function = record_outcome::on_aws(&stage.lambda("record-outcome", &stage.moto.aws)).expect("its settings");
    let item = item(&stage, "m-1");
    let outcome = json!(outcome(&item, OutcomeStatus::Failed)).to_string();
    let recorded = function.invoke(outcome.as_bytes(), &Invocation::default()).await;
    let recorded: Value = serde_json::from_slice(&recorded.expect("it is recorded")).expect("JSON");
    assert_eq!(recorded["status"], "failed");

    let url = &stage.functions["redrive-message"].environment["DEAD_LETTER_QUEUE_URL"];
    let client = aws_sdk_sqs::Client::new(&stage.moto.aws);
    for (id, n) in [("m-1", 0), ("other", 0)] {
        let notice = json!({ "message_id": id, "reason": "refused", "n": n, "delivered": false }).to_string();
        let sent = client.send_message().queue_url(url).message_body(notice).send().await;
        sent.expect("it is taken");
    }
    let drained = SqsQueue::new(client, url).drain(&[("m-1".to_owned(), 1)]).await;
    assert_eq!(drained.expect("an answer"), 1);
}

#[tokio::test]
async fn schedules_stand_beside_the_daily_one_and_start_the_same_in_the_same_role() {
    let Some(stage) = Stage::deployed() else { return };
    let told = &stage.functions["web-api"].environment;
    let client = aws_sdk_scheduler::Client::new(&stage.moto.aws);
    let daily = client
        .get_schedule()
        .group_name(&told["SCHEDULE_GROUP"])
        .name("daily")
        .send()
        .await;
    let daily = daily.expect("the template makes it");
    let target = daily.target().expect("it has one");
    assert_eq!(target.arn(), told["STATE_MACHINE_ALIAS_ARN"]);
    assert_eq!(target.role_arn(), told["SCHEDULER_ROLE_ARN"]);
    assert_eq!(
        target.dead_letter_config().and_then(|queue| queue.arn()),
        Some(told["UNDELIVERED_QUEUE_ARN"].as_str())
    );

    let scheduler = Scheduler::new(
        client,
        &told["SCHEDULE_GROUP"],
        Target {
            state_machine_arn: told["STATE_MACHINE_ARN"].clone(),
            role_arn: told["SCHEDULER_ROLE_ARN"].clone(),
            dead_letter_queue_arn: Some(told["UNDELIVERED_QUEUE_ARN"].clone()),
        },
    );
    let Value::Object(asked) = json!({ "name": "x", "expression": "rate(1 hour)", "message": { "body": "hello" } })
    else {
        unreachable!("it is an object")
    };
    let new = NewSchedule::parse(asked, None, Timestamp::now()).expect("a schedule");
    let made = scheduler
        .create("x", &new.definition)
        .await
        .expect("an answer")
        .expect("there was none");
    let query = ScheduleQuery {
        owner: None,
        cursor: None,
        limit: 100,
    };
    let page = scheduler
        .list(&query)
        .await
        .expect("an answer")
        .expect("no cursor is refused");
    assert!(page.schedules.contains(&made), "{:?}", page.schedules);
    assert!(scheduler.delete(&made).await.expect("an answer"));
}
