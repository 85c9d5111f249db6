//! Executions from `StartExecution` to their end, durable, by clients that each wait for theirs.

use std::time::{Duration, Instant};

use crate::load::{self, Done, Load, Until};
use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};
use crate::workloads::{self, Workload};

/// The longest pause between two looks at an execution.
const PAUSE: Duration = Duration::from_millis(8);

pub(crate) fn run(settings: &Settings) {
    println!("| executions a second | 1 client | 32 clients | start p50 / p99 ms (32) | end p50 / p99 ms (32) |");
    println!("|---|---:|---:|---:|---:|");
    for workload in workloads::all() {
        let data = directory();
        let serve = Serve::start(settings, &data);
        match measure(settings, &serve, &workload) {
            Ok((one, many)) => println!(
                "| {} | {:.0} | {:.0} | {:.1} / {:.1} | {:.1} / {:.1} |",
                workload.name,
                per_second(&one),
                per_second(&many),
                middle(&many, |load| load.answered(500)),
                middle(&many, |load| load.answered(990)),
                middle(&many, |load| load.ended(500)),
                middle(&many, |load| load.ended(990)),
            ),
            Err(refused) => println!("| {} | refused | | | |\n\n{refused}\n", workload.name),
        }
    }
    println!();
}

fn measure(settings: &Settings, serve: &Serve, workload: &Workload) -> Result<(Vec<Load>, Vec<Load>), String> {
    let mut client = serve.step_functions();
    let machine = client.create("bench", workload)?;
    client.check(&machine, workload)?;
    Ok((
        repeat(settings, serve, &machine, workload, 1)?,
        repeat(settings, serve, &machine, workload, 32)?,
    ))
}

/// The runs of a closed loop, after one that warms up.
pub(crate) fn repeat(
    settings: &Settings,
    serve: &Serve,
    machine: &str,
    workload: &Workload,
    clients: usize,
) -> Result<Vec<Load>, String> {
    let until = Until::Elapsed(settings.time);
    let runs = (0..=settings.runs).map(|_| closed(serve, machine, workload, clients, until));
    runs.skip(1).collect()
}

/// Starts executions and waits for the end of each.
pub(crate) fn closed(
    serve: &Serve,
    machine: &str,
    workload: &Workload,
    clients: usize,
    until: Until,
) -> Result<Load, String> {
    let input = workload.input.to_string();
    let run = began();
    load::run(clients, until, || {
        let (mut client, input, run) = (serve.step_functions(), &input, &run);
        move |number| {
            let began = Instant::now();
            let execution = client.start(machine, &format!("{run}-{number}"), input)?;
            let answered = began.elapsed();
            match client.ended(&execution, PAUSE)?.as_str() {
                "SUCCEEDED" => Ok(Done {
                    answered,
                    ended: began.elapsed(),
                }),
                status => Err(format!("{execution} ended {status}")),
            }
        }
    })
}

/// A word that no other run has, for the names of executions.
pub(crate) fn began() -> String {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
    format!("{}", now.map_or(0, |since| since.as_micros()))
}

pub(crate) fn per_second(runs: &[Load]) -> f64 {
    middle(runs, Load::per_second)
}

fn middle(runs: &[Load], figure: impl Fn(&Load) -> f64) -> f64 {
    median(runs.iter().map(figure).collect())
}
