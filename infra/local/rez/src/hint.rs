//! Commands as the reader can type them.

use std::sync::OnceLock;

use crate::arguments::OnAws;

/// What this process was told about AWS, for the commands that it recommends.
static ON_AWS: OnceLock<String> = OnceLock::new();

/// From here on commands are recommended for the same deployment.
pub(crate) fn on(aws: &OnAws) {
    // Said once, before any command runs.
    let _ = ON_AWS.set(format!("{}{}", program(), aws.typed()));
}

/// The beginning of a command that a text recommends, with the options that say where it looks.
pub(crate) fn rez() -> &'static str {
    ON_AWS.get().map_or_else(program, String::as_str)
}

/// `cargo run --` for whoever started this program through cargo, as a newcomer does, for then `rez` is not on the path; `rez`
/// for everybody else.
///
/// Cargo names itself to what it runs by `CARGO`.
/// Source: <https://doc.rust-lang.org/cargo/reference/environment-variables.html>.
fn program() -> &'static str {
    if std::env::var_os("CARGO").is_some() {
        "cargo run --"
    } else {
        "rez"
    }
}
