//! What is known from outside: the machine's input and output, and what its tasks call.

use serde_json::Value;

use crate::shape::{Shape, Text};

/// A call of something whose contract is known.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name, as people know it.
    pub name: String,
    /// What `Arguments` (or `Parameters`) must be.
    pub arguments: Shape,
    /// The fields that lead to the part of the arguments that the author designed, every field of which is to be given:
    /// `Payload` of a Lambda function, none for a worker, who gets the arguments as they are. `None`: there is no such part.
    pub payload: Option<&'static [&'static str]>,
    /// What `$states.result` is.
    pub result: Shape,
    /// The errors it declares: the names they have on the wire, and what the error output is then.
    pub errors: Vec<(String, Shape)>,
    /// Whether `errors` are all it raises by itself, each of which wants a decision of its own.
    pub exhaustive: bool,
}

/// What is known about a machine from outside. Nothing, by default.
pub struct Knowledge<'a> {
    /// The input of executions.
    pub input: Shape,
    /// What their output must be.
    pub output: Shape,
    /// The contract of what a task calls, by its resource and its arguments.
    pub contract: &'a dyn Fn(&str, &Value) -> Option<Contract>,
    /// Whether every error of a task, a branch or an iteration must be caught, by the state or by one around it: no execution may then end without having said what becomes of it.
    pub every_error_is_caught: bool,
    /// Whether a call must give every field of the payload, the optional ones too, if only as `null`.
    pub every_field_is_given: bool,
}

impl Default for Knowledge<'_> {
    fn default() -> Self {
        Self {
            input: Shape::Any,
            output: Shape::Any,
            contract: &|_, _| None,
            every_error_is_caught: false,
            every_field_is_given: false,
        }
    }
}

impl std::fmt::Debug for Knowledge<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Knowledge")
            .field("input", &self.input)
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

/// A text of at most so many characters.
pub(crate) fn text(longest: u64) -> Shape {
    Text {
        longest: Some(longest),
        ..Text::default()
    }
    .into()
}
