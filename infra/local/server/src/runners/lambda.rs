//! Lambda functions: those that run as processes of this machine, those linked into this binary, and all others by the
//! Invoke protocol.

mod endpoint;
mod failure;

use serde_json::{Map, Value, json};

use self::endpoint::LOG_RESULT;
use super::call::text_parameter;
use super::{Answer, Call, TaskFailure, linked, metadata, process};
use crate::addresses;

pub(crate) use self::endpoint::LambdaEndpoint;
pub(super) use self::failure::{Cause, function_error};

/// A call of a function, whoever runs it.
struct Invocation {
    function: String,
    qualifier: Option<String>,
    event: bool,
    log_tail: bool,
    payload: String,
    cause: Cause,
}

/// What a function answered.
struct Invoked {
    payload: String,
    status: u16,
    headers: Vec<(&'static str, String)>,
    request_id: String,
}

/// The function's ARN is the resource: the state's input is the payload, and the payload of the answer is the result.
pub(super) async fn call_function(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let invocation = Invocation {
        function: call.request.resource.clone(),
        qualifier: None,
        event: false,
        log_tail: false,
        payload: call.request.parameters.clone(),
        cause: Cause::Verbatim,
    };
    Ok(Answer::new(invocation.run(call).await?.payload))
}

/// `lambda:invoke`: the result has the payload, the status and the SDK's metadata.
pub(super) async fn invoke(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let parameters = call.parameters()?;
    let invocation = Invocation {
        function: text_parameter(&parameters, "FunctionName")
            .ok_or_else(|| TaskFailure::runtime("The field 'FunctionName' is required but was missing"))?,
        qualifier: text_parameter(&parameters, "Qualifier"),
        event: parameters.get("InvocationType").and_then(Value::as_str) == Some("Event"),
        log_tail: parameters.get("LogType").and_then(Value::as_str) == Some("Tail"),
        payload: payload(&parameters),
        cause: Cause::Compact,
    };
    let invoked = invocation.run(call).await?;
    let mut result = Map::new();
    if !invocation.event {
        result.insert("ExecutedVersion".to_owned(), json!("$LATEST"));
    }
    if let Some((_, log)) = invoked.headers.iter().find(|(name, _)| *name == LOG_RESULT) {
        result.insert("LogResult".to_owned(), json!(log));
    }
    let payload = serde_json::from_str(&invoked.payload).unwrap_or(Value::String(invoked.payload));
    result.insert("Payload".to_owned(), payload);
    metadata::add(&mut result, &invoked.headers, &invoked.request_id);
    result.insert("StatusCode".to_owned(), json!(invoked.status));
    Ok(Answer::new(Value::Object(result).to_string()))
}

/// What the function gets. A payload that is `null` is none at all, and without one the event is an empty object.
///
/// Source: recorded histories; Lambda API reference, `Invoke`.
fn payload(parameters: &Map<String, Value>) -> String {
    parameters
        .get("Payload")
        .filter(|payload| !payload.is_null())
        .map_or_else(|| "{}".to_owned(), Value::to_string)
}

impl Invocation {
    async fn run(&self, call: Call<'_>) -> Result<Invoked, TaskFailure> {
        let (runners, name) = (call.host.runners(), addresses::function_name(&self.function));
        let answered = if let Some(function) = runners.binaries.function(name) {
            process::call(function, &self.payload, self.cause, &call).await
        } else if let Some(function) = runners.linked.function(name) {
            linked::call(function.as_ref(), &self.payload, &call).await
        } else {
            let endpoint = runners.lambda.as_ref().ok_or_else(|| not_configured(name))?;
            return endpoint.invoke(self, name).await;
        };
        if self.event {
            return Ok(taken(name, answered, &call));
        }
        let mut answer = answer_of_here(200, answered?, &call);
        answer.headers.push(("X-Amz-Executed-Version", "$LATEST".to_owned()));
        Ok(answer)
    }

    fn qualified_arn(&self, name: &str) -> String {
        format!(
            "{}:{}",
            addresses::function_arn(name),
            self.qualifier.as_deref().unwrap_or("$LATEST")
        )
    }
}

/// Lambda answers to an event that it has taken, whatever becomes of it. It keeps the event; here the task is what is kept, so
/// that the answer comes when the function has ended.
///
/// Source: Lambda Developer Guide, "Invoking a Lambda function asynchronously".
fn taken(name: &str, answered: Result<String, TaskFailure>, call: &Call<'_>) -> Invoked {
    if let Err(failure) = answered {
        // Its cause may quote the event.
        tracing::warn!(
            function = name,
            error = failure.error,
            "an event has failed, and nobody waits for it"
        );
    }
    answer_of_here(202, String::new(), call)
}

fn answer_of_here(status: u16, payload: String, call: &Call<'_>) -> Invoked {
    let request_id = uuid::Uuid::now_v7().to_string();
    Invoked {
        headers: metadata::local_headers("application/json", payload.len(), &request_id, call.host.now()),
        payload,
        status,
        request_id,
    }
}

fn not_configured(name: &str) -> TaskFailure {
    TaskFailure::new(
        "Lambda.SdkClientException",
        format!(
            "The function {name} is not part of this program: set --lambda-binaries to where its binary lies, or \
             --lambda-endpoint to where it can be invoked."
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::payload;

    #[test]
    fn a_payload_of_null_is_none() {
        for (parameters, sent) in [
            (json!({}), "{}"),
            (json!({ "Payload": null }), "{}"),
            (json!({ "Payload": "text" }), "\"text\""),
            (json!({ "Payload": { "a": [null] } }), r#"{"a":[null]}"#),
        ] {
            assert_eq!(payload(parameters.as_object().unwrap()), sent);
        }
    }
}
