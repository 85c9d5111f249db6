//! The host with activities that do what a test wants.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use activity_runtime::{Invocation, Invoke, WireError};
use async_trait::async_trait;
use engine::ExecutionStatus;
use jiff::Timestamp;
use journal::{Batch, Execution, Journal};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{Content, Host, Line, Start};
use crate::clock::ManualClock;
use crate::runners::{DynamoDb, Linked, Runners};

/// Answers when it is let through.
struct Gate(Arc<Semaphore>);

#[async_trait]
impl Invoke for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    async fn invoke(&self, payload: &[u8], _: &Invocation) -> Result<Vec<u8>, WireError> {
        self.0.acquire().await.unwrap().forget();
        Ok(payload.to_vec())
    }
}

struct Panics;

#[async_trait]
impl Invoke for Panics {
    fn name(&self) -> &'static str {
        "Panics"
    }

    async fn invoke(&self, _: &[u8], _: &Invocation) -> Result<Vec<u8>, WireError> {
        panic!("as told")
    }
}

/// No database listens here: these functions want none.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// A host with one state machine, whose one task calls a function.
async fn host(
    directory: &std::path::Path,
    clock: &ManualClock,
    activity: Arc<dyn Invoke>,
    function: &str,
) -> Arc<Host> {
    let journal = Arc::new(Journal::open(directory).unwrap());
    let runners = Runners::new(
        Linked::new(vec![(Line::Linked, activity)]),
        None,
        DynamoDb::new(NOWHERE),
    );
    let host = Host::new(
        journal,
        Arc::new(clock.clone()),
        runners,
        crate::meters::Meters::new("dev", Arc::new(clock.clone())),
        1_000,
    );
    let resource = format!("arn:aws:lambda:us-east-1:123456789012:function:{function}");
    let task = json!({ "Type": "Task", "Resource": resource, "TimeoutSeconds": 5, "End": true });
    let content = Content {
        definition: json!({ "StartAt": "T", "States": { "T": task } }).to_string(),
        role_arn: "arn:aws:iam::123456789012:role/test".to_owned(),
        settings: "{}".to_owned(),
    };
    host.create_state_machine("m", content, |_| Batch::new()).await.unwrap();
    host
}

async fn start(host: &Arc<Host>, name: &str) {
    let loaded = host.state_machine("m").await.unwrap().unwrap();
    let start = Start {
        loaded,
        name: name.to_owned(),
        input: "{}".to_owned(),
        trace_header: None,
        parent: None,
        with: None,
    };
    host.start(start).await.unwrap();
}

/// A host whose function answers when it is let through, with so many executions that have been started.
async fn gated(directory: &std::path::Path, executions: usize) -> (Arc<Host>, ManualClock, Arc<Semaphore>) {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let gate = Arc::new(Semaphore::new(0));
    let host = host(directory, &clock, Arc::new(Gate(Arc::clone(&gate))), "gate").await;
    for number in 0..executions {
        start(&host, &number.to_string()).await;
    }
    (host, clock, gate)
}

async fn ended(host: &Arc<Host>, name: &str) -> Arc<Execution> {
    loop {
        let changed = host.changed().notified();
        let execution = host.execution("m", name).await.unwrap().unwrap();
        if execution.summary.status != ExecutionStatus::Running {
            return execution;
        }
        changed.await;
    }
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_does_not_time_out() {
    let directory = tempfile::tempdir().unwrap();
    let (host, clock, gate) = gated(directory.path(), 70).await;
    let timers = tokio::spawn(Arc::clone(&host).run_timers());
    assert_eq!(host.calls(), (64, 6));
    clock.advance(Duration::from_secs(10));
    // Those that run have timed out; those that waited have their turn now, and their own time.
    for number in 0..64 {
        let execution = ended(&host, &number.to_string()).await;
        assert_eq!(execution.error.as_deref(), Some("States.Timeout"), "{number}");
    }
    while host.calls() != (6, 0) {
        tokio::task::yield_now().await;
    }
    gate.add_permits(6);
    for number in 64..70 {
        let execution = ended(&host, &number.to_string()).await;
        assert_eq!(
            execution.summary.status,
            ExecutionStatus::Succeeded,
            "{number}: {execution:?}"
        );
    }
    host.calls_have_ended().await;
    assert_eq!(host.calls(), (0, 0));
    host.stop();
    timers.await.unwrap();
}

/// It waits for three of its five seconds, which it has nevertheless.
#[tokio::test]
async fn a_call_that_waited_has_its_whole_time_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let (host, clock, gate) = gated(directory.path(), 65).await;
    let timers = tokio::spawn(Arc::clone(&host).run_timers());
    clock.advance(Duration::from_secs(3));
    gate.add_permits(1);
    while host.calls() != (64, 0) {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(2));
    let mut errors = Vec::new();
    for number in 0..64 {
        errors.push(ended(&host, &number.to_string()).await.error.clone());
    }
    let timed_out = errors.iter().filter(|error| error.as_deref() == Some("States.Timeout"));
    assert_eq!(timed_out.count(), 63, "one was let through");
    let late = host.execution("m", "64").await.unwrap().unwrap();
    assert_eq!(late.summary.status, ExecutionStatus::Running);
    clock.advance(Duration::from_secs(3));
    let late = ended(&host, "64").await;
    assert_eq!(late.error.as_deref(), Some("States.Timeout"));
    host.stop();
    timers.await.unwrap();
}

/// If it were made, it would wait for the gate for ever.
#[tokio::test]
async fn a_call_that_waits_is_not_made_when_its_execution_has_been_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let (host, _, gate) = gated(directory.path(), 65).await;
    let waits = host.execution("m", "64").await.unwrap().unwrap();
    assert!(host.stop_execution(&waits, None, None).await.unwrap());
    assert_eq!(host.calls(), (64, 0));
    gate.add_permits(64);
    host.calls_have_ended().await;
    assert_eq!(host.calls(), (0, 0));
    assert_eq!(ended(&host, "63").await.summary.status, ExecutionStatus::Succeeded);
    host.stop();
}

#[tokio::test]
async fn a_panic_fails_its_task_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let host = host(directory.path(), &clock, Arc::new(Panics), "panics").await;
    for name in ["a", "b"] {
        start(&host, name).await;
        let execution = ended(&host, name).await;
        assert_eq!(execution.error.as_deref(), Some("States.TaskFailed"));
        assert!(!execution.cause.as_deref().unwrap_or_default().contains("as told"));
    }
    host.calls_have_ended().await;
    assert_eq!(host.calls(), (0, 0));
    host.stop();
}
