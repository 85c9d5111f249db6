//! `rez sign-in`.

use crate::failure::Failure;
use crate::hint::rez;
use crate::output;
use crate::session::Session;

/// Prints a link for the browser. A server of this process's own would be gone before anybody opened it.
pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    if session.is_own() {
        let text = format!(
            "no server runs on this data directory: start {} serve, which prints a link",
            rez()
        );
        return Err(Failure::refused(text));
    }
    output::line(session.client.sign_in_link().await?)
}
