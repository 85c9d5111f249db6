//! What is known from outside: the machine's input and output, and what its tasks call.

use serde_json::Value;

use crate::shape::{List, Object, Shape, Text};

/// A call of something whose contract is known.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name, as people know it.
    pub name: String,
    /// What `Arguments` (or `Parameters`) must be.
    pub arguments: Shape,
    /// Where in the arguments the payload stands that the author designed: `Payload` of a Lambda function.
    pub payload: Option<&'static str>,
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
    /// Whether a task must catch every error: no execution may then end without having said what becomes of it.
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

impl Contract {
    /// A Lambda function called through `arn:aws:states:::lambda:invoke`, whose errors carry JSON in `errorMessage`.
    ///
    /// Source: Step Functions developer guide, "Invoke an AWS Lambda function with Step Functions".
    pub fn of_lambda(name: &str, payload: Shape, result: Shape, errors: Vec<(String, Shape)>) -> Self {
        let arguments = Shape::object([
            ("FunctionName", text(256)),
            ("Payload", payload),
            ("Qualifier", text(128).or_missing()),
            ("ClientContext", text(3_583).or_missing()),
            ("InvocationType", text(16).or_missing()),
            ("LogType", text(8).or_missing()),
        ]);
        let answer = Shape::object([
            ("Payload", result),
            ("StatusCode", Shape::number()),
            ("ExecutedVersion", text(32).or_missing()),
            ("SdkHttpMetadata", metadata()),
            ("SdkResponseMetadata", metadata()),
            ("LogResult", text(8_192).or_missing()),
            ("FunctionError", text(16).or_missing()),
        ]);
        let errors = errors.into_iter().map(|(error, detail)| {
            let cause = Shape::object([
                ("errorType", Shape::constant(&error)),
                ("errorMessage", Shape::json(detail)),
                ("trace", traces()),
                ("stackTrace", traces()),
                ("requestId", text(64).or_missing()),
            ]);
            let output = Shape::object([("Error", Shape::constant(&error)), ("Cause", Shape::json(cause))]);
            (error, output)
        });
        Self {
            name: name.to_owned(),
            arguments,
            payload: Some("Payload"),
            result: answer,
            errors: errors.collect(),
            exhaustive: true,
        }
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

/// The lines of a stack trace: what is cut off with `Cause` is not counted here.
fn traces() -> Shape {
    let list = List {
        most: Some(32),
        ..List::of(text(256))
    };
    Shape::from(list).or_missing()
}

/// What the SDK adds to an answer: headers and a request id, which nobody reads and whose size AWS does not state. Those
/// recorded are below a kilobyte.
fn metadata() -> Shape {
    Object {
        open: true,
        most_bytes: Some(4_096),
        ..Object::default()
    }
    .into()
}
