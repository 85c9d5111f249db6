//! Printing: results to standard output, failures to standard error, colours only for a person.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;

/// Prints one line to standard output.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// Prints values as JSON lines.
pub(crate) fn json_lines<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<(), Failure> {
    values.into_iter().try_for_each(json)
}

/// Prints a value as JSON in one line. JSON escapes the control characters of ASCII alone: a terminal obeys others as well.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    line(escaped(&value.to_string()))
}

fn escaped(json: &str) -> String {
    let escape = |char: char| {
        if char.is_control() {
            format!("\\u{:04x}", u32::from(char))
        } else {
            char.to_string()
        }
    };
    json.chars().map(escape).collect()
}

/// Prints a failure as one line to standard error.
pub(crate) fn error(failure: &Failure) {
    let style = if colourful(&io::stderr()) {
        AnsiColor::Red.on_default().bold()
    } else {
        Style::new()
    };
    // There is nowhere else to say it.
    let _ = writeln!(io::stderr().lock(), "{style}error:{style:#} {failure}");
}

/// Prints a remark that is no result to standard error.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says that a listing is empty, to standard error: silence looks like a failure, and whoever reads standard output
/// shall read rows only.
pub(crate) fn note_if_none<T>(rows: &[T], text: impl Display) {
    if rows.is_empty() {
        note(text);
    }
}

/// A status word, coloured by what it means.
pub(crate) fn status(word: &str) -> String {
    let colour = match word {
        "completed" | "SUCCEEDED" | "CLOSED" => AnsiColor::Green,
        "failed" | "FAILED" | "TIMED_OUT" | "OPEN" => AnsiColor::Red,
        "cancelled" | "ABORTED" => AnsiColor::Magenta,
        _ => AnsiColor::Yellow,
    };
    let style = if colourful(&io::stdout()) {
        colour.on_default()
    } else {
        Style::new()
    };
    format!("{style}{word}{style:#}")
}

/// Source: <https://no-color.org>.
fn colourful(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Text of people as it may be shown on a terminal: no control character reaches it but the end of a line.
pub(crate) fn harmless(text: &str) -> String {
    let escape = |char: char| {
        if char.is_control() && char != '\n' {
            char.escape_default().to_string()
        } else {
            char.to_string()
        }
    };
    text.chars().map(escape).collect()
}

/// The beginning of a text in one line.
pub(crate) fn excerpt(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(characters).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    harmless(&short)
}

/// A member of a document that is a text; empty if it is none.
pub(crate) fn word<'a>(document: &'a Value, pointer: &str) -> &'a str {
    document.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A time in UTC with milliseconds; what is none is left as it is.
pub(crate) fn time(text: &str) -> String {
    text.parse::<Timestamp>()
        .map_or_else(|_| text.to_owned(), |at| format!("{at:.3}"))
}

/// Rows in columns as wide as their widest cell; the last one is not padded.
pub(crate) fn table(rows: &[Vec<String>]) -> Result<(), Failure> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| Some(row.get(column)?.chars().count()))
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter().try_for_each(|row| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        line(cells.join("  ").trim_end())
    })
}

/// Progress on standard error, for a person only.
pub(crate) fn bar(length: usize, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} {msg}, {per_sec}, {eta} left");
    let bar = ProgressBar::new(length as u64).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{escaped, excerpt, harmless};

    #[test]
    fn json_for_a_terminal_is_the_same_json() {
        let value = json!({ "a": "\u{1b}[2J \u{9b}2J \u{7f} grüße" });
        let written = escaped(&value.to_string());
        assert!(!written.contains(char::is_control), "{written}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31m\nb\u{9b}\t"), "a\\u{1b}[31m\nb\\u{9b}\\t");
    }

    #[test]
    fn an_excerpt_is_one_line() {
        assert_eq!(excerpt("grüße\n an  alle", 20), "grüße an alle");
        assert_eq!(excerpt("grüße an alle", 5), "grüße…");
    }
}
