//! Whether executions that have ended slow down those that come.

use crate::load::{Load, Until};
use crate::serve::{Serve, directory};
use crate::settings::Settings;
use crate::throughput::{closed, per_second};
use crate::workloads::{self, Workload};

pub(crate) fn run(settings: &Settings) {
    if let Err(refused) = measure(settings, &workloads::pass3()) {
        println!("finished: not run: {refused}\n");
    }
}

/// Two stores are measured in turns, one of them full: a machine is not as fast at the end of a long run as it was at the
/// beginning, whatever the store has become meanwhile.
fn measure(settings: &Settings, workload: &Workload) -> Result<(), String> {
    let store = |data| {
        let serve = Serve::start(settings, data);
        let machine = serve.step_functions().create("bench", workload);
        machine.map(|machine| (serve, machine))
    };
    let data = [directory(), directory()];
    let (new, full) = (store(&data[0])?, store(&data[1])?);
    let one = |(serve, machine): &(Serve, String), until| closed(serve, machine, workload, 32, until);
    one(&full, Until::Count(settings.finished))?;
    // The first turn warms up.
    let turns: Result<Vec<[Load; 2]>, String> = (0..=settings.runs)
        .map(|_| {
            let until = Until::Elapsed(settings.time);
            Ok([one(&new, until)?, one(&full, until)?])
        })
        .collect();
    let (of_new, of_full): (Vec<_>, Vec<_>) = turns?.into_iter().skip(1).map(|[new, full]| (new, full)).unzip();
    let [new, full] = [per_second(&of_new), per_second(&of_full)];
    println!("| pass3, 32 clients, in turns | a second |\n|---|---:|");
    println!("| on a new store | {new:.0} |");
    println!(
        "| on a store of {} finished executions | {full:.0} ({:+.0} %) |\n",
        settings.finished,
        (full / new - 1.0) * 100.0
    );
    Ok(())
}
