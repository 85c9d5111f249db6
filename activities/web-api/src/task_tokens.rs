//! Tasks that wait for an answer in Step Functions.

use api::{PortError, TaskTokens};
use async_trait::async_trait;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::ProvideErrorMetadata as _;

/// Answers tasks by `SendTaskSuccess`.
#[derive(Clone, Debug)]
pub struct SfnTaskTokens(pub Client);

/// What a repetition does not mend. Source: Step Functions API reference, `SendTaskSuccess` and "Common Errors".
const LASTING: [&str; 4] = [
    "AccessDeniedException",
    "InvalidOutput",
    "UnrecognizedClientException",
    "ValidationException",
];

#[async_trait]
impl TaskTokens for SfnTaskTokens {
    async fn succeed(&self, token: &str, output: &str) -> Result<bool, PortError> {
        let answer = self.0.send_task_success().task_token(token).output(output).send().await;
        let Err(error) = answer else { return Ok(true) };
        match error.code() {
            // It is over, it never was, or it is no token.
            Some("TaskTimedOut" | "TaskDoesNotExist" | "InvalidToken") => Ok(false),
            code => Err(PortError {
                what: "SendTaskSuccess",
                detail: code.unwrap_or("no answer").to_owned(),
                retryable: code.is_none_or(|code| !LASTING.contains(&code)),
            }),
        }
    }
}
