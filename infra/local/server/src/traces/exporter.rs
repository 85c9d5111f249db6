//! The requests to the collector.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// How long a request may take, and how often it is said that they fail.
const TIMEOUT: Duration = Duration::from_secs(10);
const SAID_AGAIN: Duration = Duration::from_mins(5);

/// Our own HTTP client: the queue is emptied by a thread of its own, which has no runtime.
#[derive(Debug)]
pub(super) struct Exporter {
    runtime: Handle,
    http: reqwest::Client,
    said: Mutex<Option<Instant>>,
}

impl Exporter {
    pub(super) fn new(runtime: Handle) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self {
            runtime,
            http,
            said: Mutex::new(None),
        })
    }

    /// Says that nothing arrives, without the collector's address: it may have a password in it.
    fn complain(&self, why: &str) {
        let Ok(mut said) = self.said.lock() else { return };
        if said.is_none_or(|at| at.elapsed() >= SAID_AGAIN) {
            *said = Some(Instant::now());
            tracing::warn!(why, "traces are not exported; they are dropped while that lasts");
        }
    }
}

#[async_trait]
impl HttpClient for Exporter {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let (parts, body) = request.into_parts();
        let sent = self.runtime.spawn(async move {
            let request = http.request(parts.method, parts.uri.to_string()).headers(parts.headers);
            let answer = request.body(body).send().await.map_err(reqwest::Error::without_url)?;
            let status = answer.status();
            let bytes = answer.bytes().await.map_err(reqwest::Error::without_url)?;
            Ok::<_, reqwest::Error>((status, bytes))
        });
        let (status, bytes) = match sent.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                self.complain(&error.to_string());
                return Err(error.into());
            }
            Err(stopped) => return Err(stopped.into()),
        };
        if !status.is_success() {
            self.complain(status.as_str());
        }
        let mut response = Response::new(bytes);
        *response.status_mut() = status;
        Ok(response)
    }
}
