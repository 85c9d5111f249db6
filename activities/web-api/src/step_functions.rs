//! Step Functions for the console: any operation, as AWS JSON 1.0.
//!
//! The SDK has a type for every operation; pages show answers as they are, so that one signed request does for all.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use console::{ServiceError, StepFunctions};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde_json::{Value, json};

/// How long an answer may take: the function has fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most events of a history in one answer. Source: Step Functions API reference, `GetExecutionHistory`, `maxResults`.
const PAGE: u64 = 1_000;
/// How many pages are read at most: a history has 25,000 events at most. Source: Step Functions Developer Guide, "Quotas".
const PAGES: u64 = 25;
/// The header of each request and answer.
const JSON: &str = "application/x-amz-json-1.0";

/// Step Functions of a region, asked in the name of the function's role.
#[derive(Clone, Debug)]
pub struct SignedStepFunctions {
    http: Client,
    endpoint: Url,
    region: String,
    credentials: SharedCredentialsProvider,
}

/// Step Functions cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum NoStepFunctions {
    /// The region is not set.
    #[error("no region is set for Step Functions: set AWS_REGION")]
    Region,
    /// Nothing gives credentials.
    #[error("nothing gives credentials for Step Functions")]
    Credentials,
    /// The endpoint is no address.
    #[error("the endpoint of AWS is no address: check AWS_ENDPOINT_URL")]
    Endpoint,
    /// No HTTP client can be made.
    #[error("no HTTP client can be made for Step Functions")]
    Client(#[from] reqwest::Error),
}

impl SignedStepFunctions {
    /// Step Functions of the configuration's region, or behind its endpoint if it has one.
    pub fn new(aws: &SdkConfig) -> Result<Self, NoStepFunctions> {
        let region = aws.region().ok_or(NoStepFunctions::Region)?.as_ref().to_owned();
        let endpoint = aws.endpoint_url().map_or_else(|| endpoint(&region), str::to_owned);
        Ok(Self {
            http: Client::builder().timeout(PATIENCE).build()?,
            endpoint: Url::parse(&endpoint).map_err(|_| NoStepFunctions::Endpoint)?,
            credentials: aws.credentials_provider().ok_or(NoStepFunctions::Credentials)?,
            region,
        })
    }

    /// The request, signed.
    async fn request(&self, operation: &str, body: &[u8]) -> Result<RequestBuilder, ServiceError> {
        let unsigned = |detail: &dyn std::fmt::Display| {
            // What the provider of credentials says may name what it asked for.
            tracing::error!(%detail, operation, "a request cannot be signed");
            failure("UnrecognizedClientException", "The request cannot be signed")
        };
        let credentials = self.credentials.provide_credentials().await;
        let identity = credentials.map_err(|error| unsigned(&error))?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("states")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?;
        let target = format!("AWSStepFunctions.{operation}");
        let headers = [("content-type", JSON), ("x-amz-target", target.as_str())];
        let signable = SignableRequest::new(
            "POST",
            self.endpoint.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(body),
        );
        let signed = signable.and_then(|request| sign(request, &params.into()));
        let (instructions, _) = signed.map_err(|error| unsigned(&error))?.into_parts();
        let mut request = self.http.post(self.endpoint.clone()).body(body.to_owned());
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request = request.header(name, value);
        }
        Ok(request)
    }
}

#[async_trait]
impl StepFunctions for SignedStepFunctions {
    async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let request = self.request(operation, input.to_string().as_bytes()).await?;
        let answer = request.send().await.map_err(|error| unanswered(operation, &error))?;
        if answer.status().is_success() {
            return answer.json().await.map_err(|error| unanswered(operation, &error));
        }
        Err(refusal(answer).await)
    }

    async fn events(&self, arn: &str, first: u64, limit: u64, data: bool) -> Result<Vec<Value>, ServiceError> {
        // Pages begin at the first event alone.
        let last = first.saturating_add(limit);
        let (mut found, mut token) = (Vec::new(), None::<Value>);
        for _ in 0..PAGES {
            let mut input = json!({ "executionArn": arn, "maxResults": PAGE, "includeExecutionData": data });
            if let Some(token) = token {
                input["nextToken"] = token;
            }
            let mut answer = self.call("GetExecutionHistory", input).await?;
            let events = answer["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let beyond = events.last().is_some_and(|event| id(event) >= last);
            found.extend(events.into_iter().filter(|event| (first..last).contains(&id(event))));
            token = Some(answer["nextToken"].take()).filter(Value::is_string);
            if beyond || token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Counting would read every execution, page after page.
    async fn counts(&self, _: &str) -> Result<Option<[u64; 5]>, ServiceError> {
        Ok(None)
    }
}

/// The number of an event; they count from 1.
fn id(event: &Value) -> u64 {
    event["id"].as_u64().unwrap_or_default()
}

/// Source: AWS General Reference, "AWS Step Functions endpoints and quotas"; China has a domain of its own.
fn endpoint(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://states.{region}.amazonaws.com{suffix}/")
}

fn failure(code: &str, message: &str) -> ServiceError {
    ServiceError {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn unanswered(operation: &str, error: &reqwest::Error) -> ServiceError {
    tracing::warn!(%error, operation, "Step Functions has not answered");
    failure("ServiceUnavailable", "Step Functions has not answered")
}

/// The error of an answer: its code stands in the header or in `__type`, behind a namespace or before an address.
///
/// Source: Smithy 2.0, "AWS JSON 1.0 protocol", "Operation error serialization".
async fn refusal(answer: Response) -> ServiceError {
    let header = answer.headers().get("x-amzn-errortype");
    let header = header.and_then(|code| code.to_str().ok()).map(str::to_owned);
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    let code = header.as_deref().or_else(|| body["__type"].as_str());
    let message = ["message", "Message"].iter().find_map(|name| body[*name].as_str());
    let said = code.map_or_else(|| status.as_str().to_owned(), plain);
    failure(&said, message.unwrap_or("Step Functions refused without a word"))
}

fn plain(code: &str) -> String {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() {
        for code in [
            "ExecutionDoesNotExist",
            "com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist",
            "ExecutionDoesNotExist:http://internal.amazon.com/coral/com.amazon.coral.validate/",
            "aws.protocols#ExecutionDoesNotExist:http://internal.amazon.com/coral/",
        ] {
            assert_eq!(plain(code), "ExecutionDoesNotExist", "{code}");
        }
    }

    #[test]
    fn china_has_a_domain_of_its_own() {
        assert_eq!(endpoint("eu-central-1"), "https://states.eu-central-1.amazonaws.com/");
        assert_eq!(endpoint("cn-north-1"), "https://states.cn-north-1.amazonaws.com.cn/");
    }
}
