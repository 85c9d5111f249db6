//! Foreign tools: where `tests/tools/install` has put them.

use std::path::PathBuf;

/// A file below the directory of foreign tools; `None`, with a word, where it is not there. A test without its tool is
/// skipped, since the project must be testable on a machine with Rust alone.
pub fn file(relative: &str) -> Option<PathBuf> {
    let found = std::env::var_os("REZ_TOOLS").map(|tools| PathBuf::from(tools).join(relative));
    let found = found.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {relative} is not below $REZ_TOOLS (tests/tools/install DIR, then REZ_TOOLS=DIR)");
    }
    found
}
