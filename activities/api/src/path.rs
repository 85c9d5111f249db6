//! Identifiers in paths.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::{Problem, ProblemKind};

/// The one identifier of a path, decoded. What cannot be decoded names nothing.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id))
            .map_err(|_| Problem::new(ProblemKind::NotFound, "the address names nothing"))
    }
}
