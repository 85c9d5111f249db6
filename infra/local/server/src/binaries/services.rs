//! What functions ask of AWS beside DynamoDB and Step Functions, as far as ours do: Parameter Store, SNS and SQS behind one
//! address of this machine. Secrets stand there: whoever asks shows a token, and each function has one of its own, which allows
//! what the function lists.

mod grants;
mod parameters;
mod queue;
mod topic;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::host::Host;
use queue::Hidden;

pub(crate) use grants::{Grant, Grants};
pub(crate) use parameters::Values;
pub(super) use parameters::{ACKNOWLEDGEMENT_KEY, NTFY_TOKEN, NTFY_URL, parameter};

/// The longest request: that of a message of SNS or SQS.
const BODY_BYTES: usize = 2 * 1024 * 1024;

/// The services of one server.
pub(crate) struct Services {
    host: Arc<Host>,
    values: Values,
    grants: Grants,
    hidden: Hidden,
}

impl Services {
    /// Services with these parameters, for the functions that have been granted something.
    pub(crate) fn new(host: &Arc<Host>, values: Values, grants: Grants) -> Self {
        Self {
            host: Arc::clone(host),
            values,
            grants,
            hidden: Hidden::default(),
        }
    }

    /// The function whose token a request shows, as the SDKs do of temporary credentials.
    ///
    /// Source: IAM User Guide, "Create a signed AWS API request", `X-Amz-Security-Token`.
    fn grant(&self, headers: &HeaderMap) -> Option<&Grant> {
        self.grants.of(headers.get("x-amz-security-token")?.as_bytes())
    }
}

/// An error as AWS's JSON protocols write it.
#[derive(Debug)]
struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// This server could not do it now.
    fn unavailable(error: impl std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure",
            message: error.to_string(),
        }
    }
}

/// The services under `/`, told apart as their protocols do.
pub(crate) fn router(services: Services) -> Router {
    Router::new()
        .route("/", post(call))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(Arc::new(services))
}

async fn call(State(services): State<Arc<Services>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(grant) = services.grant(&headers) else {
        let message = "The security token included in the request is invalid.";
        return json_answer(Err(Refused::new("UnrecognizedClientException", message)));
    };
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let Some(target) = target else {
        return topic::answer(&services.host, grant, &body).await;
    };
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    json_answer(match target.split_once('.') {
        Some(("AmazonSSM", "GetParameter")) => services.values.get_parameter(grant, &asked),
        Some(("AmazonSQS", operation)) => match grant.allows("sqs", operation) {
            Ok(()) => queue::call(&services.host, &services.hidden, operation, &asked).await,
            Err(refused) => Err(refused),
        },
        _ => Err(Refused::new(
            "UnknownOperationException",
            format!("{target} is not known here"),
        )),
    })
}

fn json_answer(answer: Result<Value, Refused>) -> Response {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(Refused { status, code, message }) => (status, json!({ "__type": code, "message": message })),
    };
    let kind = HeaderValue::from_static("application/x-amz-json-1.1");
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

#[cfg(test)]
mod tests;
