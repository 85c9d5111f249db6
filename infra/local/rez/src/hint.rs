//! Commands as the reader can type them.

/// The beginning of a command that a text recommends: `cargo run --` for whoever started this program through cargo, as
/// a newcomer does, for then `rez` is not on the path; `rez` for everybody else.
///
/// Cargo names itself to what it runs by `CARGO`.
/// Source: <https://doc.rust-lang.org/cargo/reference/environment-variables.html>.
pub(crate) fn rez() -> &'static str {
    if std::env::var_os("CARGO").is_some() {
        "cargo run --"
    } else {
        "rez"
    }
}
