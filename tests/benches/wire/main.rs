//! How fast `rez serve` is over the wire, durably: `cargo bench -p tests --bench wire` builds the release binary, drives it
//! as its users do, and prints Markdown.
//!
//! Words after `--` choose parts: `cargo bench -p tests --bench wire -- throughput killed`. Settings come from the
//! environment: `REZ_BENCH_RUNS` (5), `REZ_BENCH_SECONDS` of each run (1.5), `REZ_BENCH_SLEEPING` (100000 executions),
//! `REZ_BENCH_MESSAGES` (100000, stored while the API is asked), `REZ_BENCH_FINISHED` (100000 executions; up to a million,
//! for which it takes some minutes), `REZ_BENCH_BINARY` (another build of `rez`, which is then measured instead).
//!
//! Data lies below the target directory, on a real disk, so that an fsync costs what it costs.

mod api;
mod finished;
mod http;
mod killed;
mod load;
mod messages;
mod ready;
mod serve;
mod settings;
mod sleeping;
mod step_functions;
mod throughput;
mod waits;
mod workloads;

use settings::Settings;

/// A part: its name, and what measures and prints.
type Part = (&'static str, fn(&Settings));

/// The parts, in order.
const PARTS: [Part; 8] = [
    ("ready", ready::run),
    ("throughput", throughput::run),
    ("waits", waits::run),
    ("messages", messages::run),
    ("api", api::run),
    ("sleeping", sleeping::run),
    ("finished", finished::run),
    ("killed", killed::run),
];

fn main() {
    // Cargo itself adds `--bench`.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = chosen.iter().find(|word| PARTS.iter().all(|(name, _)| name != word)) {
        let names: Vec<_> = PARTS.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no part `{unknown}`; the parts are {}", names.join(", "));
        std::process::exit(2);
    }
    let settings = Settings::read();
    println!("{}\n", settings::machine());
    for (name, run) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|word| word == name) {
            run(&settings);
        }
    }
    println!("{}", settings::load());
}
