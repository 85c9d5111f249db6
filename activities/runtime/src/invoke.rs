//! One call of an activity: payload in, answer or wire error out.

use std::{
    error::Error as _,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Instant,
};

use async_trait::async_trait;
use contracts::activity_errors;
use expr::{Activity, ActivityError};
use tracing::{Instrument, Span, error, error_span, field, info, warn};

use crate::{Failure, Handler, Infrastructure, Invocation, Subject, WireError, input::decode};

/// Calls a handler as Lambda and the local engine both do.
///
/// A payload that does not deserialise is `Activity.InvalidInput`, a declared error travels under its name with its
/// fields, a failure of the surroundings is one of [`activity_errors`], a panic is `Activity.Panicked` without its text.
/// Logs one line when it is done, and ties all lines of the handler to message, correlation and request.
pub async fn invoke<H: Handler>(handler: &H, payload: &[u8], invocation: &Invocation) -> Result<Vec<u8>, WireError> {
    let started = Instant::now();
    let (span, called) = match decode(payload) {
        Ok(input) => (
            span::<H>(invocation, &H::subject(&input)),
            Ok(begin(handler, input, invocation)),
        ),
        Err(error) => (span::<H>(invocation, &Subject::default()), Err(error)),
    };
    async {
        let result = match called {
            Ok(None) => answer::<Output<H>, Error<H>>(None),
            Ok(Some(running)) => answer(caught(running).await),
            Err(error) => Err(refused(error)),
        };
        let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let error = result.as_ref().err().map(|error| error.error_type);
        info!(duration_ms, error, "activity ended");
        result
    }
    .instrument(span)
    .await
}

type Input<H> = <<H as Handler>::Activity as Activity>::Input;
type Output<H> = <<H as Handler>::Activity as Activity>::Output;
type Error<H> = <<H as Handler>::Activity as Activity>::Error;

/// [`invoke`] for hosts that keep several handlers in one map.
#[async_trait]
pub trait Invoke: Send + Sync {
    /// The name of the contract, for example `DeliverMessage`.
    fn name(&self) -> &'static str;

    /// Calls the handler: see [`invoke`].
    async fn invoke(&self, payload: &[u8], invocation: &Invocation) -> Result<Vec<u8>, WireError>;
}

#[async_trait]
impl<H: Handler> Invoke for H {
    fn name(&self) -> &'static str {
        H::Activity::NAME
    }

    async fn invoke(&self, payload: &[u8], invocation: &Invocation) -> Result<Vec<u8>, WireError> {
        invoke(self, payload, invocation).await
    }
}

fn span<H: Handler>(invocation: &Invocation, subject: &Subject) -> Span {
    // At the highest level, so that its fields stand on error lines even where `LOG_LEVEL` hides everything else.
    error_span!(
        "activity",
        activity = H::Activity::NAME,
        request_id = %invocation.request_id,
        message_id = subject.message_id.as_deref().map(field::display),
        correlation_id = subject.correlation_id.as_deref().map(field::display),
    )
}

/// The handler's future; `None` if it panics before there is one.
fn begin<'a, H: Handler>(
    handler: &'a H,
    input: Input<H>,
    invocation: &'a Invocation,
) -> Option<impl Future<Output = Result<Output<H>, Failure<Error<H>>>> + Send + 'a> {
    // What a panic leaves behind is dropped with the input; a handler's own locks must survive poisoning.
    catch_unwind(AssertUnwindSafe(|| handler.handle(input, invocation))).ok()
}

/// Runs the future; `None` if it panics.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}

fn answer<O: serde::Serialize, E: ActivityError>(ended: Option<Result<O, Failure<E>>>) -> Result<Vec<u8>, WireError> {
    match ended {
        Some(Ok(output)) => serde_json::to_vec(&output)
            .map_err(|_| refused(WireError::undeclared(activity_errors::FAILED, "the output is no JSON"))),
        Some(Err(failure)) => Err(failed(&failure)),
        None => Err(refused(WireError::undeclared(
            activity_errors::PANICKED,
            "the activity panicked: see its log",
        ))),
    }
}

fn failed<E: ActivityError>(failure: &Failure<E>) -> WireError {
    match failure {
        Failure::Declared(error) => warn!(error = error.error_name(), "{error}"),
        Failure::Infrastructure(failure) => {
            error!(error = failure.kind.error_name(), cause = causes(failure), "{failure}");
        }
    }
    failure.into()
}

fn refused(error: WireError) -> WireError {
    error!(error = error.error_type, "{}", error.error_message);
    error
}

/// The chain of sources in one line; `None` when there is none.
fn causes(failure: &Infrastructure) -> Option<String> {
    let mut chain = Vec::new();
    let mut next = failure.source();
    while let Some(error) = next {
        chain.push(error.to_string());
        next = error.source();
    }
    (!chain.is_empty()).then(|| chain.join(": "))
}

#[cfg(test)]
mod tests;
