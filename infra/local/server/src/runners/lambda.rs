//! Lambda functions: those linked into this binary, and all others by the Invoke protocol.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use super::call::text_parameter;
use super::{Answer, Call, TaskFailure, linked, metadata};
use crate::addresses;

/// The longest that a function may run. Source: Lambda developer guide, "Lambda quotas".
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// The header with the end of the function's log, in base 64.
const LOG_RESULT: &str = "X-Amz-Log-Result";

/// Where functions are called.
#[derive(Clone, Debug)]
pub(crate) struct LambdaEndpoint {
    url: String,
    client: reqwest::Client,
}

/// A call of a function, whoever runs it.
struct Invocation {
    function: String,
    qualifier: Option<String>,
    event: bool,
    log_tail: bool,
    payload: String,
    cause: Cause,
}

/// How the cause of a function's own error is written.
///
/// Source: recorded histories.
#[derive(Clone, Copy)]
enum Cause {
    /// As the function's runtime wrote it: where the resource is the function's ARN.
    Verbatim,
    /// Without spaces between its parts: where the resource is `lambda:invoke`.
    Compact,
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
        if let Some(function) = runners.linked.function(name) {
            let payload = linked::call(function.as_ref(), &self.payload, &call).await?;
            return Ok(local_answer(payload, call));
        }
        let endpoint = runners.lambda.as_ref().ok_or_else(|| not_configured(name))?;
        endpoint.invoke(self, name).await
    }

    fn qualified_arn(&self, name: &str) -> String {
        format!(
            "{}:{}",
            addresses::function_arn(name),
            self.qualifier.as_deref().unwrap_or("$LATEST")
        )
    }
}

fn local_answer(payload: String, call: Call<'_>) -> Invoked {
    let request_id = uuid::Uuid::now_v7().to_string();
    let mut headers = metadata::local_headers("application/json", payload.len(), &request_id, call.host.now());
    headers.push(("X-Amz-Executed-Version", "$LATEST".to_owned()));
    Invoked {
        payload,
        status: 200,
        headers,
        request_id,
    }
}

fn not_configured(name: &str) -> TaskFailure {
    TaskFailure::new(
        "Lambda.SdkClientException",
        format!("The function {name} is not part of this program: set --lambda-endpoint to where it can be invoked."),
    )
}

impl LambdaEndpoint {
    /// `url` is what `--endpoint-url` of the AWS CLI would be.
    pub(crate) fn new(url: &str) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(LONGEST_RUN + Duration::from_secs(10))
            .build()?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            client,
        })
    }

    /// Source: Lambda API reference, `Invoke`.
    async fn invoke(&self, invocation: &Invocation, name: &str) -> Result<Invoked, TaskFailure> {
        let qualifier = invocation
            .qualifier
            .as_ref()
            .map_or_else(String::new, |name| format!("?Qualifier={name}"));
        let request = self
            .client
            .post(format!(
                "{}/2015-03-31/functions/{name}/invocations{qualifier}",
                self.url
            ))
            .header("Content-Type", "application/json")
            .header(
                "X-Amz-Invocation-Type",
                if invocation.event { "Event" } else { "RequestResponse" },
            )
            .header("X-Amz-Log-Type", if invocation.log_tail { "Tail" } else { "None" })
            .body(invocation.payload.clone());
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let payload = response.text().await.map_err(|error| unreachable(&error))?;
        let request_id = header(&headers, "x-amzn-requestid").unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        if !(200..300).contains(&status) {
            return Err(service_error(invocation, name, status, &headers, &payload, &request_id));
        }
        if headers.contains_key("x-amz-function-error") {
            return Err(function_error(&payload, invocation.cause));
        }
        Ok(Invoked {
            payload,
            status,
            headers: shown(&headers),
            request_id,
        })
    }
}

/// The function ran and failed: its error's type is the error, what it answered the cause.
///
/// Source: recorded histories; `Lambda.Unknown` from the Step Functions developer guide, "Handle transient Lambda service
/// exceptions".
fn function_error(payload: &str, cause: Cause) -> TaskFailure {
    let Ok(parsed) = serde_json::from_str::<Value>(payload) else {
        return TaskFailure::new("Lambda.Unknown", payload);
    };
    let error = parsed
        .get("errorType")
        .and_then(Value::as_str)
        .unwrap_or("Lambda.Unknown");
    match cause {
        Cause::Verbatim => TaskFailure::new(error, payload),
        Cause::Compact => TaskFailure::new(error, parsed.to_string()),
    }
}

/// Lambda refused the call.
fn service_error(
    invocation: &Invocation,
    name: &str,
    status: u16,
    headers: &HeaderMap,
    payload: &str,
    request_id: &str,
) -> TaskFailure {
    let parsed: Value = serde_json::from_str(payload).unwrap_or_default();
    let code = header(headers, "x-amzn-errortype").unwrap_or_else(|| "ServiceException".to_owned());
    let code = code.split(':').next().unwrap_or_default();
    let message = ["Message", "message"]
        .iter()
        .find_map(|key| parsed.get(key)?.as_str())
        .unwrap_or_default();
    // Step Functions always names the version that it asked for.
    let message = if message == format!("Function not found: {}", addresses::function_arn(name)) {
        format!("Function not found: {}", invocation.qualified_arn(name))
    } else {
        message.to_owned()
    };
    TaskFailure::service(
        &format!("Lambda.{code}"),
        "AWSLambda",
        status,
        code,
        &message,
        request_id,
    )
}

fn unreachable(error: &reqwest::Error) -> TaskFailure {
    let what = if error.is_timeout() {
        "Read timed out"
    } else {
        "the Lambda endpoint cannot be reached"
    };
    TaskFailure::new(
        "Lambda.SdkClientException",
        format!("Unable to execute HTTP request: {what}"),
    )
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The headers that Step Functions shows, in its spelling.
fn shown(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    const SHOWN: [&str; 9] = [
        LOG_RESULT,
        "X-Amz-Executed-Version",
        "x-amzn-Remapped-Content-Length",
        "Connection",
        "x-amzn-RequestId",
        "Content-Length",
        "Date",
        "X-Amzn-Trace-Id",
        "Content-Type",
    ];
    SHOWN
        .iter()
        .filter_map(|name| Some((*name, header(headers, name)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cause, function_error, payload};

    #[test]
    fn a_cause_keeps_its_spaces_where_the_resource_is_the_function() {
        let answer = r#"{"errorMessage": "no", "errorType": "Custom"}"#;
        let (verbatim, compact) = (
            function_error(answer, Cause::Verbatim),
            function_error(answer, Cause::Compact),
        );
        assert_eq!(verbatim.error, "Custom");
        assert_eq!(verbatim.cause, answer);
        assert_eq!(compact.error, "Custom");
        assert_eq!(compact.cause, r#"{"errorMessage":"no","errorType":"Custom"}"#);
    }

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
