//! What `CreateStateMachine` refuses in an expression.
//!
//! The parser's errors are worded as the reference implementation words them, which is how AWS reports them, without their
//! code. The unsupported references are AWS's own rule; both were measured in public issues (floci-io/floci #2670, #2745).

use jsonata_core::ast::{AstNode, BinaryOp};
use jsonata_core::parser::ParserError;

use super::children::{any, each_child};
use super::error::FindingKind;
use super::messages::split_code;

/// Why an expression is refused.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) kind: FindingKind,
    pub(super) code: Option<Box<str>>,
    pub(super) message: String,
}

impl SyntaxError {
    fn unsupported(message: String) -> Self {
        Self {
            kind: FindingKind::Unsupported,
            code: None,
            message,
        }
    }
}

impl From<&ParserError> for SyntaxError {
    fn from(error: &ParserError) -> Self {
        let text = match error {
            ParserError::InvalidSyntax(text) | ParserError::InvalidNumber(text) => text.clone(),
            ParserError::UnclosedComment => "S0106: Comment has no closing tag".to_owned(),
            other => other.to_string(),
        };
        let (code, message) = split_code(&text).map_or((None, text.as_str()), |(code, text)| (Some(code), text));
        Self {
            kind: FindingKind::Invalid,
            code: code.map(Box::from),
            message: with_symbols(message),
        }
    }
}

/// The words that the parser puts before and after the name of a token.
const AROUND_TOKENS: [(&str, &str); 5] = [
    ("The symbol ", " cannot"),
    ("Expected ", ","),
    (", got ", ""),
    ("Expected ", " before"),
    ("Syntax error: ", ""),
];

/// A message with its tokens as they are written in an expression.
fn with_symbols(message: &str) -> String {
    AROUND_TOKENS
        .iter()
        .fold(message.to_owned(), |message, (before, after)| {
            let Some(start) = message.find(before).map(|at| at + before.len()) else {
                return message;
            };
            let rest = &message[start..];
            let end = if after.is_empty() {
                Some(rest.len())
            } else {
                rest.find(after)
            };
            let Some(token) = end.map(|end| &rest[..end]) else {
                return message;
            };
            format!("{}{}{}", &message[..start], symbol(token), &rest[token.len()..])
        })
}

/// What the parser's name of a token stands for: a quoted symbol, or the value of a literal.
fn symbol(token: &str) -> String {
    let written = match token {
        "At" => "@",
        "Ampersand" => "&",
        "Caret" => "^",
        "Colon" => ":",
        "ColonEqual" => ":=",
        "Comma" => ",",
        "Dot" => ".",
        "DotDot" => "..",
        "Equal" => "=",
        "GreaterThan" => ">",
        "GreaterThanOrEqual" => ">=",
        "Hash" => "#",
        "LeftBrace" => "{",
        "LeftBracket" => "[",
        "LeftParen" => "(",
        "LessThan" => "<",
        "LessThanOrEqual" => "<=",
        "NotEqual" => "!=",
        "Pipe" => "|",
        "Plus" => "+",
        "Question" => "?",
        "RightBrace" => "}",
        "RightBracket" => "]",
        "RightParen" => ")",
        "Semicolon" => ";",
        "Slash" => "/",
        "TildeArrow" => "~>",
        other => return literal(other),
    };
    format!("\"{written}\"")
}

/// `Identifier("a")`, `String("a")` and `Number(1.0)` without what is around the value.
fn literal(token: &str) -> String {
    let value = token.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    value
        .map_or(token, |value| value.strip_suffix(".0").unwrap_or(value))
        .to_owned()
}

/// What is parsed but refused all the same.
pub(super) fn refused(ast: &AstNode) -> Option<SyntaxError> {
    newer_operator(ast).or_else(|| unsupported(ast))
}

/// `??` and `?:` came with JSONata 2.1; Step Functions has 2.0.6.
fn newer_operator(ast: &AstNode) -> Option<SyntaxError> {
    let is = |op, node: &AstNode| matches!(node, AstNode::Binary { op: found, .. } if *found == op);
    let operators = [(BinaryOp::Coalesce, "?"), (BinaryOp::Default, ":")];
    let (_, symbol) = operators.into_iter().find(|(op, _)| any(ast, &|node| is(*op, node)))?;
    Some(SyntaxError {
        kind: FindingKind::Invalid,
        code: Some("S0211".into()),
        message: format!("The symbol \"{symbol}\" cannot be used as a unary operator"),
    })
}

/// A reference to the context item, of which there is none: `$$` anywhere, a name or `$` that begins a path.
fn unsupported(ast: &AstNode) -> Option<SyntaxError> {
    if any(ast, &|node| matches!(node, AstNode::ParentVariable(_))) {
        return Some(SyntaxError::unsupported(
            "Reference to '$$' is not supported.".to_owned(),
        ));
    }
    let name = top_level_reference(ast)?;
    Some(SyntaxError::unsupported(format!(
        "Reference to '{name}' at the top level is not supported."
    )))
}

/// The first reference that is read against the context of the whole expression. Later steps of a path, filters, sort terms,
/// groupings and transforms have a context of their own; a function's body has that of the place where it is written.
fn top_level_reference(node: &AstNode) -> Option<&str> {
    match node {
        AstNode::Name(name) => Some(name),
        AstNode::Variable(name) if name.is_empty() => Some("$"),
        AstNode::Path { steps } => top_level_reference(&steps.first()?.node),
        AstNode::ObjectTransform { input, .. } | AstNode::Sort { input, .. } => top_level_reference(input),
        AstNode::Transform { .. } => None,
        _ => {
            let mut found = None;
            each_child(node, &mut |child| found = found.or_else(|| top_level_reference(child)));
            found
        }
    }
}
