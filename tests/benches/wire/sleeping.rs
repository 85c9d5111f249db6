//! Many executions that sleep: what they take up, and how long a start takes that finds them.

use std::time::Duration;

use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};
use crate::throughput::began;
use crate::waits::start_all;
use crate::workloads;

/// Longer than any measurement.
const SECONDS: u32 = 1_000_000;

pub(crate) fn run(settings: &Settings) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    let machine = serve
        .step_functions()
        .create("bench", &workloads::wait(SECONDS))
        .expect("Wait is supported");
    start_all(&serve, &machine, settings.sleeping, &began()).expect("all start");
    let after_starting = serve.resident();
    serve.kill();
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..settings.runs {
        let serve = Serve::start(settings, &data);
        ready.push(serve.ready.as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_millis(500));
        resident.push(serve.resident());
    }
    println!("| with {} sleeping executions | |\n|---|---:|", settings.sleeping);
    println!("| resident, after starting them | {after_starting:.0} MiB |");
    println!("| ready after exec, killed before | {:.0} ms |", median(ready));
    println!("| resident, after that start | {:.0} MiB |\n", median(resident));
}
