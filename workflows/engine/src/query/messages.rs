//! The evaluator's errors in the words of the reference implementation, which are AWS's.

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::error_code_prefix;

use super::{Problem, bounds};

/// What an error text of the evaluator says.
pub(super) fn problem(text: &str, _ast: &AstNode) -> Problem {
    if text == bounds::MEMORY_TEXT {
        return Problem::Limit(bounds::MEMORY_TEXT);
    }
    let (code, message) = match error_code_prefix(text) {
        Some(code) => (code, text[code.len() + 1..].trim_start()),
        None => ("D3137", text),
    };
    bounds::limit(code).unwrap_or_else(|| Problem::Threw {
        code: code.to_owned(),
        message: fixed(code).unwrap_or(message).to_owned(),
    })
}

/// The texts that name no value.
fn fixed(code: &str) -> Option<&'static str> {
    Some(match code {
        "T1006" => "Attempted to invoke a non-function",
        _ => return None,
    })
}
