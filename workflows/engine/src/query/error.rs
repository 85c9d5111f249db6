//! What can go wrong with an expression, in AWS's words.

use std::fmt;

use serde_json::Value;

/// An expression that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxFinding {
    /// Where the expression stands, from the template's root: a JSON pointer such as `/a/b/0`.
    pub pointer: String,
    /// The field as AWS names it in texts, for example `Output/a/b[0]`.
    pub location: String,
    /// The expression without its delimiters.
    pub expression: String,
    /// What kind of finding it is.
    pub kind: FindingKind,
    /// JSONata's code, for example `S0202`, where the parser gave one.
    pub code: Option<Box<str>>,
    /// What is wrong, without the code.
    pub message: String,
}

/// What is wrong with an expression that cannot be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// It is no JSONata.
    Invalid,
    /// It reads what Step Functions has not: a context item.
    Unsupported,
}

impl FindingKind {
    /// The code of the diagnostic that `ValidateStateMachineDefinition` gives.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "INVALID_JSONATA_EXPRESSION",
            Self::Unsupported => "UNSUPPORTED_JSONATA_EXPRESSION",
        }
    }
}

/// An evaluation that failed: `States.QueryEvaluationError`.
///
/// `Display` is AWS's cause without the state that it happened in; [`QueryError::cause_in`] adds that.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryError {
    /// The field, relative to its state: `Output/a/b[0]`, `Choices[1]/Condition`, `Seconds`.
    pub location: String,
    /// The expression without its delimiters; empty when the field holds a literal.
    pub expression: String,
    /// What happened.
    pub problem: Problem,
}

/// Why an evaluation failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The result is undefined, which JSON cannot say.
    Undefined,
    /// The evaluation raised an error of JSONata, for example `T1006` with `Attempted to invoke a non-function`.
    Threw {
        /// JSONata's code.
        code: String,
        /// The text after the code.
        message: String,
    },
    /// The evaluation went past a limit: depth, memory or time.
    Limit(&'static str),
    /// The result is not of the type that the field takes.
    WrongType {
        /// The JSON types that the field takes, for example `array`.
        expected: &'static str,
        /// The JSON type that the expression gave.
        found: &'static str,
        /// What the expression gave, as JSON text.
        value: String,
    },
    /// The result is of the right type but not a value that the field takes. The text is the whole cause.
    OutOfRange(String),
}

impl QueryError {
    /// The error's name.
    pub const NAME: &'static str = "States.QueryEvaluationError";

    /// The cause as `EvaluationFailed` and `ExecutionFailed` carry it, with the state and the id of the event that
    /// entered it.
    pub fn cause_in(&self, state: &str, entered: u64) -> String {
        format!("An error occurred while executing the state '{state}' (entered at the event id #{entered}). {self}")
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Problem::OutOfRange(text) = &self.problem {
            return f.write_str(text);
        }
        let Self {
            location, expression, ..
        } = self;
        write!(
            f,
            "The JSONata expression '{expression}' specified for the field '{location}' "
        )?;
        match &self.problem {
            Problem::Undefined => f.write_str("returned nothing (undefined)."),
            Problem::Threw { code, message } => write!(f, "threw an error during evaluation. {code}: {message}"),
            Problem::Limit(text) => write!(f, "threw an error during evaluation: {text}"),
            Problem::WrongType { expected, found, value } => write!(
                f,
                "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {value}"
            ),
            Problem::OutOfRange(_) => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

/// The JSON type's name as AWS writes it.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
