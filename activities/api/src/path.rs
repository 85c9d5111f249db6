//! Identifiers in paths.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::{Problem, ProblemKind};

/// What an identifier in a path names.
pub(crate) trait Named {
    /// The name of the parameter in the path.
    const NAME: &'static str;
    /// What it is, in one sentence.
    const ABOUT: &'static str;
}

/// A message, by its id.
pub(crate) struct AMessage;

impl Named for AMessage {
    const NAME: &'static str = "id";
    const ABOUT: &'static str = "The message's id";
}

/// A circuit breaker, by the base URL of its server.
pub(crate) struct ABreaker;

impl Named for ABreaker {
    const NAME: &'static str = "service";
    const ABOUT: &'static str = "The base URL of the ntfy server, percent-encoded";
}

/// A schedule, by its name.
pub(crate) struct ASchedule;

impl Named for ASchedule {
    const NAME: &'static str = "name";
    const ABOUT: &'static str = "The schedule's name";
}

/// The one identifier of a path, decoded. What cannot be decoded names nothing.
pub(crate) struct Id<T>(pub(crate) String, pub(crate) PhantomData<T>);

impl<S: Send + Sync, T> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id, PhantomData))
            .map_err(|_| Problem::new(ProblemKind::NotFound, "the address names nothing"))
    }
}
