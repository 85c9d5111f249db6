//! The log: on standard error, as JSON unless a person reads it, and where `rez logs` finds it.

mod files;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use activity_runtime::{JsonLogs, log_filter};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub(crate) use files::{file, files, number};

use files::LogFiles;

use crate::failure::Failure;
use server::Traces;

/// The files, once somebody keeps them. The log is one for the whole process, and so are they.
static KEPT: Mutex<Option<LogFiles>> = Mutex::new(None);

/// Where the spans of this process go, as the log is one for the whole process.
static TRACES: Mutex<Option<Traces>> = Mutex::new(None);

/// Where a server of this process exports its traces.
pub(crate) fn traces() -> Option<Traces> {
    TRACES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Keeps the log from here on in the files of a data directory, which this process has taken.
pub(crate) fn keep(data_dir: &Path) -> std::io::Result<()> {
    let files = LogFiles::open(data_dir)?;
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(files);
    Ok(())
}

/// Writes to the files, if they are kept.
struct Kept;

impl Write for Kept {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_mut().map_or(Ok(line.len()), |files| files.write(line))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Starts the log at the level that `LOG_LEVEL` names, or at `default`.
///
/// Panics are logged by their place only: their texts may quote anything.
pub(crate) fn start(default: LevelFilter, traces: Option<Traces>) -> Result<(), Failure> {
    let level = match std::env::var("LOG_LEVEL") {
        Ok(name) if !name.is_empty() => level(&name)?,
        _ => default,
    };
    // The embedded database warns of every condition that does not hold: for us that is an answer like any other.
    let filter = log_filter(level).with_target("dynoxide", level.min(LevelFilter::ERROR));
    let kept = JsonLogs::new(Kept).with_filter(filter.clone());
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
        .with(traces.as_ref().map(Traces::layer))
        .with(kept)
        .with(for_people)
        .with(for_programs)
        .init();
    *TRACES.lock().unwrap_or_else(PoisonError::into_inner) = traces;
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
