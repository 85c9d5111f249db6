//! `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat`.

use std::sync::Arc;

use engine::{Event, TaskId};
use serde_json::json;

use super::error::ApiError;
use super::json_text::{self, DATA_BYTES};
use super::operations::Answer;
use super::parameters::Parameters;
use crate::host::{Host, TokenError};

/// The longest token. Source: API reference, `SendTaskSuccess`, `taskToken`.
const TOKEN_CHARS: usize = 2_048;

/// `SendTaskSuccess`.
pub(super) async fn success(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let token = parameters.text("taskToken", 1, TOKEN_CHARS);
    let output = parameters.text("output", 0, DATA_BYTES);
    parameters.check()?;
    if !could_be_a_token(&token) {
        return Err(ApiError::invalid_token());
    }
    if json_text::problem(&output).is_some() {
        return Err(ApiError::new("InvalidOutput", format!("Invalid Output: '{output}'")));
    }
    answer(&host, &token, |task| Event::TaskSucceeded { task, output }).await
}

/// `SendTaskFailure`.
pub(super) async fn failure(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let token = parameters.text("taskToken", 1, TOKEN_CHARS);
    let error = parameters.optional_text("error", 0, 256);
    let cause = parameters.optional_text("cause", 0, 32_768);
    parameters.check()?;
    answer(&host, &token, |task| Event::TaskFailed { task, error, cause }).await
}

/// `SendTaskHeartbeat`.
pub(super) async fn heartbeat(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let token = parameters.text("taskToken", 1, TOKEN_CHARS);
    parameters.check()?;
    answer(&host, &token, |task| Event::TaskHeartbeat { task }).await
}

async fn answer(host: &Arc<Host>, token: &str, event: impl FnOnce(TaskId) -> Event) -> Answer {
    match host.answer(token, event).await {
        Ok(()) => Ok(json!({})),
        Err(TokenError::Over) if could_be_a_token(token) => Err(ApiError::new(
            "TaskTimedOut",
            "Task Timed Out: 'Provided task does not exist anymore'",
        )),
        Err(TokenError::Over) => Err(ApiError::invalid_token()),
        Err(TokenError::Host(error)) => Err(error.into()),
    }
}

/// Tokens are long and of few kinds of characters; anything else was never one.
fn could_be_a_token(token: &str) -> bool {
    token.len() >= 32
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=-_.".contains(&b))
}
