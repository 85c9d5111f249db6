//! `rez token`.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::arguments::{Settings, TokenArgs};
use crate::failure::Failure;
use crate::output;
use crate::session;

/// Prints a token and nothing else. No server is asked: whoever reads the key may sign with it.
pub(crate) fn run(settings: &Settings, arguments: &TokenArgs) -> Result<(), Failure> {
    let rights = arguments.scope.iter().copied().collect();
    let issuer = session::identity(settings)?.issuer;
    let token = issuer.token(&arguments.subject, rights, arguments.expires, Timestamp::now());
    let token = token.ok_or_else(|| Failure::refused("--expires lies too far ahead"))?;
    output::line(token.expose_secret())
}
