//! Where people come in.

use authorizer::{Gate, SignInLinks};
use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::cookies;

/// Who is let in, and how they sign in.
#[derive(Debug)]
pub struct Entrance {
    /// What verifies tokens and opens sessions.
    pub gate: Gate,
    /// One-time links, where the machine is its own issuer.
    pub links: SignInLinks,
    /// The address under which browsers reach this server, without a slash at its end: `http://127.0.0.1:8080`.
    pub public_url: String,
}

impl Entrance {
    /// A link that signs in whoever opens it first, within a day. For the eyes of the machine's owner alone.
    pub fn sign_in_link(&self, now: Timestamp) -> SecretString {
        let code = self.links.make(now);
        format!("{}/sign-in?code={}", self.public_url, code.expose_secret()).into()
    }

    /// Whether browsers come over TLS.
    fn https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// With the prefix, browsers take the cookie from this very host over TLS alone; without TLS they would not take it.
    fn session_name(&self) -> &'static str {
        if self.https() {
            "__Host-rez_session"
        } else {
            "rez_session"
        }
    }

    /// The session cookie of a request.
    pub(crate) fn session_cookie<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        cookies::read(headers, self.session_name())
    }

    /// The header that begins or ends a session.
    pub(crate) fn set_session(&self, value: &str, seconds: i64) -> HeaderValue {
        cookies::set(self.session_name(), value, seconds, self.https())
    }
}
