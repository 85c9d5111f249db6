//! Where people come in.

use std::sync::Arc;

use authorizer::{Gate, Login, Purpose, Refresh, Session, SignIn, SignInLinks, SignedIn};
use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::cookies;
use crate::{Bounds, Look, Problem, ProblemKind, RateLimit};

/// How long a browser keeps a session that began at an issuer. Within it the session goes on as long as the issuer renews it.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a session lasts that began with a one-time link.
pub(crate) const BY_LINK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Who is let in, and how they sign in.
#[derive(Debug)]
pub struct Entrance {
    /// What verifies tokens and opens sessions.
    pub gate: Gate,
    /// One-time links, where the machine is its own issuer.
    pub links: SignInLinks,
    /// Signing in at an issuer, where one is set.
    pub sign_in: Option<Arc<SignIn>>,
    /// The address under which browsers reach this server, without a slash at its end: `http://127.0.0.1:8080`.
    pub public_url: String,
    /// How often each caller may ask.
    pub rate: RateLimit,
    /// What each caller may take at once.
    pub bounds: Bounds,
    /// What the pages around signing in look like.
    pub look: Look,
    /// The origins whose pages may call the API with a token, as `https://app.example.org`.
    pub origins: Vec<String>,
}

/// The cookies there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    Session,
    Refresh,
    Login,
}

impl Cookie {
    const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Refresh => "refresh",
            Self::Login => "login",
        }
    }
}

impl Entrance {
    /// A link that signs in whoever opens it first, within a day. For the eyes of the machine's owner alone.
    pub fn sign_in_link(&self, now: Timestamp) -> SecretString {
        let code = self.links.make(now);
        format!("{}/sign-in?code={}", self.public_url, code.expose_secret()).into()
    }

    /// Whether browsers come over TLS.
    pub(crate) fn https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// A cookie's name. With the prefix, browsers take it from this very host over TLS alone; without TLS they would not take
    /// it. Cookies know no ports: two servers of one host would overwrite each other's.
    fn name(&self, cookie: Cookie) -> String {
        let prefix = if self.https() { "__Host-" } else { "" };
        let port = self
            .public_url
            .rsplit(':')
            .next()
            .filter(|port| port.parse::<u16>().is_ok());
        let port = port.map(|port| format!("_{port}")).unwrap_or_default();
        format!("{prefix}rez_{}{port}", cookie.word())
    }

    /// A cookie of a request.
    pub(crate) fn cookie<'a>(&self, headers: &'a HeaderMap, cookie: Cookie) -> Option<&'a str> {
        cookies::read(headers, &self.name(cookie))
    }

    /// What renews the session of a request.
    pub(crate) fn refresh(&self, headers: &HeaderMap) -> Option<Refresh> {
        let sealed = self.cookie(headers, Cookie::Refresh)?;
        self.gate.seal.open(Purpose::Refresh, sealed)
    }

    /// The sign-in that the browser has begun.
    pub(crate) fn login(&self, headers: &HeaderMap) -> Option<Login> {
        let sealed = self.cookie(headers, Cookie::Login)?;
        self.gate.seal.open(Purpose::Login, sealed)
    }

    /// The header that ends a cookie.
    pub(crate) fn without(&self, cookie: Cookie) -> HeaderValue {
        cookies::set(&self.name(cookie), "", 0, self.https())
    }

    fn sealed<T: Serialize>(&self, cookie: Cookie, value: &T, kept: SignedDuration) -> Option<HeaderValue> {
        let purpose = match cookie {
            Cookie::Session => Purpose::Session,
            Cookie::Refresh => Purpose::Refresh,
            Cookie::Login => Purpose::Login,
        };
        let sealed = self.gate.seal.seal(purpose, value)?;
        let name = self.name(cookie);
        Some(cookies::set(&name, &sealed, kept.as_secs(), self.https()))
    }

    /// The cookie of a session that began with a link.
    pub(crate) fn by_link(&self, session: &Session) -> Result<HeaderValue, Problem> {
        self.sealed(Cookie::Session, session, BY_LINK).ok_or_else(not_sealed)
    }

    /// The cookie of a sign-in that begins.
    pub(crate) fn begun(&self, login: &Login) -> Result<HeaderValue, Problem> {
        let kept = SignedDuration::from_mins(10);
        self.sealed(Cookie::Login, login, kept).ok_or_else(not_sealed)
    }

    /// The cookies of a session that began at an issuer, or was renewed there. A refresh token that is too long for a cookie is
    /// left out: the session then ends with its access token.
    pub(crate) fn signed_in(&self, signed_in: &SignedIn) -> Result<Vec<HeaderValue>, Problem> {
        let session = self.sealed(Cookie::Session, &signed_in.session, KEPT);
        let session = session.ok_or_else(not_sealed)?;
        let refresh = signed_in.refresh.as_ref().and_then(|refresh| {
            let sealed = self.sealed(Cookie::Refresh, refresh, KEPT);
            if sealed.is_none() {
                tracing::warn!(
                    "the issuer's refresh token is too long for a cookie: sessions end with their access token"
                );
            }
            sealed
        });
        Ok([session].into_iter().chain(refresh).collect())
    }

    /// Ends a session before its time, for as long as it could be renewed.
    pub(crate) fn sign_out(&self, session: &Session, now: Timestamp) {
        let until = now.as_second().saturating_add(KEPT.as_secs());
        self.gate.sign_out(session, until, now);
    }
}

fn not_sealed() -> Problem {
    Problem::new(ProblemKind::Internal, "the session cannot be sealed")
}
