//! The log: on standard error, as JSON unless a person reads it.

use std::io::IsTerminal;

use activity_runtime::{JsonLogs, log_filter};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::Failure;

/// Starts the log at the level that `LOG_LEVEL` names, or at `default`.
///
/// Panics are logged by their place only: their texts may quote anything.
pub(crate) fn start(default: LevelFilter) -> Result<(), Failure> {
    let level = match std::env::var("LOG_LEVEL") {
        Ok(name) if !name.is_empty() => level(&name)?,
        _ => default,
    };
    // The embedded database warns of every condition that does not hold: for us that is an answer like any other.
    let filter = log_filter(level).with_target("dynoxide", level.min(LevelFilter::ERROR));
    if std::io::stderr().is_terminal() {
        let lines = tracing_subscriber::fmt::layer().compact().with_writer(std::io::stderr);
        tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    } else {
        tracing_subscriber::registry()
            .with(JsonLogs::new(std::io::stderr()).with_filter(filter))
            .init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

fn level(name: &str) -> Result<LevelFilter, Failure> {
    let wrong = |_| Failure::refused("LOG_LEVEL must be ERROR, WARN, INFO, DEBUG or TRACE");
    name.parse().map_err(wrong)
}
