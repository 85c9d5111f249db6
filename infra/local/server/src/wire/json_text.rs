//! JSON text that callers send inside JSON: inputs and outputs.

/// The most bytes of an input or output. Source: Step Functions developer guide, "Quotas".
pub(super) const DATA_BYTES: usize = 262_144;

/// Why a text is no JSON, in the words of the parser behind Step Functions; `None` if it is JSON.
///
/// Source: recorded answers of `StartExecution`.
pub(super) fn problem(text: &str) -> Option<String> {
    // Read whole, as the engine will: skipping over values would let half a surrogate pair and endless numbers through.
    let error = serde_json::from_str::<serde_json::Value>(text).err()?;
    if text.trim().is_empty() {
        return Some("Invalid execution input.".to_owned());
    }
    let rest = rest_after(text, error.line(), error.column());
    Some(describe(text, rest))
}

fn describe(text: &str, rest: &str) -> String {
    let Some(character) = rest.chars().next() else {
        return "Unexpected end-of-input: expected close marker".to_owned();
    };
    let word: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
        .collect();
    if !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()) {
        return format!(
            "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or \
             'false')"
        );
    }
    let before = text[..text.len() - rest.len()].trim_end();
    let expected = match before.chars().last() {
        Some('{') => "double-quote to start field name",
        Some('"') => "a colon to separate field name and value",
        _ => "a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    };
    format!(
        "Unexpected character ('{character}' (code {})): was expecting {expected}",
        u32::from(character)
    )
}

/// The text from the token at a line and column on, both counted from 1 and the column in bytes.
fn rest_after(text: &str, line: usize, column: usize) -> &str {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // The parser may have stopped inside a word: the whole word is at fault.
    let word = text[..at]
        .chars()
        .rev()
        .take_while(|c| c.is_alphanumeric())
        .map(char::len_utf8)
        .sum::<usize>();
    &text[at - word..]
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn what_is_wrong_is_said_as_aws_says_it() {
        let token = "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
        let quote = "Unexpected character (''' (code 39)): was expecting double-quote to start field name";
        for (text, said) in [
            ("not some json", token),
            ("{'not': 'json'", quote),
            ("", "Invalid execution input."),
        ] {
            assert_eq!(problem(text).as_deref(), Some(said), "{text}");
        }
        for text in ["{}", "null", "\"x\"", " [1, 2] "] {
            assert_eq!(problem(text), None, "{text}");
        }
    }

    #[test]
    fn nonsense_of_any_kind_is_answered() {
        for text in [
            "{",
            "[",
            "{\"a\"",
            "{\"a\":",
            "[1,",
            "ü",
            "{\"a\":ü}",
            "\u{0}",
            "1 2",
            "\"\\ud800\"",
        ] {
            assert!(problem(text).is_some(), "{text}");
        }
    }
}
