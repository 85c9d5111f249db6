//! Many executions that wait, each kind in a store of its own: what they take up, and how long a start takes that finds
//! them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};
use crate::throughput::began;
use crate::waits::start_all;
use crate::workloads::{self, Workload};

/// Longer than any measurement.
const SECONDS: u32 = 1_000_000;
/// The queue that tokens are sent to.
const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/tokens";
/// How long the last messages with tokens may take to be sent.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) fn run(settings: &Settings) {
    println!(
        "| {} executions that wait for | resident, after starting them | ready after exec, killed before | resident, after that start |",
        settings.sleeping
    );
    println!("|---|---:|---:|---:|");
    measure(settings, "a time", |_| workloads::wait(SECONDS));
    measure(settings, "a task token", |_| workloads::task_token(QUEUE));
    measure(settings, "an activity worker", |serve| {
        let created = serve
            .step_functions()
            .call("CreateActivity", &json!({ "name": "work" }));
        let created = created.expect("activities are supported");
        workloads::activity(&crate::step_functions::field(&created, "activityArn").expect("an ARN"))
    });
    println!();
}

fn measure(settings: &Settings, what: &str, workload: impl Fn(&Serve) -> Workload) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    let machine = serve.step_functions().create("bench", &workload(&serve));
    let machine = machine.expect("the definition is supported");
    let executions = start_all(&serve, &machine, settings.sleeping, &began()).expect("all start");
    all_wait(&serve, &executions);
    let after_starting = serve.resident();
    serve.kill();
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..settings.runs {
        let serve = Serve::start(settings, &data);
        ready.push(serve.ready.as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_millis(500));
        resident.push(serve.resident());
    }
    println!(
        "| {what} | {after_starting:.0} MiB | {:.0} ms | {:.0} MiB |",
        median(ready),
        median(resident)
    );
}

/// Returns when each of the last executions waits: its history ends with what begins the wait.
fn all_wait(serve: &Serve, executions: &[String]) {
    let (mut client, until) = (serve.step_functions(), Instant::now() + PATIENCE);
    for execution in executions.iter().rev().take(1_000) {
        let newest = json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 1 });
        let waits = |history: &str| {
            ["WaitStateEntered", "TaskSubmitted", "ActivityScheduled"]
                .iter()
                .any(|kind| history.contains(kind))
        };
        while !waits(&client.call("GetExecutionHistory", &newest).expect("a history")) {
            assert!(Instant::now() < until, "{execution} does not wait");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
