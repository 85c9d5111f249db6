//! Strings and numbers, the two values with an inner grammar.

use serde_json::Number;

use super::SyntaxError;

/// The string that starts with the quote at `start`, and the position after its closing quote.
///
/// The value itself is left to `serde_json`; here only its end is found.
pub(super) fn string(text: &str, start: usize) -> Result<(String, usize), SyntaxError> {
    let end = closing_quote(text, start)?;
    let written = &text[start..end];
    if let Some(control) = written.find(|c: char| c < ' ') {
        let message = "Illegal unquoted control character in a string: it has to be escaped";
        return Err(error(message, start + control, start + control + 1));
    }
    match serde_json::from_str(written) {
        Ok(value) => Ok((value, end)),
        Err(_) => Err(error(
            "Unrecognized escape, or half of a surrogate pair, in a string",
            start,
            end,
        )),
    }
}

/// The number at `start`, and the position after it.
pub(super) fn number(text: &str, start: usize) -> Result<(Number, usize), SyntaxError> {
    let rest = &text[start..];
    let length = rest
        .find(|c: char| !matches!(c, '-' | '+' | '.' | '0'..='9' | 'e' | 'E'))
        .unwrap_or(rest.len());
    let end = start + length;
    let written = &text[start..end];
    match serde_json::from_str::<Number>(written) {
        Ok(value) if value.is_f64() => Ok((exact(written).unwrap_or(value), end)),
        Ok(value) => Ok((value, end)),
        Err(_) => Err(error("Invalid numeric value", start, end)),
    }
}

/// `serde_json` reads fractions fast and to the last bit but one; a number that is printed has to read back as it was.
fn exact(written: &str) -> Option<Number> {
    written.parse().ok().and_then(Number::from_f64)
}

fn closing_quote(text: &str, start: usize) -> Result<usize, SyntaxError> {
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Ok(offset + 1),
            _ => {}
        }
    }
    Err(error("Unexpected end-of-input in a string", start, text.len()))
}

fn error(message: &str, start: usize, end: usize) -> SyntaxError {
    SyntaxError {
        message: message.to_owned(),
        span: start..end,
        too_deep: false,
    }
}
