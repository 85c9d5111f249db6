//! Lambda functions that run as processes of this machine.

use std::time::Duration;

use functions::{Function, Invocation, InvokeError};
use serde_json::json;

use super::lambda::{Cause, function_error};
use super::{Call, TaskFailure};

/// What a failure is called that nobody declares: these count for the alarm on functions.
const UNDECLARED: [&str; 4] = ["Activity.", "Function.", "Runtime.", "Sandbox."];

/// How far apart two processes hear of a signal that is meant for both.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// Calls a function as Lambda does.
pub(super) async fn call(
    function: &Function,
    payload: &str,
    cause: Cause,
    call: &Call<'_>,
) -> Result<String, TaskFailure> {
    let place = call.place().await;
    let invocation = Invocation {
        request_id: uuid::Uuid::new_v4().to_string(),
        payload: payload.to_owned(),
        trace: Some(place.map_or_else(|| untraced(call), |place| place.header(call.request.scheduled))),
        client_context: call.repeated.then(repeated),
    };
    match function.invoke(invocation).await {
        Ok(answer) => Ok(answer),
        Err(InvokeError::Function(payload)) => Err(failed(&payload, cause, call)),
        // A service manager may end the server and its functions by the same signal: then this is no answer either.
        Err(InvokeError::Terminated(payload)) => match tokio::time::timeout(SAME_SIGNAL, call.host.draining()).await {
            Ok(()) => std::future::pending().await,
            Err(_) => Err(failed(&payload, cause, call)),
        },
        Err(too_large @ InvokeError::TooLarge(_)) => Err(TaskFailure::service(
            "Lambda.RequestTooLargeException",
            "AWSLambda",
            413,
            "RequestTooLargeException",
            &too_large.to_string(),
            &uuid::Uuid::new_v4().to_string(),
        )),
        // The server stops. That is no answer: the call is called off like any other, and repeated after the next start.
        Err(InvokeError::Ended) => std::future::pending().await,
    }
}

fn failed(payload: &str, cause: Cause, call: &Call<'_>) -> TaskFailure {
    let failure = function_error(payload, cause);
    if UNDECLARED.iter().any(|kind| failure.error.starts_with(kind)) {
        call.host.meters.recent.function_failed();
    }
    failure
}

/// Tells a function that the call may have been made before, by a server that ended: Step Functions never does so, and its
/// callers of Lambda give no context.
fn repeated() -> String {
    json!({ "custom": { (activity_runtime::REPEATED): "true" } }).to_string()
}

/// Lambda always gives a trace. Source: AWS X-Ray Developer Guide, "Tracing header".
fn untraced(call: &Call<'_>) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("Root=1-{:08x}-{};Sampled=0", call.host.now().as_second(), &id[..24])
}
