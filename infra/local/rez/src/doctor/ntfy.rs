//! ntfy: reachable, the token accepted, the topic readable and, if asked for, writable.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::PATIENCE;
use super::finding::Finding;
use crate::arguments::Settings;
use crate::session;

const REACHABLE: &str = "ntfy";
const TOKEN: &str = "ntfy token";
const TOPIC: &str = "ntfy topic";
const CLOCK: &str = "ntfy clock";

/// How far the clocks of both machines may be apart before looking for an earlier attempt may miss it.
const CLOCKS_DIFFER: i64 = 5;

/// An ntfy server, as the settings name it.
struct Server {
    http: reqwest::Client,
    base: String,
    topic: String,
    token: Option<Arc<SecretString>>,
}

pub(super) async fn check(settings: &Settings, send_test: bool) -> Vec<Finding> {
    // What is wrong with the settings is a finding of its own.
    let Ok(config) = session::config(settings) else {
        return Vec::new();
    };
    let Some(url) = config.ntfy.url else {
        return vec![Finding::ok(
            REACHABLE,
            "messages go to the built-in inbox: set NTFY_URL for a server",
        )];
    };
    let made = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build();
    let Ok(http) = made else {
        return vec![Finding::problem(
            REACHABLE,
            "no HTTP client can be made",
            "look at the system's root certificates",
        )];
    };
    let server = Server {
        http,
        base: url.trim().trim_end_matches('/').to_owned(),
        topic: config.ntfy.topic,
        token: config.ntfy.token.map(Arc::new),
    };
    server.check(send_test).await
}

impl Server {
    async fn check(&self, send_test: bool) -> Vec<Finding> {
        let (reachable, clock) = self.reachable().await;
        let mut findings = vec![reachable];
        findings.extend(clock);
        if findings[0].remedy.is_some() {
            return findings;
        }
        let (token, topic) = tokio::join!(self.token(), self.readable());
        findings.extend([token, topic]);
        if send_test {
            findings.push(self.writable().await);
        }
        findings
    }

    async fn reachable(&self) -> (Finding, Option<Finding>) {
        let base = &self.base;
        let health = self.http.get(format!("{base}/v1/health")).send().await;
        let answer = match health {
            Ok(answer) => answer,
            Err(error) => {
                let why = if error.is_timeout() {
                    format!("no answer within {} s", PATIENCE.as_secs())
                } else if error.is_connect() {
                    "no connection".to_owned()
                } else {
                    "the connection broke".to_owned()
                };
                let remedy = "check NTFY_URL, that the server runs, its name in DNS, its certificate and the firewall";
                return (Finding::problem(REACHABLE, format!("{base}: {why}"), remedy), None);
            }
        };
        let clock = clock(&answer);
        let status = answer.status();
        let document: Value = answer.json().await.unwrap_or_default();
        if status == StatusCode::OK && document["healthy"] == true {
            return (Finding::ok(REACHABLE, format!("{base} is healthy")), clock);
        }
        let remedy = "check that NTFY_URL is the base URL of an ntfy server: https://ntfy.sh, or with the path that a proxy adds";
        let seen = format!("{base}/v1/health answers {status}, but not as ntfy does");
        (Finding::problem(REACHABLE, seen, remedy), clock)
    }

    async fn token(&self) -> Finding {
        if self.token.is_none() {
            return Finding::ok(TOKEN, "none is set: messages are sent as everyone may");
        }
        match self.ask("/v1/account").await {
            Ok(StatusCode::OK) => Finding::ok(TOKEN, "accepted"),
            Ok(StatusCode::UNAUTHORIZED) => Finding::problem(
                TOKEN,
                "refused",
                "set NTFY_API_KEY to a token of this server: ntfy token add USER",
            ),
            Ok(StatusCode::TOO_MANY_REQUESTS) => too_many(TOKEN),
            // A server without accounts has no such address, and takes no token either.
            Ok(status) => Finding::warning(
                TOKEN,
                format!("the server answers {status}"),
                "unset NTFY_API_KEY if the server has no users",
            ),
            Err(seen) => Finding::problem(TOKEN, seen, "try again"),
        }
    }

    /// Reading is what looking for an earlier attempt needs.
    async fn readable(&self) -> Finding {
        let topic = &self.topic;
        match self.ask(&format!("/{topic}/json?poll=1&since=1s")).await {
            Ok(StatusCode::OK) => Finding::ok(TOPIC, format!("{topic} can be read")),
            Ok(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Finding::warning(
                TOPIC,
                format!("{topic} cannot be read, so that a repeated attempt may send twice"),
                format!("ntfy access USER {topic} read-write"),
            ),
            Ok(StatusCode::TOO_MANY_REQUESTS) => too_many(TOPIC),
            Ok(status) => Finding::problem(TOPIC, format!("{topic}: {status}"), "check NTFY_TOPIC"),
            Err(seen) => Finding::problem(TOPIC, seen, "try again"),
        }
    }

    async fn writable(&self) -> Finding {
        let topic = &self.topic;
        // By the topic's own address: in a document older versions do not heed `cache`.
        let address = format!("{}/{topic}?cache=no&firebase=no&priority=1", self.base);
        let test = self.http.post(address).body("rez doctor: a test, nothing to do");
        let sent = self.authorized(test).send().await;
        match sent.map(|answer| answer.status()) {
            Ok(StatusCode::OK) => Finding::ok(TOPIC, format!("{topic} takes messages")),
            Ok(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Finding::problem(
                TOPIC,
                format!("{topic} refuses messages"),
                format!("ntfy access USER {topic} read-write, with the user of NTFY_API_KEY"),
            ),
            Ok(StatusCode::TOO_MANY_REQUESTS) => too_many(TOPIC),
            Ok(status) => Finding::problem(
                TOPIC,
                format!("{topic} answers {status}"),
                "check NTFY_TOPIC and NTFY_URL",
            ),
            Err(_) => Finding::problem(TOPIC, "the test was not answered", "try again"),
        }
    }

    async fn ask(&self, path: &str) -> Result<StatusCode, String> {
        let asked = self
            .authorized(self.http.get(format!("{}{path}", self.base)))
            .send()
            .await;
        asked
            .map(|answer| answer.status())
            .map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret().trim()),
            None => request,
        }
    }
}

fn too_many(check: &'static str) -> Finding {
    let remedy = "wait a minute; on a server of your own, raise its visitor limits";
    Finding::warning(check, "ntfy has had too many requests from here", remedy)
}

/// Whether ntfy's clock agrees with this one; nothing is said where it does.
fn clock(answer: &Response) -> Option<Finding> {
    let date = answer.headers().get(header::DATE)?.to_str().ok()?;
    let theirs = rfc2822::parse(date).ok()?.timestamp();
    let apart = (Timestamp::now().as_second() - theirs.as_second()).abs();
    let remedy = "let NTP set both clocks: an earlier attempt is looked for by its time";
    (apart > CLOCKS_DIFFER).then(|| Finding::warning(CLOCK, format!("{apart} s apart from this one"), remedy))
}
