//! What is said to whom a door stays shut.

use api::{Problem, ProblemKind};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::wire::ApiError;

/// Why a request is not let in. What it sent stands nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It names no host, or more than one.
    NoHost,
    /// It calls this server by a name that nobody has given it.
    OtherHost,
    /// A page of another site has made it.
    OtherSite,
}

/// How a listener refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As `application/problem+json`.
    Problem,
    /// As AWS's JSON protocol does.
    Aws,
}

impl Refused {
    fn detail(self) -> &'static str {
        match self {
            Self::NoHost => "the request must name one host, as Host: 127.0.0.1:8080",
            Self::OtherHost => {
                "this server is not known by that name: call it as localhost or 127.0.0.1, or name the host in \
                 REZ_ALLOWED_HOSTS, as containers need for rez or host.docker.internal"
            }
            Self::OtherSite => {
                "a page of another site has sent this: Origin or Sec-Fetch-Site says so, and only programs and this \
                 server's own pages may"
            }
        }
    }
}

impl Form {
    pub(super) fn answer(self, refused: Refused) -> Response {
        tracing::info!(?refused, "not let in at the door");
        match self {
            Self::Problem => {
                let kind = match refused {
                    Refused::NoHost => ProblemKind::InvalidHeader,
                    Refused::OtherHost => ProblemKind::Misdirected,
                    Refused::OtherSite => ProblemKind::CrossSite,
                };
                Problem::new(kind, refused.detail()).whole()
            }
            Self::Aws => {
                let error = match refused {
                    Refused::NoHost => ApiError::refused_at_the_door(StatusCode::BAD_REQUEST, refused.detail()),
                    _ => ApiError::refused_at_the_door(StatusCode::FORBIDDEN, refused.detail()),
                };
                crate::wire::as_aws(error.into_response())
            }
        }
    }
}
