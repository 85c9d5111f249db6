//! A thousand executions that wait one second, all at once.

use std::time::{Duration, Instant};

use crate::load::{self, Done, Until};
use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};
use crate::throughput::began;
use crate::workloads;

const EXECUTIONS: usize = 1_000;

pub(crate) fn run(settings: &Settings) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    let machine = serve
        .step_functions()
        .create("bench", &workloads::wait(1))
        .expect("Wait is supported");
    let times = (0..settings.runs)
        .map(|_| burst(&serve, &machine).expect("all succeed"))
        .collect();
    println!(
        "{EXECUTIONS} executions that wait one second: all had ended {:.2} s after the first was started.\n",
        median(times)
    );
}

fn burst(serve: &Serve, machine: &str) -> Result<f64, String> {
    let (run, first) = (began(), Instant::now());
    let executions = start_all(serve, machine, EXECUTIONS, &run)?;
    let mut client = serve.step_functions();
    for execution in executions {
        let status = client.ended(&execution, Duration::from_millis(8))?;
        if status != "SUCCEEDED" {
            return Err(format!("{execution} ended {status}"));
        }
    }
    Ok(first.elapsed().as_secs_f64())
}

/// Starts executions with 32 clients and leaves them; gives their ARNs.
pub(crate) fn start_all(serve: &Serve, machine: &str, count: usize, run: &str) -> Result<Vec<String>, String> {
    let executions = std::sync::Mutex::new(Vec::with_capacity(count));
    load::run(32, Until::Count(count), || {
        let (mut client, executions) = (serve.step_functions(), &executions);
        move |number| {
            let began = Instant::now();
            let execution = client.start(machine, &format!("{run}-{number}"), "{}")?;
            executions.lock().map_err(|_| "a client panicked")?.push(execution);
            let answered = began.elapsed();
            Ok(Done {
                answered,
                ended: answered,
            })
        }
    })?;
    executions.into_inner().map_err(|_| "a client panicked".to_owned())
}
