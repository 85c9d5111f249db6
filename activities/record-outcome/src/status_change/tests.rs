use std::sync::Mutex;

use activity_runtime::{Clock, Metrics, Tally};
use contracts::{MessageEvent, Outcome};
use jiff::Timestamp;
use serde_json::json;
use tables::{Recording, TableError};

use super::*;
use crate::{EventError, Events, Outcomes};

/// Everything outside: how executions ended, and what was recorded.
#[derive(Default)]
struct World {
    ends: Vec<End>,
    history: Vec<Value>,
    recorded: Mutex<Vec<Outcome>>,
}

#[async_trait]
impl EndedExecutions for World {
    async fn describe(&self, arn: &str) -> Result<End, Infrastructure> {
        let found = self.ends.iter().find(|end| end.arn == arn);
        let gone = || Infrastructure::new(Kind::Unavailable, "DescribeExecution: ExecutionDoesNotExist");
        found.cloned().ok_or_else(gone)
    }

    /// One event a page.
    async fn history(&self, _: &str, page: Option<String>) -> Result<(Vec<Value>, Option<String>), Infrastructure> {
        let place: usize = page.map_or(0, |page| page.parse().unwrap());
        let next = (place + 1 < self.history.len()).then(|| (place + 1).to_string());
        Ok((self.history.get(place).cloned().into_iter().collect(), next))
    }
}

#[async_trait]
impl Outcomes for World {
    async fn record(&self, _: &str, outcome: &Outcome, now: Timestamp) -> Result<Recording, TableError> {
        self.recorded.lock().unwrap().push(outcome.clone());
        let recorded = serde_json::from_value(json!({
            "message_id": "m", "status": outcome.status, "finished_at": now,
        }));
        Ok(Recording {
            recorded: recorded.unwrap(),
            first: true,
            stands: true,
        })
    }
}

struct Nobody;

#[async_trait]
impl Events for Nobody {
    async fn publish(&self, _: &MessageEvent) -> Result<(), EventError> {
        Ok(())
    }
}

impl Clock for Nobody {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

fn recorder(world: &Arc<World>, metrics: Arc<dyn Metrics>) -> Recorder {
    Recorder {
        handler: RecordHandler {
            outcomes: world.clone(),
            events: Arc::new(Nobody),
            metrics,
            clock: Arc::new(Nobody),
            stage: "dev".to_owned(),
        },
        executions: world.clone(),
    }
}

const ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:rez-agent-process-message-dev:m";

fn end(status: &str, error: Option<&str>) -> End {
    End {
        arn: ARN.to_owned(),
        name: "m".to_owned(),
        status: status.to_owned(),
        started_at: Timestamp::UNIX_EPOCH,
        input: r#"{"body":"b"}"#.to_owned(),
        error: error.map(str::to_owned),
        cause: None,
    }
}

/// An event as the developer guide shows it: times in milliseconds, the input as text, members that nobody asked for.
fn event(status: &str) -> Vec<u8> {
    let event = json!({
        "version": "0",
        "id": "315c1398-40ff-a850-213b-158f73e60175",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "time": "2026-11-25T19:42:21Z",
        "region": "us-east-1",
        "resources": [ARN],
        "detail": {
            "executionArn": ARN,
            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:rez-agent-process-message-dev",
            "name": "m",
            "status": status,
            "startDate": 1_551_225_146_847_u64,
            "stopDate": 1_551_225_151_881_u64,
            "input": null,
            "inputDetails": { "included": false },
            "output": null,
            "outputDetails": null,
        },
    });
    event.to_string().into_bytes()
}

/// What is answered, recorded, and counted as a runtime error.
async fn told(world: World, payload: &[u8]) -> (Result<Vec<u8>, WireError>, Vec<Outcome>, u64) {
    let (world, tally) = (Arc::new(world), Arc::new(Tally::default()));
    let answer = recorder(&world, tally.clone())
        .invoke(payload, &Invocation::default())
        .await;
    let recorded = world.recorded.lock().unwrap().clone();
    (
        answer,
        recorded,
        tally.series(Metric::RuntimeErrors, STATE_MACHINE).count,
    )
}

#[tokio::test]
async fn an_end_that_nobody_saw_is_recorded_by_what_the_history_says() {
    let scheduled = json!({ "FunctionName": "rez-agent-deliver-message-dev" }).to_string();
    let world = World {
        ends: vec![end("ABORTED", None)],
        history: vec![
            json!({ "type": "TaskScheduled", "taskScheduledEventDetails": { "parameters": scheduled } }),
            json!({ "type": "TaskTimedOut" }),
        ],
        ..World::default()
    };
    let (answer, recorded, _) = told(world, &event("ABORTED")).await;
    answer.unwrap();
    let reason = recorded[0].reason.as_deref().unwrap();
    assert_eq!(
        reason,
        "the execution ended as ABORTED when the message may have been delivered"
    );
}

/// What the service says of the execution, whether the event is done with (or comes again, and ends in the queue of what could
/// not be handed over), how many ends are recorded, and how many are runtime errors.
#[tokio::test]
async fn an_event_is_done_with_when_its_end_is_recorded_or_was_before() {
    for (said, done, recorded, broken) in [
        (Some(end("FAILED", Some("Message.DeadLettered"))), true, 0, 0),
        (Some(end("SUCCEEDED", None)), true, 0, 0),
        (Some(end("FAILED", Some("States.Runtime"))), true, 1, 1),
        (Some(end("FAILED", Some("Message.Unrecorded"))), true, 1, 1),
        (Some(end("TIMED_OUT", Some("States.Timeout"))), true, 1, 0),
        (Some(end("ABORTED", None)), true, 1, 0),
        // The service answers from a copy that may be older than the event: its end, or the execution, is not visible yet.
        (Some(end("RUNNING", None)), false, 0, 0),
        (None, false, 0, 0),
    ] {
        let (ends, of) = (said.iter().cloned().collect(), format!("{said:?}"));
        let world = World {
            ends,
            ..World::default()
        };
        let (answer, outcomes, errors) = told(world, &event("FAILED")).await;
        match answer {
            Ok(_) => assert!(done, "{of} comes again"),
            Err(error) => assert_eq!((done, error.error_type), (false, activity_errors::UNAVAILABLE), "{of}"),
        }
        assert_eq!((outcomes.len(), errors), (recorded, broken), "{of}");
    }
}

#[tokio::test]
async fn another_event_is_refused_and_the_contract_is_kept() {
    let other = br#"{"detail-type": "Scheduled Event", "detail": {"executionArn": "x"}}"#;
    let (answer, ..) = told(World::default(), other).await;
    assert_eq!(answer.unwrap_err().error_type, activity_errors::INVALID_INPUT);
    let outcome = json!({
        "status": "completed",
        "message": { "body": "b" },
        "execution": { "arn": ARN, "name": "m", "started_at": "2026-11-25T00:00:00Z" },
        "reason": null,
        "receipt": null,
    });
    let (answer, recorded, _) = told(World::default(), outcome.to_string().as_bytes()).await;
    answer.unwrap();
    assert_eq!(recorded.len(), 1);
}
