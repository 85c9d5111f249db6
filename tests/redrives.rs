//! `RedriveExecution` by AWS's own SDK, and what a kill may do to it.

use aws_sdk_sfn::{
    Client,
    config::Credentials,
    types::{ExecutionRedriveStatus, ExecutionStatus, HistoryEvent, HistoryEventType},
};
use serde_json::{Value, json};
use tests::home::{Home, Serve};

const ROLE: &str = "arn:aws:iam::123456789012:role/anybody";

/// How often the server is killed, each time with an execution under way that has just been redriven.
const KILLS: usize = 4;

fn client(serve: &Serve) -> Client {
    let config = aws_sdk_sfn::Config::builder()
        .behavior_version(aws_sdk_sfn::config::BehaviorVersion::latest())
        .endpoint_url(&serve.sfn)
        .region(aws_sdk_sfn::config::Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Client::from_conf(config)
}

/// A branch that succeeds, beside one that does so only after a redrive, and a second later.
fn undecided() -> Value {
    let redriven = "{% $states.context.Execution.RedriveCount > 0 %}";
    json!({ "QueryLanguage": "JSONata", "StartAt": "Both", "States": { "Both": {
        "Type": "Parallel", "End": true,
        "Branches": [
            { "StartAt": "Done", "States": { "Done": { "Type": "Pass", "Output": "done", "End": true } } },
            { "StartAt": "Decide", "States": {
                "Decide": { "Type": "Choice", "Choices": [{ "Condition": redriven, "Next": "Nap" }] },
                "Nap": { "Type": "Wait", "Seconds": 1, "Output": "decided", "End": true },
            } },
        ],
    } } })
}

async fn started(client: &Client, machine: &str, name: &str) -> String {
    let start = client.start_execution().state_machine_arn(machine).name(name);
    start.send().await.expect("it starts").execution_arn
}

async fn redriven(client: &Client, execution: &str) -> aws_sdk_sfn::primitives::DateTime {
    let redrive = client.redrive_execution().execution_arn(execution);
    redrive.send().await.expect("it is redriven").redrive_date
}

async fn events(client: &Client, execution: &str) -> Vec<HistoryEvent> {
    let history = client.get_execution_history().execution_arn(execution);
    history.send().await.expect("a history").events
}

async fn ended(
    client: &Client,
    execution: &str,
) -> aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput {
    for _ in 0..500 {
        let describe = client.describe_execution().execution_arn(execution);
        let described = describe.send().await.expect("it is described");
        if *described.status() != ExecutionStatus::Running {
            return described;
        }
        // Another process does the work: there is nothing to wait on but its answers.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{execution} runs on");
}

async fn create(client: &Client) -> String {
    let create = client.create_state_machine().name("undecided").role_arn(ROLE);
    let created = create.definition(undecided().to_string()).send().await;
    created.expect("it is created").state_machine_arn
}

#[tokio::test]
async fn aws_sdk_sfn_redrives_what_failed() {
    let home = Home::new();
    let serve = home.serve();
    let client = client(&serve);
    let machine = create(&client).await;
    let execution = started(&client, &machine, "e").await;
    let failed = ended(&client, &execution).await;
    assert_eq!(*failed.status(), ExecutionStatus::Failed);
    assert_eq!(failed.redrive_status(), Some(&ExecutionRedriveStatus::Redrivable));
    assert_eq!((failed.redrive_count(), failed.redrive_date()), (Some(0), None));
    let at = redriven(&client, &execution).await;
    let refused = client.redrive_execution().execution_arn(&execution).send().await;
    let refused = refused.expect_err("it runs").into_service_error();
    assert!(refused.is_execution_not_redrivable(), "{refused:?}");
    let ended = ended(&client, &execution).await;
    assert_eq!(ended.output(), Some(r#"["done","decided"]"#));
    assert_eq!((ended.redrive_count(), ended.redrive_date()), (Some(1), Some(&at)));
    assert_eq!(
        ended.redrive_status_reason(),
        Some("Execution is SUCCEEDED and cannot be redriven")
    );
    let events = events(&client, &execution).await;
    let redriven = events
        .iter()
        .find(|event| event.r#type == HistoryEventType::ExecutionRedriven);
    let details = redriven.and_then(HistoryEvent::execution_redriven_event_details);
    assert_eq!(details.and_then(|details| details.redrive_count), Some(1));
    serve.stop();
}

#[tokio::test]
async fn a_redrive_that_was_acknowledged_survives_a_kill() {
    let home = Home::new();
    let mut serve = home.serve();
    let machine = create(&client(&serve)).await;
    for kill in 0..KILLS {
        let before = client(&serve);
        let execution = started(&before, &machine, &format!("e{kill}")).await;
        assert_eq!(*ended(&before, &execution).await.status(), ExecutionStatus::Failed);
        let at = redriven(&before, &execution).await;
        serve.kill();
        serve = home.serve();
        let after = client(&serve);
        let ended = ended(&after, &execution).await;
        assert_eq!(ended.output(), Some(r#"["done","decided"]"#));
        assert_eq!((ended.redrive_count(), ended.redrive_date()), (Some(1), Some(&at)));
        let events = events(&after, &execution).await;
        let count = |kind: HistoryEventType| events.iter().filter(|event| event.r#type == kind).count();
        assert_eq!(count(HistoryEventType::ExecutionRedriven), 1);
        assert_eq!(
            count(HistoryEventType::PassStateEntered),
            1,
            "what succeeded is not run again"
        );
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        assert_eq!(ids, (1..).take(ids.len()).collect::<Vec<_>>());
    }
    serve.stop();
}
