//! The two requests that go to ntfy: publishing, and looking whether something was published.

use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument as _;

use contracts::DeliverError;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Response, StatusCode, header, redirect};
use serde::de::IgnoredAny;
use tokio::sync::Semaphore;

use crate::answer::{self, Accepted, Answer};
use crate::failure;
use crate::lines::Lines;
use crate::{Destination, Notification};

/// How long each request may take. Both together, and what the breaker and the parameters take, stay below the
/// Lambda's 30 s.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// DNS, connection and TLS handshake.
    pub connect: Duration,
    /// Publishing, from the first byte to the last.
    pub publish: Duration,
    /// Looking for a message, from the first byte to the last.
    pub look: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(4),
            publish: Duration::from_secs(12),
            look: Duration::from_secs(6),
        }
    }
}

/// ntfy echoes a message of at most 8 KiB; an answer longer than this is not its.
const ANSWER_BYTES: usize = 64 * 1024;

/// Whoever answers a look with these lets nobody read: the user may publish and not read, or a proxy lets nothing through
/// but publishing.
const UNREADABLE: [StatusCode; 3] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::METHOD_NOT_ALLOWED,
];

/// How much of a topic is looked through: some thousand messages of full length.
const LOOK_BYTES: usize = 16 * 1024 * 1024;

/// How far before the first attempt is looked, because clocks differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(5);

/// How many topics are looked through at the same time. To ntfy a look is a subscription, of which it allows an address
/// thirty at a time: some are left for people.
const LOOKS_AT_ONCE: usize = 24;

/// An HTTP client as ntfy wants it: no redirects, TLS verified, no proxy from the environment, bounded in time.
#[derive(Clone, Debug)]
pub struct Ntfy {
    http: reqwest::Client,
    timeouts: Timeouts,
    looks: Arc<Semaphore>,
}

impl Ntfy {
    /// Fails if the system's root certificates cannot be read.
    pub fn new(timeouts: Timeouts) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .no_proxy()
            .user_agent(concat!("rez/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let looks = Arc::new(Semaphore::new(LOOKS_AT_ONCE));
        Ok(Self { http, timeouts, looks })
    }

    /// Publishes once.
    pub(crate) async fn publish(
        &self,
        destination: &Destination,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<Accepted, DeliverError> {
        let request = self
            .http
            .post(destination.publish_url())
            .timeout(self.timeouts.publish)
            .header(header::CONTENT_TYPE, "application/json")
            .body(notification.json.clone());
        let publishing = async {
            let sent = authorized(request, destination).send().await;
            let response = sent.map_err(|error| failure::failed(&error))?;
            self.read(response, destination, notification, now).await
        };
        // At ERROR, so that it is there whatever is logged. It has no fields: it tells how long it took.
        publishing.instrument(tracing::error_span!("ntfy publish")).await
    }

    /// What an answer to this notification means.
    async fn read(
        &self,
        response: Response,
        destination: &Destination,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<Accepted, DeliverError> {
        let status = response.status().as_u16();
        let header = response.headers().get(header::RETRY_AFTER).cloned();
        let body = match bounded_body(response).await {
            Err(error) if status == 200 => return Err(failure::failed(&error)),
            // The status says enough of a refusal.
            body => body.unwrap_or_default(),
        };
        let retry_after = header.as_ref().and_then(|value| value.to_str().ok());
        let token = destination.token();
        let answer = Answer {
            status,
            retry_after,
            body: &body,
            token,
        };
        answer::read(answer, &notification.topic, now)
    }

    /// Looks for a message that an earlier attempt may have published since `since`. `None` if it is not there, and
    /// where nobody may look ([`UNREADABLE`]) or there is nothing to see: no cache, a server before 2.16 that keeps no
    /// `sequence_id`.
    ///
    /// Anything else in the way is the error, because sending without having looked would send twice: an ntfy that is too
    /// busy, out of order or out of reach is looked through later, and one whose answer is a redirect, a page, or that too
    /// many bad sign-ins have locked is a person's business.
    pub(crate) async fn find(
        &self,
        destination: &Destination,
        notification: &Notification,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Accepted>, DeliverError> {
        let since = since.checked_sub(CLOCKS_DIFFER).unwrap_or(since).as_second();
        let url = destination.poll_url(&notification.topic, since);
        // Nobody closes the semaphore; without a permit one more looks than intended.
        let _permit = self.looks.acquire().await.ok();
        let request = authorized(self.http.get(url).timeout(self.timeouts.look), destination);
        let looking = async {
            let response = request.send().await.map_err(|error| failure::failed(&error))?;
            match response.status() {
                StatusCode::OK => search(response, notification).await,
                status if UNREADABLE.contains(&status) => Ok(None),
                _ => self.read(response, destination, notification, now).await.map(Some),
            }
        };
        looking.instrument(tracing::error_span!("ntfy look")).await
    }
}

/// Reads a topic until the message is found.
async fn search(mut response: Response, notification: &Notification) -> Result<Option<Accepted>, DeliverError> {
    let mut lines = Lines::new(ANSWER_BYTES);
    let mut read = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::failed(&error))? {
        read += chunk.len();
        for line in lines.feed(&chunk) {
            if let Some(found) = inspect(&line, notification)? {
                return Ok(Some(found));
            }
        }
        if read > LOOK_BYTES {
            return Ok(None);
        }
    }
    lines.rest().map_or(Ok(None), |line| inspect(&line, notification))
}

/// A line of a topic's stream, if it is this message. A line that is no JSON is not ntfy's, unless it is the beginning of one.
fn inspect(line: &[u8], notification: &Notification) -> Result<Option<Accepted>, DeliverError> {
    match serde_json::from_slice::<IgnoredAny>(line) {
        Ok(_) => Ok(ours(line, notification)),
        Err(error) if error.is_eof() => Err(DeliverError::Ambiguous {
            reason: "the answer broke off".to_owned(),
        }),
        Err(_) => Err(answer::not_ntfys()),
    }
}

fn authorized(request: reqwest::RequestBuilder, destination: &Destination) -> reqwest::RequestBuilder {
    match destination.authorization() {
        Some(value) => request.header(header::AUTHORIZATION, value),
        None => request,
    }
}

/// The body, or its first [`ANSWER_BYTES`] and a little more: enough to see that it is not ntfy's.
async fn bounded_body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES {
            break;
        }
    }
    Ok(body)
}

/// A line of a topic's stream, if it is this message.
pub fn ours(line: &[u8], notification: &Notification) -> Option<Accepted> {
    let accepted: Accepted = serde_json::from_slice(line).ok()?;
    let ours = accepted.event == "message"
        && accepted.topic == notification.topic
        && accepted.sequence_id.as_deref() == Some(&notification.sequence_id);
    ours.then_some(accepted)
}
