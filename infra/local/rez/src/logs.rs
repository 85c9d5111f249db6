//! The log: on standard error, as JSON unless a person reads it, and where `rez logs` finds it.

mod files;

use std::io::IsTerminal;
use std::path::Path;

use activity_runtime::{JsonLogs, log_filter};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub(crate) use files::{LogFiles, file, files};

use crate::failure::Failure;

/// Starts the log at the level that `LOG_LEVEL` names, or at `default`; with a data directory, also in its files.
///
/// Panics are logged by their place only: their texts may quote anything.
pub(crate) fn start(default: LevelFilter, data_dir: Option<&Path>) -> Result<(), Failure> {
    let level = match std::env::var("LOG_LEVEL") {
        Ok(name) if !name.is_empty() => level(&name)?,
        _ => default,
    };
    // The embedded database warns of every condition that does not hold: for us that is an answer like any other.
    let filter = log_filter(level).with_target("dynoxide", level.min(LevelFilter::ERROR));
    // Where no log can be kept, nothing else can: the server says what is wrong with the directory.
    let kept = data_dir.and_then(|data_dir| LogFiles::open(data_dir).ok());
    let kept = kept.map(|files| JsonLogs::new(files).with_filter(filter.clone()));
    let (for_people, for_programs) = if std::io::stderr().is_terminal() {
        (
            Some(
                tracing_subscriber::fmt::layer()
                    .compact()
                    .with_writer(std::io::stderr)
                    .with_filter(filter),
            ),
            None,
        )
    } else {
        (None, Some(JsonLogs::new(std::io::stderr()).with_filter(filter)))
    };
    tracing_subscriber::registry()
        .with(kept)
        .with(for_people)
        .with(for_programs)
        .init();
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
