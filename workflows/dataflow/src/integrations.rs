//! The contracts of what workflows call: functions, workers, and other workflows.

use crate::{
    contract::{Contract, text},
    fits::misfits,
    shape::{List, Object, Shape},
};

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
            payload: Some(&["Payload"]),
            result: answer,
            errors: errors.collect(),
            exhaustive: true,
        }
    }

    /// A worker, who gets the arguments as they are and reports errors with JSON in their cause.
    ///
    /// Source: Step Functions developer guide, "Activities"; API reference, `SendTaskFailure`.
    pub fn of_worker(name: &str, input: Shape, output: Shape, errors: Vec<(String, Shape)>) -> Self {
        let errors = errors.into_iter().map(|(error, detail)| {
            let output = Shape::object([("Error", Shape::constant(&error)), ("Cause", Shape::json(detail))]);
            (error, output)
        });
        Self {
            name: name.to_owned(),
            arguments: input,
            payload: Some(&[]),
            result: output,
            errors: errors.collect(),
            exhaustive: true,
        }
    }

    /// An execution that is started through `arn:aws:states:::states:startExecution` and not waited for.
    ///
    /// Source: API reference, `StartExecution`.
    pub fn of_start(name: &str, input: Shape) -> Self {
        let result = Shape::object([
            ("ExecutionArn", text(256)),
            ("StartDate", text(35).join(Shape::number())),
            ("SdkHttpMetadata", metadata()),
            ("SdkResponseMetadata", metadata()),
        ]);
        // Without an input, an execution gets an empty object.
        let may_be_left_out = misfits(&Shape::object([]), &input).is_empty();
        let input = if may_be_left_out { input.or_missing() } else { input };
        let arguments = Shape::object([
            ("StateMachineArn", text(256)),
            ("Name", text(80).or_missing()),
            ("Input", input),
            ("TraceHeader", text(256).or_missing()),
        ]);
        Self {
            name: name.to_owned(),
            arguments,
            payload: None,
            result,
            errors: Vec::new(),
            exhaustive: false,
        }
    }

    /// An execution that is started and waited for: through `startExecution.sync:2`, which gives its output, or through
    /// `startExecution.sync`, which gives it as text.
    ///
    /// Source: Step Functions developer guide, "Start a new AWS Step Functions state machine from a running execution"; API
    /// reference, `DescribeExecution`.
    pub fn of_run(name: &str, input: Shape, output: Shape, as_text: bool) -> Self {
        let output = if as_text { Shape::json(output) } else { output };
        let result = Shape::object([
            ("ExecutionArn", text(256)),
            ("Name", text(80)),
            ("Output", output),
            ("StateMachineArn", text(256)),
            ("Status", Shape::constant("SUCCEEDED")),
            ("StartDate", text(35).join(Shape::number())),
            ("StopDate", text(35).join(Shape::number())),
        ]);
        Self {
            result: result.opened(),
            ..Self::of_start(name, input)
        }
    }
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
