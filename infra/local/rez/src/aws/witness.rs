//! Sees the last refusal of the services that the API asks.
//!
//! The API says to its callers that something is not available, and never why: they may be anybody. Whoever operates it is
//! to know the reason, so this looks at what passes between the SDK's clients and AWS.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::config::{HttpClient, RuntimeComponents};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use super::Refusal;
use super::refusal::UNANSWERED;

/// The SDK's HTTP client, looked at. Clones see the same.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    client: SharedHttpClient,
    last: Last,
}

type Last = Arc<Mutex<Option<Refusal>>>;

impl Default for Witness {
    fn default() -> Self {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        Self {
            client: Builder::new().tls_provider(provider).build_https(),
            last: Last::default(),
        }
    }
}

impl Witness {
    /// Forgets what was seen.
    pub(super) fn forget(&self) {
        self.take();
    }

    /// The last refusal since it was asked last.
    pub(super) fn take(&self) -> Option<Refusal> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl HttpClient for Witness {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Watched {
            connector: self.client.http_connector(settings, components),
            last: Arc::clone(&self.last),
        })
    }
}

#[derive(Debug)]
struct Watched {
    connector: SharedHttpConnector,
    last: Last,
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let action = action(&request);
        let (last, answer) = (Arc::clone(&self.last), self.connector.call(request));
        HttpConnectorFuture::new(async move {
            let seen = |refusal| *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
            match answer.await {
                Ok(answer) if answer.status().is_success() => Ok(answer),
                Ok(answer) => {
                    let (refusal, answer) = read(action, answer).await?;
                    seen(refusal);
                    Ok(answer)
                }
                Err(error) => {
                    seen(Refusal {
                        action,
                        code: UNANSWERED.to_owned(),
                        message: String::new(),
                    });
                    Err(error)
                }
            }
        })
    }
}

/// The refusal that an answer is, and the answer once more.
async fn read(action: String, mut answer: HttpResponse) -> Result<(Refusal, HttpResponse), ConnectorError> {
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let body = ByteStream::new(body).collect().await;
    let body = body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes();
    let (code, message) = web_api::said(answer.headers().get("x-amzn-errortype"), &body);
    *answer.body_mut() = SdkBody::from(body);
    let refusal = Refusal {
        action,
        code: code.unwrap_or_else(|| answer.status().as_u16().to_string()),
        message: message.unwrap_or_default(),
    };
    Ok((refusal, answer))
}

/// What a request is about to do, as policies name it where it says so.
fn action(request: &HttpRequest) -> String {
    let header = |name| request.headers().get(name).unwrap_or_default();
    let service = header("authorization")
        .split("Credential=")
        .nth(1)
        .and_then(|scope| scope.split('/').nth(3))
        .unwrap_or("aws");
    let operation = header("x-amz-target").rsplit('.').next().unwrap_or_default();
    if !operation.is_empty() {
        return format!("{service}:{operation}");
    }
    let path = request.uri().splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    format!("{service}:{} /{path}", request.method())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, uri: &str, target: Option<&'static str>, service: &str) -> HttpRequest {
        let mut request = HttpRequest::empty();
        request.set_method(method).unwrap();
        request.set_uri(uri).unwrap();
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA/20261201/eu-central-1/{service}/aws4_request, Signed=");
        request.headers_mut().insert("authorization", scope);
        if let Some(target) = target {
            request.headers_mut().insert("x-amz-target", target);
        }
        request
    }

    #[test]
    fn an_action_is_named_as_policies_do_where_the_request_says_it() {
        let query = request(
            "POST",
            "https://dynamodb.x/",
            Some("DynamoDB_20120810.Query"),
            "dynamodb",
        );
        assert_eq!(action(&query), "dynamodb:Query");
        let schedule = request(
            "GET",
            "https://scheduler.x/schedules/daily?groupName=g",
            None,
            "scheduler",
        );
        assert_eq!(action(&schedule), "scheduler:GET /schedules/daily");
    }
}
