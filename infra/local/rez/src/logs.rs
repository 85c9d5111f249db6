//! The log: on standard error, as JSON unless a person reads it.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log. `LOG_LEVEL` is a level (`INFO`) or a filter (`warn,server=debug`); `default` stands in for it.
pub(crate) fn start(default: &str) {
    let wanted = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|text| EnvFilter::try_new(with_quiet_database(&text)).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new(with_quiet_database(default)));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().flatten_event(true).init();
    }
}

/// The embedded database warns of every condition that does not hold; for us such an answer is one like any other. A
/// filter that names it has its way.
fn with_quiet_database(filter: &str) -> String {
    format!("dynoxide=error,{filter}")
}
