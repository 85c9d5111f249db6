//! What stands on the command line or comes through standard input, as a request has it.

use std::ffi::OsStr;
use std::io::Read;

use serde_json::{Map, Value};

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

/// An object of the fields that were given.
pub(super) fn given(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Map<String, Value> {
    let given = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}
