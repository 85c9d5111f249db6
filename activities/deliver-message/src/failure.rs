//! What it means when no answer came, or only part of one.

use std::error::Error;

use contracts::DeliverError;

/// The class of a failed exchange: before the connection stood nothing was sent, after that nobody knows.
///
/// A connection that fails covers DNS, refusal, the TLS handshake and the time for all three.
pub(crate) fn failed(error: &reqwest::Error) -> DeliverError {
    let reason = reason(error);
    if error.is_connect() {
        DeliverError::Unavailable { reason }
    } else if error.is_builder() {
        DeliverError::Misconfigured { reason }
    } else {
        DeliverError::Ambiguous { reason }
    }
}

/// One line of ours and the innermost cause. The errors above it are left out: they name the URL.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let what = match () {
        () if error.is_connect() && error.is_timeout() => return "no connection in time".to_owned(),
        () if error.is_connect() => "no connection",
        () if error.is_timeout() => return "no answer in time".to_owned(),
        () if error.is_builder() => "no request can be made",
        () => "the connection broke",
    };
    match innermost(error) {
        Some(cause) => format!("{what}: {cause}"),
        None => what.to_owned(),
    }
}

fn innermost(error: &reqwest::Error) -> Option<&dyn Error> {
    std::iter::successors(error.source(), |cause: &&dyn Error| (*cause).source()).last()
}
