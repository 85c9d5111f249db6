//! Signing in at an issuer: OAuth 2.0 with a code and PKCE, OpenID Connect's nonce, and refresh tokens that rotate.
//!
//! Nothing of a sign-in is kept here between two requests but what avoids refreshing twice: the browser carries the rest,
//! sealed. Sources: RFC 6749, RFC 7636, RFC 9207, OpenID Connect Core 1.0.

mod flow;
mod oauth;
mod renewals;

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{Provider, Refusal, Session};
use renewals::Renewals;

/// Signs people in at one issuer.
#[derive(Debug)]
pub struct SignIn {
    provider: Arc<Provider>,
    /// Where the issuer sends browsers back to.
    redirect_uri: Url,
    /// Where browsers go after they have signed out at the issuer.
    home: Url,
    renewals: Renewals,
}

/// A sign-in that has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where the browser goes now.
    pub authorization_url: Url,
    /// What the browser keeps meanwhile, to be sealed for [`Purpose::Login`](crate::Purpose::Login).
    pub login: Login,
}

/// What a sign-in needs to end: the browser that began it carries this, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    state: String,
    nonce: String,
    verifier: String,
    /// Where the browser goes when it has signed in.
    pub return_to: String,
    /// When it is too late, in seconds since 1970.
    pub until: i64,
}

/// Somebody who has signed in, or whose session was renewed.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session, which ends with the access token.
    pub session: Session,
    /// What renews it, to be sealed for [`Purpose::Refresh`](crate::Purpose::Refresh); issuers need not give one.
    pub refresh: Option<Refresh>,
}

/// What renews a session: the browser carries it, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Refresh {
    token: String,
    session: Session,
}

/// What an issuer sent a browser back with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Callback<'a> {
    /// The code.
    pub code: Option<&'a str>,
    /// What the sign-in began with.
    pub state: Option<&'a str>,
    /// Which issuer it was (RFC 9207).
    pub iss: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
}

/// A sign-in or a renewal has failed. Nothing that was sent stands in the texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The browser did not begin it, began another one since, or took too long.
    #[error("this browser has begun no such sign-in, or more than ten minutes ago: begin again")]
    NotBegun,
    /// Another issuer answered than the one that was asked.
    #[error("another issuer has answered than the one that was asked: begin again")]
    OtherIssuer,
    /// The issuer did not let them in; its error code if it is one of the protocol's.
    #[error("the issuer has refused: {0}")]
    Refused(&'static str),
    /// The issuer's tokens are not as they should be.
    #[error("the issuer's token is not taken: {0}")]
    Token(#[from] Refusal),
    /// It is somebody else now.
    #[error("the issuer has answered for somebody else: sign in again")]
    SomebodyElse,
    /// The issuer does not answer.
    #[error("the issuer does not answer: try again later")]
    Away,
}

impl SignIn {
    /// Sign-ins at this issuer, for a server that browsers reach at `public_url`.
    pub fn new(provider: Arc<Provider>, public_url: &Url) -> Option<Self> {
        Some(Self {
            redirect_uri: public_url.join("/api/auth/callback").ok()?,
            home: public_url.join("/").ok()?,
            provider,
            renewals: Renewals::default(),
        })
    }
}

impl Refresh {
    /// The session that it renews, as it was sealed last.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}

impl Login {
    /// Whether it can still end.
    fn lives(&self, now: Timestamp) -> bool {
        now.as_second() < self.until
    }
}

/// Neither the verifier nor the nonce belongs in a log.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Refresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}
