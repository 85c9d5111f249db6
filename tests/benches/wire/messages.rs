//! The main job: messages from the API through `process-message` into the built-in inbox.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::load::{self, Done, Until, count};
use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};

const MESSAGES: usize = 1_000;

pub(crate) fn run(settings: &Settings) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    let runs: Vec<_> = (0..=settings.runs)
        .map(|_| burst(&serve).expect("every message completes"))
        .skip(1)
        .collect();
    let (accepted, completed) = runs.into_iter().unzip();
    println!("| messages into the built-in inbox, 32 clients | a second |\n|---|---:|");
    println!(
        "| accepted durably | {:.0} |\n| completed | {:.0} |\n",
        median(accepted),
        median(completed)
    );
}

/// How many messages a second were accepted, and how many completed.
fn burst(serve: &Serve) -> Result<(f64, f64), String> {
    let began = Instant::now();
    let load = load::run(32, Until::Count(MESSAGES), || {
        let mut client = serve.http();
        let head = format!("content-type: application/json\r\n{}", serve.bearer);
        move |number| {
            let began = Instant::now();
            let body = format!("{{\"body\": \"message {number}\"}}");
            let answer = client.send("POST", "/api/messages", &head, &body);
            let answer = answer.map_err(|error| error.to_string())?;
            let answered = began.elapsed();
            match answer.status {
                202 => Ok(Done {
                    answered,
                    ended: answered,
                }),
                _ => Err(answer.body),
            }
        }
    })?;
    while !all_completed(serve)? {
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok((load.per_second(), count(MESSAGES) / began.elapsed().as_secs_f64()))
}

/// Whether no execution runs any more.
fn all_completed(serve: &Serve) -> Result<bool, String> {
    let machines = serve
        .step_functions()
        .call("ListStateMachines", &serde_json::json!({}))?;
    let machines: Value = serde_json::from_str(&machines).map_err(|error| error.to_string())?;
    let machines = machines["stateMachines"].as_array().into_iter().flatten();
    let machine = machines
        .into_iter()
        .find(|machine| machine["name"] == "process-message");
    let running = serde_json::json!({
        "stateMachineArn": machine.ok_or("process-message is not registered")?["stateMachineArn"],
        "statusFilter": "RUNNING", "maxResults": 1
    });
    let running = serve.step_functions().call("ListExecutions", &running)?;
    Ok(running.contains("\"executions\":[]"))
}
