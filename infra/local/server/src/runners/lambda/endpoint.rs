//! The Lambda Invoke protocol.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::failure::{function_error, service_error};
use super::{Invocation, Invoked};
use crate::runners::TaskFailure;

/// The longest that a function may run. Source: Lambda developer guide, "Lambda quotas".
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// The header with the end of the function's log, in base 64.
pub(super) const LOG_RESULT: &str = "X-Amz-Log-Result";

/// Where functions are called.
#[derive(Clone, Debug)]
pub(crate) struct LambdaEndpoint {
    url: String,
    client: reqwest::Client,
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

    /// Calls a function.
    ///
    /// Source: Lambda API reference, `Invoke`.
    pub(super) async fn invoke(&self, invocation: &Invocation, name: &str) -> Result<Invoked, TaskFailure> {
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

/// A header as text, if it is one.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
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
