//! The token by which a waiting task is answered.

use serde::{Deserialize, Serialize};

use crate::shape::plain;

/// The token of a task that waits: whoever has it ends the task with `SendTaskSuccess` or `SendTaskFailure`. On the wire it
/// is a text of up to 2,048 characters that nobody reads anything from.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskToken(pub String);

plain! { "string": TaskToken; }
