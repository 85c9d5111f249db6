//! 200 executions in flight, `kill -9`, the same data again: how many succeed.

use std::time::Duration;

use crate::serve::{Serve, directory};
use crate::settings::Settings;
use crate::throughput::began;
use crate::waits::start_all;
use crate::workloads;

const EXECUTIONS: usize = 200;

pub(crate) fn run(settings: &Settings) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    let machine = serve
        .step_functions()
        .create("bench", &workloads::wait(3))
        .expect("Wait is supported");
    let executions = start_all(&serve, &machine, EXECUTIONS, &began()).expect("all start");
    serve.kill();
    let serve = Serve::start(settings, &data);
    let mut client = serve.step_functions();
    let ended = executions
        .iter()
        .map(|execution| client.ended(execution, Duration::from_millis(50)));
    let succeeded = ended.filter(|ended| ended.as_deref() == Ok("SUCCEEDED")).count();
    println!(
        "Killed with -9 while {EXECUTIONS} executions waited, started again: {succeeded} of {EXECUTIONS} succeeded.\n"
    );
}
