//! Services of AWS in their JSON protocols: any operation, signed.
//!
//! The SDK has a crate for every service and a type for every operation. Where an answer is shown as it is, or a few words of
//! it are looked at, one signed request does for all.

mod refusal;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use console::ServiceError;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::Value;

pub use refusal::said;
use refusal::{failure, refusal};

/// How long an answer may take where nobody says so: the function of the API has fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a request is made that AWS asks to make less often; whoever still may not is told.
const TRIES: u32 = 5;
/// The pause before the second time, doubled before each further one. Each takes a random part of it, so that requests that
/// were refused together do not come together again.
const PAUSE: Duration = Duration::from_millis(250);
/// What AWS says of too many requests: it has done nothing. Source: AWS SDKs and Tools Reference Guide, "Retry behavior".
const TOO_OFTEN: [&str; 6] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
];
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
    pause: Duration,
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
            pause: PAUSE,
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

    /// The answer; asked for again while AWS is asked too often.
    async fn answer(&self, asked: &Asked<'_>) -> Result<Value, ServiceError> {
        let mut pause = self.pause;
        for _ in 1..TRIES {
            match self.answer_once(asked).await {
                Err(error) if TOO_OFTEN.contains(&error.code.as_str()) => {
                    tokio::time::sleep(pause.mul_f64(rand::random())).await;
                    pause *= 2;
                }
                answered => return answered,
            }
        }
        self.answer_once(asked).await
    }

    async fn answer_once(&self, asked: &Asked<'_>) -> Result<Value, ServiceError> {
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

#[cfg(test)]
mod tests;
