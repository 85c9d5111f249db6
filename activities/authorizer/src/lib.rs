//! Who may: tokens are verified, sessions sealed, people signed in.
//!
//! [`Gate`] turns a bearer token or a session cookie into a [`Caller`]; the API and the Lambda authorizer both ask it, so
//! that a token means the same everywhere. Tokens come from an OpenID Connect issuer, or from [`OwnIssuer`], the one of a
//! machine without any.
//!
//! This crate does not know what is behind the gate: addresses, messages and pages are the API's.

mod cached;
mod caller;
mod claims;
mod gate;
mod http;
mod keys;
mod lambda;
mod links;
mod own_issuer;
mod pass;
mod provider;
mod refusal;
mod rules;
mod seal;
mod session;
mod settings;
mod sign_in;
mod verified;
mod verifier;

pub use caller::{Caller, CameBy, Right, Rights};
pub use gate::Gate;
pub use keys::{Key, KeySource, KeysUnavailable};
pub use lambda::{Authorizer, on_aws};
pub use links::SignInLinks;
pub use own_issuer::{Lifetime, OWNER, OwnIssuer, OwnKeys};
pub use pass::Pass;
pub use provider::Provider;
pub use refusal::Refusal;
pub use rules::{Access, Rules};
pub use seal::{Purpose, Seal};
pub use session::{CsrfToken, Session};
pub use settings::{IssuerSettings, SettingError};
pub use sign_in::{Begun, Callback, Login, Refresh, SignIn, SignInError, SignedIn};
pub use verifier::{Trusted, Verifier};
