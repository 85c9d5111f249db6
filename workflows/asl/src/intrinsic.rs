//! The syntax of intrinsic function calls.
//!
//! Source: Amazon States Language, "Intrinsic Functions"; recorded refusals of AWS for the escapes.

use serde_json::{Number, Value};

use crate::path::Path;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are the language's own: `States.` and the variant's name"
)]
pub enum Function {
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    Base64Encode,
    Base64Decode,
    Hash,
    JsonMerge,
    StringToJson,
    JsonToString,
    MathRandom,
    MathAdd,
    StringSplit,
    Uuid,
    Format,
}

/// A call, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called.
    pub function: Function,
    /// With what: as many as the function takes.
    pub arguments: Vec<Argument>,
    /// The call as it is written.
    pub text: String,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// `'…'`, with its escapes as they are written: in the template of `States.Format`, `{}` and `\\{\\}` differ.
    Text(String),
    /// A number, `true`, `false` or `null`.
    Literal(Value),
    /// A path.
    Path(Path),
    /// Another call.
    Call(Call),
}

/// A function, its name, how many arguments it takes, and whether its result can be a text, as `ErrorPath` and
/// `CausePath` want it.
type Row = (Function, &'static str, usize, usize, bool);

/// As many arguments as one likes.
const ANY: usize = usize::MAX;

const FUNCTIONS: &[Row] = &[
    (Function::Array, "States.Array", 0, ANY, false),
    (Function::ArrayPartition, "States.ArrayPartition", 2, 2, false),
    (Function::ArrayContains, "States.ArrayContains", 2, 2, false),
    (Function::ArrayRange, "States.ArrayRange", 3, 3, false),
    (Function::ArrayGetItem, "States.ArrayGetItem", 2, 2, true),
    (Function::ArrayLength, "States.ArrayLength", 1, 1, false),
    (Function::ArrayUnique, "States.ArrayUnique", 1, 1, false),
    (Function::Base64Encode, "States.Base64Encode", 1, 1, true),
    (Function::Base64Decode, "States.Base64Decode", 1, 1, true),
    (Function::Hash, "States.Hash", 2, 2, true),
    (Function::JsonMerge, "States.JsonMerge", 3, 3, false),
    (Function::StringToJson, "States.StringToJson", 1, 1, false),
    (Function::JsonToString, "States.JsonToString", 1, 1, true),
    (Function::MathRandom, "States.MathRandom", 2, 3, false),
    (Function::MathAdd, "States.MathAdd", 2, 2, false),
    (Function::StringSplit, "States.StringSplit", 2, 2, false),
    (Function::Uuid, "States.UUID", 0, 0, true),
    (Function::Format, "States.Format", 1, ANY, true),
];

impl Function {
    /// The name, with its `States.`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    fn gives_text(self) -> bool {
        self.row().4
    }

    fn row(self) -> &'static Row {
        FUNCTIONS
            .iter()
            .find(|row| row.0 == self)
            .expect("every function has a row")
    }
}

/// How deep calls may stand inside each other. AWS allows ten.
const MAX_DEPTH: usize = 10;

impl Call {
    /// The call that this text is, if it is a well-formed one of a function that exists.
    pub fn parse(text: &str) -> Option<Self> {
        let (call, rest) = call(text, 0)?;
        rest.is_empty().then_some(call)
    }
}

/// Whether the text is a call whose result can be a text.
pub(crate) fn is_text_call(text: &str) -> bool {
    Call::parse(text).is_some_and(|call| call.function.gives_text())
}

/// A call, and what follows it.
fn call(text: &str, depth: usize) -> Option<(Call, &str)> {
    let open = text.find('(')?;
    let (function, _, least, most, _) = FUNCTIONS.iter().find(|row| row.1 == &text[..open])?;
    if depth == MAX_DEPTH {
        return None;
    }
    let mut rest = text[open + 1..].trim_start();
    let mut arguments = Vec::new();
    while !rest.starts_with(')') {
        if !arguments.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
        let (argument, after) = argument(rest, depth)?;
        arguments.push(argument);
        rest = after.trim_start();
    }
    let rest = &rest[1..];
    (*least..=*most).contains(&arguments.len()).then(|| {
        let call = Call {
            function: *function,
            arguments,
            text: text[..text.len() - rest.len()].to_owned(),
        };
        (call, rest)
    })
}

/// The argument at the start, and what follows it.
fn argument(text: &str, depth: usize) -> Option<(Argument, &str)> {
    if let Some(inner) = text.strip_prefix('\'') {
        let end = string_end(inner)?;
        return Some((Argument::Text(inner[..end].to_owned()), &inner[end + 1..]));
    }
    if text.starts_with("States.") {
        return call(text, depth + 1).map(|(call, rest)| (Argument::Call(call), rest));
    }
    let end = end_of_word(text);
    word(text[..end].trim_end()).map(|argument| (argument, &text[end..]))
}

fn word(word: &str) -> Option<Argument> {
    let literal = match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        word => match number(word) {
            Some(number) => Value::Number(number),
            None => return Path::parse(word).map(Argument::Path),
        },
    };
    Some(Argument::Literal(literal))
}

/// A number as JSON writes it, or one that only Rust would write so (`+1`, `.5`).
fn number(word: &str) -> Option<Number> {
    serde_json::from_str(word)
        .ok()
        .or_else(|| word.parse().ok().and_then(Number::from_f64))
}

/// Where the string closes whose opening quote is already gone. Only these four characters can be escaped.
fn string_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Some(at),
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

    fn is_call(text: &str) -> bool {
        Call::parse(text).is_some()
    }

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
