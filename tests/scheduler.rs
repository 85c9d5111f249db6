//! EventBridge Scheduler as moto plays it: what the API asks for becomes schedules there and reads back.

use api::{KnownSchedule, NewSchedule, ScheduleDefinition, ScheduleQuery, Schedules};
use aws_sdk_scheduler::{
    Client,
    types::{FlexibleTimeWindowMode, ScheduleState},
};
use contracts::Message;
use jiff::Timestamp;
use schedules::{Scheduler, Target};
use serde_json::{Value, json};
use tests::{
    moto::{Moto, aws},
    ntfy::free_port,
};

const GROUP: &str = "rez-agent-dev";
const STATE_MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message:live";

async fn scheduler(client: &Client) -> Scheduler {
    client.create_schedule_group().name(GROUP).send().await.unwrap();
    let target = Target {
        state_machine_arn: STATE_MACHINE.to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/scheduler".to_owned(),
        dead_letter_queue_arn: Some("arn:aws:sqs:us-east-1:123456789012:dlq".to_owned()),
    };
    Scheduler::new(client.clone(), GROUP, target)
}

fn definition(change: &Value, owner: Option<&str>) -> ScheduleDefinition {
    let mut schedule = json!({
        "name": "x", "expression": "cron(0 9 ? * MON-FRI *)", "timezone": "Europe/Berlin",
        "message": { "body": "grüße <aws.scheduler.schedule-arn>", "title": "t", "tags": ["a"], "priority": "high" },
    });
    for (field, value) in change.as_object().unwrap() {
        schedule[field] = value.clone();
    }
    let Value::Object(schedule) = schedule else {
        unreachable!()
    };
    let mut new = NewSchedule::parse(schedule, None, Timestamp::now()).unwrap();
    new.definition.message.owner = owner.map(str::to_owned);
    new.definition
}

async fn created(scheduler: &Scheduler, name: &str, definition: &ScheduleDefinition) -> KnownSchedule {
    scheduler
        .create(name, definition)
        .await
        .unwrap()
        .expect("there is none of this name")
}

#[tokio::test]
async fn a_schedule_starts_the_state_machine_with_its_message() {
    let Some(moto) = Moto::start() else { return };
    let client = Client::new(&moto.aws);
    let scheduler = scheduler(&client).await;
    let wanted = definition(
        &json!({ "catch_up": "1h", "start": "2040-01-01T00:00:00Z", "end": "2041-01-01T00:00:00Z" }),
        Some("ada"),
    );
    let known = created(&scheduler, "stand-up", &wanted).await;
    assert_eq!((&known.definition, known.owner()), (&wanted, Some("ada")));
    assert!(known.arn.ends_with(":schedule/rez-agent-dev/stand-up"), "{}", known.arn);
    assert_eq!(scheduler.get("stand-up").await.unwrap(), Some(known));
    assert_eq!(
        scheduler.create("stand-up", &wanted).await.unwrap(),
        None,
        "there is one"
    );

    let kept = client
        .get_schedule()
        .group_name(GROUP)
        .name("stand-up")
        .send()
        .await
        .unwrap();
    assert_eq!(
        kept.flexible_time_window().unwrap().mode(),
        &FlexibleTimeWindowMode::Off
    );
    assert_eq!(kept.state(), Some(&ScheduleState::Enabled));
    let target = kept.target().unwrap();
    assert_eq!(target.arn(), STATE_MACHINE);
    assert_eq!(
        target.retry_policy().unwrap().maximum_event_age_in_seconds(),
        Some(3_600)
    );
    assert!(target.dead_letter_config().unwrap().arn().unwrap().ends_with(":dlq"));
    // What Scheduler fills in makes a message that may be persisted.
    let input = target.input().unwrap();
    let input = input.replace("<aws.scheduler.schedule-arn>", kept.arn().unwrap());
    let input = input.replace("<aws.scheduler.scheduled-time>", "2040-01-02T08:00:00Z");
    let started: Message = serde_json::from_str(&input.replace("<aws.scheduler.execution-id>", "e-1")).unwrap();
    contracts::validate_started(&started, Timestamp::now()).unwrap();
    assert_eq!(
        started.body, "grüße <aws.scheduler.schedule-arn>",
        "texts stay as they are"
    );
    assert_eq!(
        (started.message_type.as_str(), started.owner.as_deref()),
        ("scheduled", Some("ada"))
    );
    assert_eq!(started.schedule_arn.as_deref(), kept.arn());
}

#[tokio::test]
async fn a_schedule_is_changed_and_deleted_by_whoever_knows_it() {
    let Some(moto) = Moto::start() else { return };
    let scheduler = scheduler(&Client::new(&moto.aws)).await;
    let first = created(&scheduler, "s", &definition(&json!({}), None)).await;
    let paused = definition(
        &json!({ "enabled": false, "expression": "rate(2 hours)", "timezone": "UTC" }),
        None,
    );
    let second = scheduler
        .change(&first, &paused)
        .await
        .unwrap()
        .expect("it is as it was known");
    assert_eq!((&second.definition, second.created_at), (&paused, first.created_at));
    // Whoever knows the state before comes too late.
    assert_eq!(scheduler.change(&first, &paused).await.unwrap(), None);
    assert!(!scheduler.delete(&first).await.unwrap());
    assert!(scheduler.delete(&second).await.unwrap());
    assert_eq!(scheduler.get("s").await.unwrap(), None);
    assert!(!scheduler.delete(&second).await.unwrap());
    assert_eq!(scheduler.change(&second, &paused).await.unwrap(), None);
}

#[tokio::test]
async fn schedules_are_listed_page_by_page_and_those_of_others_are_not_shown() {
    let Some(moto) = Moto::start() else { return };
    let client = Client::new(&moto.aws);
    let scheduler = scheduler(&client).await;
    for (name, owner) in [("a", "ada"), ("b", "bob"), ("c", "ada")] {
        created(&scheduler, name, &definition(&json!({}), Some(owner))).await;
    }
    // Somebody's own schedule, with another input, in the same group.
    let known = client.get_schedule().group_name(GROUP).name("a").send().await.unwrap();
    let target = known.target().unwrap().clone();
    let foreign = client
        .create_schedule()
        .group_name(GROUP)
        .name("foreign")
        .schedule_expression("rate(1 day)");
    let window = known.flexible_time_window().unwrap().clone();
    let mut other = target.clone();
    other.input = Some("{\"not\": \"a message\"}".to_owned());
    foreign.flexible_time_window(window).target(other).send().await.unwrap();
    let list = async |owner: Option<&str>| {
        let query = ScheduleQuery {
            owner: owner.map(str::to_owned),
            cursor: None,
            limit: 100,
        };
        let page = scheduler.list(&query).await.unwrap().unwrap();
        page.schedules.into_iter().map(|known| known.name).collect::<Vec<_>>()
    };
    assert_eq!(list(None).await, ["a", "b", "c"]);
    assert_eq!(list(Some("ada")).await, ["a", "c"]);
    assert_eq!(scheduler.get("foreign").await.unwrap(), None);
    assert_eq!(
        scheduler
            .create("foreign", &definition(&json!({}), None))
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn nobody_answers() {
    let nowhere = Client::new(&aws(&format!("http://127.0.0.1:{}", free_port())));
    let target = Target {
        state_machine_arn: STATE_MACHINE.to_owned(),
        role_arn: "r".to_owned(),
        dead_letter_queue_arn: None,
    };
    let scheduler = Scheduler::new(nowhere, GROUP, target);
    let error = scheduler.get("s").await.unwrap_err();
    assert!(error.retryable, "{error}");
    assert_eq!((error.what, error.detail.as_str()), ("GetSchedule", "no answer"));
}
