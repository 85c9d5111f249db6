//! Whether executions that have ended slow down those that come.

use crate::load::Until;
use crate::serve::{Serve, directory};
use crate::settings::Settings;
use crate::throughput::{closed, per_second, repeat};
use crate::workloads;

pub(crate) fn run(settings: &Settings) {
    let workload = workloads::pass3();
    let data = directory();
    let serve = Serve::start(settings, &data);
    let machine = match serve.step_functions().create("bench", &workload) {
        Ok(machine) => machine,
        Err(refused) => return println!("finished: not run: {refused}\n"),
    };
    let rate = || per_second(&repeat(settings, &serve, &machine, &workload, 32).expect("all succeed"));
    let before = rate();
    closed(&serve, &machine, &workload, 32, Until::Count(settings.finished)).expect("all succeed");
    let after = rate();
    println!("| pass3, 32 clients, on the same store | a second |\n|---|---:|");
    println!("| empty at first | {before:.0} |");
    println!(
        "| with {} finished executions more | {after:.0} ({:+.0} %) |\n",
        settings.finished,
        (after / before - 1.0) * 100.0
    );
}
