//! Task runners: what calls a task's resource.
//!
//! | resource | runner |
//! |---|---|
//! | a Lambda function whose binary is in the directory of `--lambda-binaries` | [`process`]: a process of its own |
//! | a Lambda function that is linked into this binary | [`linked`] |
//! | any other Lambda function | [`lambda`]: the Invoke protocol at `--lambda-endpoint` |
//! | `sqs:sendMessage` | [`sqs`]: the local queue |
//! | `sns:publish` | [`sns`]: the local topic |
//! | `dynamodb:getItem`, `putItem`, `updateItem`, `deleteItem` | [`dynamodb`]: the embedded DynamoDB |
//! | `states:startExecution` | [`nested`]: the engine itself |
//! | `aws-sdk:sfn:*` | [`sdk_sfn`]: this server's own operations |
//! | everything else | fails and says what to configure |

mod call;
mod dynamodb;
mod failure;
mod functions;
mod lambda;
mod linked;
mod metadata;
pub(crate) mod nested;
mod permission;
mod process;
mod resource;
mod sdk_sfn;
mod sns;
mod sqs;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use engine::{Event, Integration, TaskRequest};
use futures_util::FutureExt;
use journal::{Batch, ExecutionId};

use crate::host::Host;

pub(crate) use call::Call;
pub(crate) use dynamodb::DynamoDb;
pub(crate) use failure::TaskFailure;
pub(crate) use functions::Runners;
pub(crate) use lambda::LambdaEndpoint;
pub(crate) use linked::{Linked, function_name};

/// What a call gave: its result as JSON text, and what becomes durable together with it.
pub(crate) struct Answer {
    pub(crate) output: String,
    pub(crate) batch: Batch,
}

impl Answer {
    pub(crate) fn new(output: impl Into<String>) -> Self {
        Self {
            output: output.into(),
            batch: Batch::new(),
        }
    }
}

/// Calls a task's resource.
pub(crate) async fn run(
    host: &Arc<Host>,
    execution: ExecutionId,
    request: &TaskRequest,
    repeated: bool,
) -> (Event, Batch) {
    let call = Call {
        host,
        execution,
        request,
        repeated,
    };
    let task = request.task;
    let waits = matches!(request.integration, Integration::Sync | Integration::WaitForTaskToken);
    // A panic is a fault of one runner: the task fails, and everything else goes on.
    let answered = AssertUnwindSafe(resource::dispatch(call)).catch_unwind().await;
    let answered = answered.unwrap_or_else(|_| {
        tracing::error!(
            execution = execution.0,
            resource = request.resource,
            "a runner panicked"
        );
        Err(TaskFailure::new(
            "States.TaskFailed",
            "What runs this task on this machine failed unexpectedly.",
        ))
    });
    match answered {
        Ok(Answer { output, batch }) if waits => (Event::TaskSubmitted { task, output }, batch),
        Ok(Answer { output, batch }) => (Event::TaskSucceeded { task, output }, batch),
        Err(TaskFailure { error, cause }) => (
            Event::TaskFailed {
                task,
                error: Some(error),
                cause: Some(cause),
            },
            Batch::new(),
        ),
    }
}
