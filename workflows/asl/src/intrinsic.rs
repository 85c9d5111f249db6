//! The syntax of intrinsic function calls.
//!
//! Source: Amazon States Language, "Intrinsic Functions"; recorded refusals of AWS for the escapes.

use crate::path;

/// A function and how many arguments it takes.
struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    /// Whether its result is a text, as `ErrorPath` and `CausePath` want it.
    text: bool,
}

const fn function(name: &'static str, least: usize, most: usize) -> Function {
    Function {
        name,
        least,
        most,
        text: false,
    }
}

const fn gives_text(name: &'static str, least: usize, most: usize) -> Function {
    Function {
        name,
        least,
        most,
        text: true,
    }
}

/// As many arguments as one likes.
const ANY: usize = usize::MAX;

const FUNCTIONS: &[Function] = &[
    function("States.Array", 0, ANY),
    function("States.ArrayPartition", 2, 2),
    function("States.ArrayContains", 2, 2),
    function("States.ArrayRange", 3, 3),
    gives_text("States.ArrayGetItem", 2, 2),
    function("States.ArrayLength", 1, 1),
    function("States.ArrayUnique", 1, 1),
    gives_text("States.Base64Encode", 1, 1),
    gives_text("States.Base64Decode", 1, 1),
    gives_text("States.Hash", 2, 2),
    function("States.JsonMerge", 3, 3),
    function("States.StringToJson", 1, 1),
    gives_text("States.JsonToString", 1, 1),
    function("States.MathRandom", 2, 3),
    function("States.MathAdd", 2, 2),
    function("States.StringSplit", 2, 2),
    gives_text("States.UUID", 0, 0),
    gives_text("States.Format", 1, ANY),
];

/// How deep calls may stand inside each other. AWS allows ten.
const MAX_DEPTH: usize = 10;

/// Whether the text is a well-formed call of a function that exists.
pub(crate) fn is_call(text: &str) -> bool {
    call(text, 0).is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether the text is a call whose result can be a text.
pub(crate) fn is_text_call(text: &str) -> bool {
    call(text, 0).is_some_and(|(function, rest)| rest.is_empty() && function.text)
}

/// A call, and what follows it.
fn call(text: &str, depth: usize) -> Option<(&'static Function, &str)> {
    let open = text.find('(')?;
    let function = FUNCTIONS.iter().find(|function| function.name == &text[..open])?;
    if depth == MAX_DEPTH {
        return None;
    }
    let mut rest = text[open + 1..].trim_start();
    let mut count = 0;
    while !rest.starts_with(')') {
        if count > 0 {
            rest = rest.strip_prefix(',')?.trim_start();
        }
        rest = argument(rest, depth)?.trim_start();
        count += 1;
    }
    (function.least..=function.most)
        .contains(&count)
        .then(|| (function, &rest[1..]))
}

/// What follows the argument at the start.
fn argument(text: &str, depth: usize) -> Option<&str> {
    if let Some(inner) = text.strip_prefix('\'') {
        return string(inner);
    }
    if text.starts_with("States.") {
        return call(text, depth + 1).map(|(_, rest)| rest);
    }
    let end = end_of_word(text);
    let word = text[..end].trim_end();
    let known = matches!(word, "true" | "false" | "null") || word.parse::<f64>().is_ok() || path::path(word).is_some();
    known.then_some(&text[end..])
}

/// What follows the string whose opening quote is already gone. Only these four characters can be escaped.
fn string(text: &str) -> Option<&str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Some(&text[at + 1..]),
            '\\' if !matches!(chars.next(), Some((_, '\'' | '\\' | '{' | '}'))) => return None,
            _ => {}
        }
    }
    None
}

/// Where a path or number ends: at a comma or parenthesis that stands in no bracket or quote of its own.
fn end_of_word(text: &str) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, ',' | ')') if depth == 0 => return at,
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_recognized() {
        for text in [
            "States.UUID()",
            "States.Array('Foo', $.xyz, 'Bar', 2.3)",
            "States.Format('{} it\\'s {}', $.a[?(@.b == ','), 0], States.MathAdd( 1, $n ))",
            "States.JsonMerge($.a, $['b'], false)",
            "States.ArrayLength($.a.length())",
        ] {
            assert!(is_call(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            " States.UUID()",
            "States.UUID() ",
            "States.UUID(1)",
            "States.Xyz($.a)",
            "States.Format('\\\"a\\\"')",
            "States.Format('open",
            "States.MathAdd(1 2)",
            "States.MathAdd(1,)",
            "$.a",
        ] {
            assert!(!is_call(text), "{text}");
        }
    }

    #[test]
    fn calls_stand_inside_each_other_ten_deep() {
        let nested = |depth: usize| "States.ArrayLength(".repeat(depth) + "$" + &")".repeat(depth);
        assert!(is_call(&nested(10)));
        assert!(!is_call(&nested(11)));
        assert!(!is_call(&nested(100_000)));
    }
}
