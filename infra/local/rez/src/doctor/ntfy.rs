//! ntfy: reachable, the token accepted, the topic readable and writable.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::PATIENCE;
use super::finding::{Finding, Level};
use crate::arguments::Settings;
use crate::session;

const REACHABLE: &str = "ntfy";
const TOKEN: &str = "ntfy token";
const TOPIC: &str = "ntfy topic";
const READING: &str = "ntfy reading";
const CLOCK: &str = "ntfy clock";

/// ntfy's code for a priority that is none.
///
/// Source: <https://github.com/binwiederhier/ntfy/blob/main/server/errors.go>, observed on 2.11 and 2.27.
const NO_PRIORITY: u64 = 40007;

/// How far the clocks of both machines may be apart before looking for an earlier attempt may miss it.
const CLOCKS_DIFFER: i64 = 5;

/// An ntfy server, as the settings name it.
struct Server {
    http: reqwest::Client,
    base: String,
    topic: String,
    token: Option<SecretString>,
}

pub(super) async fn check(settings: &Settings, send_test: bool) -> Vec<Finding> {
    // What is wrong with the settings is a finding of its own.
    let Ok(config) = session::config(settings) else {
        return Vec::new();
    };
    let Ok(Some(destination)) = session::destination(&config.ntfy) else {
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
        base: destination.service_name(),
        topic: config.ntfy.topic,
        token: config.ntfy.token,
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
        let token = self.token().await;
        let refused = token.level == Level::Problem;
        findings.push(token);
        // Every refused token counts towards ntfy's lock-out of this address: one is enough to know.
        if refused {
            return findings;
        }
        let (writable, readable) = tokio::join!(self.writable(), self.readable());
        let sends = send_test && writable.level == Level::Ok;
        findings.extend([writable, readable]);
        if sends {
            findings.push(self.test().await);
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
                    unanswered()
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
            Ok(StatusCode::OK) => Finding::ok(READING, format!("{topic} can be read")),
            Ok(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Finding::warning(
                READING,
                format!("{topic} cannot be read, so that a repeated attempt may send twice"),
                self.access(),
            ),
            Ok(StatusCode::TOO_MANY_REQUESTS) => too_many(READING),
            Ok(status) => Finding::problem(READING, format!("{topic} answers {status}"), "check NTFY_TOPIC"),
            Err(seen) => Finding::problem(READING, seen, "try again"),
        }
    }

    /// Whether the topic takes messages, without sending one: ntfy looks at the permission first and at the parameters
    /// then, so that whoever may write is told that the priority is none.
    async fn writable(&self) -> Finding {
        let topic = &self.topic;
        let (status, document) = match self.publish("priority=99").await {
            Ok(answer) => answer,
            Err(seen) => return Finding::problem(TOPIC, seen, "try again"),
        };
        match status {
            StatusCode::BAD_REQUEST if document["code"] == NO_PRIORITY => {
                Finding::ok(TOPIC, format!("{topic} takes messages"))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Finding::problem(TOPIC, format!("{topic} refuses messages"), self.access())
            }
            StatusCode::TOO_MANY_REQUESTS => too_many(TOPIC),
            status => Finding::problem(
                TOPIC,
                format!("{topic} answers {status}"),
                "check NTFY_TOPIC and NTFY_URL",
            ),
        }
    }

    /// A real message that is neither kept nor passed on, and whether its id comes back.
    async fn test(&self) -> Finding {
        let (check, id) = ("ntfy test", "rez-doctor");
        match self.publish(&format!("cache=no&firebase=no&priority=1&sid={id}")).await {
            Ok((StatusCode::OK, document)) if document["sequence_id"] == id => {
                Finding::ok(check, "a test was taken, and the server knows its id again")
            }
            Ok((StatusCode::OK, _)) => Finding::warning(
                check,
                "a test was taken, but the server does not know its id again: a repeated attempt may send twice",
                "update the server to ntfy 2.16 or later",
            ),
            Ok((StatusCode::TOO_MANY_REQUESTS, _)) => too_many(check),
            Ok((status, _)) => Finding::problem(
                check,
                format!("the test was answered by {status}"),
                "look at ntfy's log",
            ),
            Err(seen) => Finding::problem(check, seen, "try again"),
        }
    }

    /// Publishes at the topic's own address: in a document older versions do not heed `cache`.
    async fn publish(&self, parameters: &str) -> Result<(StatusCode, Value), String> {
        let address = format!("{}/{}?{parameters}", self.base, self.topic);
        let request = self.http.post(address).body("rez doctor: a test, nothing to do");
        let answer = self.authorized(request).send().await.map_err(|_| unanswered())?;
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or_default()))
    }

    /// The command that allows what is needed, for whoever keeps the server.
    fn access(&self) -> String {
        let topic = &self.topic;
        if self.token.is_some() {
            format!("ntfy access USER {topic} read-write, with the user of NTFY_API_KEY")
        } else {
            format!("set NTFY_API_KEY to a token that may, or ntfy access everyone {topic} read-write")
        }
    }

    async fn ask(&self, path: &str) -> Result<StatusCode, String> {
        let asked = self
            .authorized(self.http.get(format!("{}{path}", self.base)))
            .send()
            .await;
        asked.map(|answer| answer.status()).map_err(|_| unanswered())
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret().trim()),
            None => request,
        }
    }
}

fn unanswered() -> String {
    format!("no answer within {} s", PATIENCE.as_secs())
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
