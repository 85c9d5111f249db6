//! Pages that say why there is no page.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::frame::{Frame, Section};
use crate::json_api::Problem;
use crate::port::ServiceError;
use crate::reader::Reader;

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) title: String,
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn not_found(what: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: "Nothing is here".to_owned(),
            detail: what.to_owned(),
        }
    }
}

impl From<ServiceError> for Failure {
    /// What failed inside is for the log. What the caller did wrong is theirs to read.
    fn from(error: ServiceError) -> Self {
        let failed = ["InternalFailure", "UnexpectedAnswer"].contains(&error.code.as_str());
        let status = match error.code.as_str() {
            _ if failed => StatusCode::INTERNAL_SERVER_ERROR,
            "ServiceUnavailable" | "ExecutionLimitExceeded" => StatusCode::SERVICE_UNAVAILABLE,
            "AccessDeniedException" => StatusCode::FORBIDDEN,
            "ExecutionNotRedrivable" => StatusCode::CONFLICT,
            _ if error.is_absence() => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        if failed {
            tracing::error!(%error, "a page could not be made");
        }
        Self {
            status,
            title: "This could not be done".to_owned(),
            detail: format!("{} ({})", error.message, error.code),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status,
            title: problem.title,
            detail: problem.detail,
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be written");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: "This page could not be written".to_owned(),
            detail: "The log has the reason.".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    frame: Frame,
    failure: Failure,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status;
        let page = Page {
            frame: Frame::new(&self.title, Section::None, &Reader::default()),
            failure: self,
        };
        // Its template has nothing that could fail.
        let text = page.render().unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
    }
}
