//! What is measured, how often, and on what.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

/// The settings of a run.
pub(crate) struct Settings {
    pub(crate) binary: PathBuf,
    /// How often a figure is taken; the table shows the median.
    pub(crate) runs: usize,
    /// How long each run of a closed loop takes.
    pub(crate) time: Duration,
    /// How many executions sleep.
    pub(crate) sleeping: usize,
    /// How many messages are stored while the API is asked.
    pub(crate) messages: usize,
    /// How many executions have ended before the throughput is measured again.
    pub(crate) finished: usize,
}

impl Settings {
    pub(crate) fn read() -> Self {
        Self {
            binary: env::var_os("REZ_BENCH_BINARY").map_or_else(release_binary, PathBuf::from),
            runs: setting("REZ_BENCH_RUNS", 5),
            time: Duration::from_secs_f64(setting("REZ_BENCH_SECONDS", 1.5)),
            sleeping: setting("REZ_BENCH_SLEEPING", 100_000),
            messages: setting("REZ_BENCH_MESSAGES", 100_000),
            finished: setting("REZ_BENCH_FINISHED", 100_000),
        }
    }
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => default,
    }
}

/// `rez` as `cargo install` builds it.
fn release_binary() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--package",
            "rez",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(tests::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut binaries = artifacts.filter(|artifact| artifact["target"]["name"] == "rez");
    let executable = binaries.find_map(|artifact| artifact["executable"].as_str().map(PathBuf::from));
    executable.expect("rez is a binary")
}

/// The machine, in a line.
pub(crate) fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores. {}", model.map_or("?", |(_, model)| model), load())
}

/// How busy the machine is: figures that were taken beside other work are worth little.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("Load average {}.", text.split(' ').next().unwrap_or("?"))
}

/// The middle one.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
