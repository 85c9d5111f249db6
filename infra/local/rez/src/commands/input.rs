//! Texts that stand on the command line or come through standard input.

use std::ffi::OsStr;
use std::io::Read;

use crate::failure::Failure;

/// The most that is read from standard input: enough to see that it is too much.
const STDIN_BYTES: u64 = 16 * 1024 * 1024;

/// The text; `-` stands for standard input. `field` is what a refusal names.
pub(super) fn text(given: &OsStr, field: &str) -> Result<String, Failure> {
    let not_text = || {
        Failure::refused(format!(
            "{field}: is not UTF-8; convert it first, for example with iconv"
        ))
    };
    if given != "-" {
        return given.to_str().map(str::to_owned).ok_or_else(not_text);
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(STDIN_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::failed(format!("standard input cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|_| not_text())
}
