//! The activities that are linked into this binary.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use activity_runtime::{Invocation, Invoke};
use opentelemetry::Context;
use opentelemetry::trace::FutureExt as _;
use serde_json::json;

use super::{Call, TaskFailure};
use crate::host::Line;

/// How long an activity may take: more than any of its Lambda functions is given.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Activities by the name that stands in the ARN of their Lambda function, each with the line that its calls wait in.
#[derive(Clone, Default)]
pub(crate) struct Linked {
    functions: BTreeMap<String, (Line, Arc<dyn Invoke>)>,
}

impl std::fmt::Debug for Linked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.functions.keys()).finish()
    }
}

impl Linked {
    /// Each under its function's name: `DeliverMessage` is the function `deliver-message`.
    pub(crate) fn new(activities: Vec<(Line, Arc<dyn Invoke>)>) -> Self {
        Self {
            functions: activities
                .into_iter()
                .map(|(line, activity)| (function_name(activity.name()), (line, activity)))
                .collect(),
        }
    }

    pub(crate) fn function(&self, name: &str) -> Option<&Arc<dyn Invoke>> {
        self.functions.get(name).map(|(_, activity)| activity)
    }

    pub(crate) fn line(&self, name: &str) -> Option<Line> {
        self.functions.get(name).map(|(line, _)| *line)
    }
}

/// Calls an activity as Lambda would: the same answers, the same errors.
pub(super) async fn call(function: &dyn Invoke, payload: &str, call: &Call<'_>) -> Result<String, TaskFailure> {
    let invocation = Invocation {
        request_id: call.id(),
        deadline: call.host.now().checked_add(TIMEOUT).ok(),
        repeated: call.repeated,
    };
    let place = call.place().await;
    let within = place.map_or_else(Context::new, |place| place.within(call.request.scheduled));
    let invoked = function.invoke(payload.as_bytes(), &invocation).with_context(within);
    let answered = tokio::time::timeout(TIMEOUT, invoked).await;
    match answered {
        Ok(Ok(answer)) => String::from_utf8(answer).map_err(|_| TaskFailure::runtime("The activity answered no text")),
        Ok(Err(error)) => {
            // What an activity declares is an answer: the alarm on functions is for what it does not.
            if error.error_type.starts_with("Activity.") {
                call.host.meters.recent.function_failed();
            }
            Err(failed(error.error_type, &error.error_message))
        }
        // Source: what Lambda answers for a function that it has stopped.
        Err(_) => {
            call.host.meters.recent.function_failed();
            let message = format!("Error: Task timed out after {}.00 seconds", TIMEOUT.as_secs());
            Err(failed("Sandbox.Timedout", &message))
        }
    }
}

fn failed(error: &str, message: &str) -> TaskFailure {
    TaskFailure::new(
        error,
        json!({ "errorType": error, "errorMessage": message }).to_string(),
    )
}

/// `DeliverMessage` is `deliver-message`.
pub(crate) fn function_name(name: &str) -> String {
    let mut kebab = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::function_name;

    #[test]
    fn a_contract_names_its_function() {
        assert_eq!(function_name("DeliverMessage"), "deliver-message");
        assert_eq!(function_name("PersistMessage"), "persist-message");
    }
}
