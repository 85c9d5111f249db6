//! Services of AWS in their JSON protocols: any operation, signed.
//!
//! The SDK has a crate for every service and a type for every operation. Where an answer is shown as it is, or a few words of
//! it are looked at, one signed request does for all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use console::ServiceError;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde_json::Value;

/// How long an answer may take where nobody says so: the function of the API has fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Credentials that end sooner than this are asked for again.
const LEFT: Duration = Duration::from_mins(1);

/// A service, as requests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The first part of its host.
    pub host: &'static str,
    /// What requests are signed for.
    pub signing_name: &'static str,
    /// What stands before an operation in `X-Amz-Target`; empty for services whose operations are paths.
    pub target: &'static str,
    /// The version of AWS JSON that it speaks.
    pub json: &'static str,
}

/// Sources: the API reference of each service, "Making API requests"; AWS General Reference, "Service endpoints".
impl Service {
    /// AWS Step Functions.
    pub const STEP_FUNCTIONS: Self = Self::json("states", "AWSStepFunctions", "1.0");
    /// Amazon CloudWatch Logs.
    pub const LOGS: Self = Self::json("logs", "Logs_20140328", "1.1");
    /// Amazon CloudWatch.
    pub const CLOUDWATCH: Self = Self::json("monitoring", "GraniteServiceVersion20100801", "1.0");
    /// Service Quotas.
    pub const SERVICE_QUOTAS: Self = Self::json("servicequotas", "ServiceQuotasV20190624", "1.1");
    /// AWS Lambda, whose operations are paths.
    pub const LAMBDA: Self = Self::json("lambda", "", "1.1");

    const fn json(host: &'static str, target: &'static str, json: &'static str) -> Self {
        Self {
            host,
            signing_name: host,
            target,
            json,
        }
    }

    /// Where it is in a region; China has a domain of its own.
    fn endpoint(&self, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        format!("https://{}.{region}.amazonaws.com{suffix}/", self.host)
    }
}

/// Services of a region, asked in the name of whoever has the configuration's credentials.
#[derive(Clone, Debug)]
pub struct Signed {
    http: Client,
    /// Of every service, where the configuration has one.
    endpoint: Option<String>,
    region: String,
    provider: SharedCredentialsProvider,
    /// Those that were given last, if they end.
    credentials: Arc<Mutex<Option<Credentials>>>,
}

/// Services cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum CannotSign {
    /// The region is not set.
    #[error("no region is set: set AWS_REGION")]
    Region,
    /// Nothing gives credentials.
    #[error("nothing gives credentials for AWS")]
    Credentials,
    /// The endpoint is no address.
    #[error("the endpoint of AWS is no address: check AWS_ENDPOINT_URL")]
    Endpoint,
    /// No HTTP client can be made.
    #[error("no HTTP client can be made for AWS")]
    Client(#[from] reqwest::Error),
}

/// What is asked for.
struct Asked<'a> {
    service: &'a Service,
    /// The operation, or the path.
    what: &'a str,
    method: Method,
    path: &'a str,
    body: Vec<u8>,
}

impl Signed {
    /// Services of the configuration's region, or behind its endpoint if it has one.
    pub fn new(aws: &SdkConfig) -> Result<Self, CannotSign> {
        Self::with_patience(aws, PATIENCE)
    }

    /// The same, and an answer may take so long.
    pub fn with_patience(aws: &SdkConfig, patience: Duration) -> Result<Self, CannotSign> {
        let endpoint = aws.endpoint_url().map(str::to_owned);
        if endpoint.as_ref().is_some_and(|endpoint| Url::parse(endpoint).is_err()) {
            return Err(CannotSign::Endpoint);
        }
        Ok(Self {
            http: Client::builder().timeout(patience).build()?,
            endpoint,
            region: aws.region().ok_or(CannotSign::Region)?.as_ref().to_owned(),
            provider: aws.credentials_provider().ok_or(CannotSign::Credentials)?,
            credentials: Arc::default(),
        })
    }

    /// Performs an operation; input and answer have the shape of AWS JSON.
    pub async fn call(&self, service: &Service, operation: &str, input: &Value) -> Result<Value, ServiceError> {
        let asked = Asked {
            service,
            what: operation,
            method: Method::POST,
            path: "",
            body: input.to_string().into_bytes(),
        };
        self.answer(&asked).await
    }

    /// Reads what is at a path of a service whose operations are paths; without a slash at its beginning.
    pub async fn get(&self, service: &Service, path: &str) -> Result<Value, ServiceError> {
        let asked = Asked {
            service,
            what: path,
            method: Method::GET,
            path,
            body: Vec::new(),
        };
        self.answer(&asked).await
    }

    async fn answer(&self, asked: &Asked<'_>) -> Result<Value, ServiceError> {
        let request = self.request(asked).await?;
        let unanswered = |error: &reqwest::Error| {
            tracing::warn!(%error, what = asked.what, service = asked.service.host, "a service of AWS has not answered");
            failure(
                "ServiceUnavailable",
                &format!("{} has not answered", asked.service.host),
            )
        };
        let answer = request.send().await.map_err(|error| unanswered(&error))?;
        if !answer.status().is_success() {
            return Err(refusal(answer).await);
        }
        let body = answer.bytes().await.map_err(|error| unanswered(&error))?;
        // An operation that has nothing to say answers nothing at all.
        if body.is_empty() {
            return Ok(Value::Null);
        }
        let unreadable = |_| {
            failure(
                "ServiceUnavailable",
                &format!("the answer of {} is no JSON", asked.service.host),
            )
        };
        serde_json::from_slice(&body).map_err(unreadable)
    }

    /// The request, signed.
    async fn request(&self, asked: &Asked<'_>) -> Result<RequestBuilder, ServiceError> {
        let unsigned = |detail: &dyn std::fmt::Display| {
            // What the provider of credentials says may name what it asked for.
            tracing::error!(%detail, what = asked.what, "a request cannot be signed");
            failure("UnrecognizedClientException", "The request cannot be signed")
        };
        let identity = self.credentials().await.map_err(|error| unsigned(&error))?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(asked.service.signing_name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?;
        let url = self.address(asked).map_err(|error| unsigned(&error))?;
        let content_type = format!("application/x-amz-json-{}", asked.service.json);
        let target = format!("{}.{}", asked.service.target, asked.what);
        let mut headers = Vec::new();
        if !asked.body.is_empty() {
            headers.push(("content-type", content_type.as_str()));
        }
        if !asked.service.target.is_empty() {
            headers.push(("x-amz-target", target.as_str()));
        }
        let signable = SignableRequest::new(
            asked.method.as_str(),
            url.as_str(),
            headers.iter().copied(),
            SignableBody::Bytes(&asked.body),
        );
        let signed = signable.and_then(|request| sign(request, &params.into()));
        let (instructions, _) = signed.map_err(|error| unsigned(&error))?.into_parts();
        let mut request = self.http.request(asked.method.clone(), url).body(asked.body.clone());
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request = request.header(name, value);
        }
        Ok(request)
    }

    fn address(&self, asked: &Asked<'_>) -> Result<Url, impl std::error::Error + use<>> {
        let base = self
            .endpoint
            .clone()
            .unwrap_or_else(|| asked.service.endpoint(&self.region));
        Url::parse(&format!("{}/{}", base.trim_end_matches('/'), asked.path))
    }

    /// Those that were given last as long as they are good for a while: to give them may be a request of its own. What does not
    /// end is read from this machine.
    async fn credentials(&self) -> Result<Credentials, aws_credential_types::provider::error::CredentialsError> {
        let soon = SystemTime::now() + LEFT;
        let kept = self.credentials.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.expiry().is_some_and(|expiry| expiry > soon)) {
            return Ok(kept);
        }
        let given = self.provider.provide_credentials().await?;
        *self.credentials.lock().unwrap_or_else(PoisonError::into_inner) = Some(given.clone());
        Ok(given)
    }
}

fn failure(code: &str, message: &str) -> ServiceError {
    ServiceError {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// The error of an answer.
async fn refusal(answer: Response) -> ServiceError {
    let header = answer.headers().get("x-amzn-errortype");
    let header = header.and_then(|code| code.to_str().ok()).map(str::to_owned);
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let (code, message) = said(header.as_deref(), &body);
    failure(
        &code.unwrap_or_else(|| status.as_str().to_owned()),
        &message.unwrap_or_else(|| "refused without a word".to_owned()),
    )
}

/// The code and the message of an error. The code stands in the header `X-Amzn-ErrorType` or in `__type`, behind a namespace
/// or before an address; what answers before a service of JSON does may say it in XML.
///
/// Sources: Smithy 2.0, "AWS JSON 1.0 protocol", "Operation error serialization"; "AWS Query protocol", "Operation error
/// serialization".
pub fn said(error_type: Option<&str>, body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        let code = error_type.map(plain).or_else(|| element(&text, "Code"));
        return (code, element(&text, "Message"));
    };
    let code = error_type.or_else(|| document["__type"].as_str()).map(plain);
    let message = ["message", "Message"].iter().find_map(|name| document[*name].as_str());
    (code, message.map(str::to_owned))
}

/// What stands in the first element of this name.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
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
    fn an_error_is_read_in_json_and_in_xml() {
        let json = br#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
        let xml = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        let of = |body| said(None, body);
        assert_eq!(
            of(json),
            (Some("AccessDeniedException".to_owned()), Some("no".to_owned()))
        );
        assert_eq!(of(xml), (Some("AccessDenied".to_owned()), Some("no".to_owned())));
        assert_eq!(of(b"<html>"), (None, None));
        assert_eq!(said(Some("Throttling:http://x/"), b"").0.as_deref(), Some("Throttling"));
    }

    #[test]
    fn china_has_a_domain_of_its_own() {
        let of = |region| Service::STEP_FUNCTIONS.endpoint(region);
        assert_eq!(of("eu-central-1"), "https://states.eu-central-1.amazonaws.com/");
        assert_eq!(of("cn-north-1"), "https://states.cn-north-1.amazonaws.com.cn/");
    }
}
