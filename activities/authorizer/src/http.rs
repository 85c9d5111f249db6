//! Talking to an issuer, within bounds.

use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response, Url};
use serde::de::DeserializeOwned;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer: a set of keys with certificates is a tenth of it.
const ANSWER_BYTES: usize = 256 * 1024;

/// A client that follows no redirect and reads no endless answer.
#[derive(Clone, Debug)]
pub(crate) struct Http(Client);

/// An issuer did not answer as it should. Neither addresses nor what was sent stand in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// No connection, no answer in time.
    #[error("it does not answer: {0}")]
    Away(reqwest::Error),
    /// Another status.
    #[error("it answered with status {0}")]
    Status(u16),
    /// The answer is too long.
    #[error("its answer is longer than {} KiB", ANSWER_BYTES / 1024)]
    TooLong,
    /// The answer is something else.
    #[error("its answer is not what it should be: {0}")]
    Unreadable(String),
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::Away(error.without_url())
    }
}

impl Http {
    /// A client for an issuer; one on this machine is not asked through a proxy.
    pub(crate) fn new(issuer: &Url) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none());
        let client = if is_loopback(issuer) { client.no_proxy() } else { client };
        client.build().map(Self)
    }

    /// A JSON document.
    pub(crate) async fn document<T: DeserializeOwned>(&self, url: Url) -> Result<T, HttpError> {
        let answer = self.0.get(url).header("accept", "application/json").send().await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(HttpError::Status(status.as_u16()));
        }
        serde_json::from_slice(&body(answer).await?).map_err(|error| HttpError::Unreadable(error.to_string()))
    }

    /// Posts a form; what comes back is not looked at.
    pub(crate) async fn post(&self, url: Url, form: String, secret: Option<(&str, &str)>) -> Result<(), HttpError> {
        let mut request = self
            .0
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        if let Some((user, password)) = secret {
            request = request.basic_auth(user, Some(password));
        }
        let status = request.send().await?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(HttpError::Status(status.as_u16()))
        }
    }

    /// What the OAuth library asks for.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.0.execute(Request::try_from(request)?).await?;
        let mut response = HttpResponse::default();
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = body(answer).await?;
        Ok(response)
    }
}

async fn body(mut answer: Response) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if bytes.len() + part.len() > ANSWER_BYTES {
            return Err(HttpError::TooLong);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Whether an address is one of this machine: only there may secrets go without TLS.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
