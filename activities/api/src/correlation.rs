//! `X-Correlation-Id`, in and out: what ties one request, its execution and their log lines together.

use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::{FieldError, Problem, ProblemKind};

/// The header's name.
pub(crate) static HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// The longest id that is taken over.
const MAX_LENGTH: usize = 128;

/// The correlation id of a request, as an extension for the handlers.
#[derive(Clone, Debug)]
pub(crate) struct CorrelationId(pub(crate) String);

/// Takes the id over or makes one, gives it to the handlers, the log, the answer's header and every problem document.
pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let (id, refused) = match request.headers().get(&HEADER).map(taken_over) {
        None => (made(), None),
        Some(Some(id)) => (id, None),
        Some(None) => (made(), Some(refusal())),
    };
    let (method, path, started) = (
        request.method().clone(),
        logged(request.uri().path()).to_owned(),
        Instant::now(),
    );
    // At ERROR, so that lines of every level carry the id.
    let span = tracing::error_span!("request", correlation_id = id, path);
    request.extensions_mut().insert(CorrelationId(id.clone()));
    // Pages that call the API in this process hand the header on: both are one request in the log.
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(HEADER.clone(), value);
    }
    let response = match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).instrument(span.clone()).await,
    };
    let (status, duration_ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1_000.0);
    span.in_scope(|| tracing::info!(%method, status, duration_ms, "answered"));
    finished(response, &id)
}

/// A path as the log shows it: a link that acknowledges is a secret.
fn logged(path: &str) -> &str {
    if path.starts_with("/ack/") { "/ack/" } else { path }
}

fn made() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Printable ASCII without spaces and quotes: what may stand in any log format unescaped.
fn taken_over(value: &HeaderValue) -> Option<String> {
    let id = value.to_str().ok()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@+=".contains(&byte);
    (!id.is_empty() && id.len() <= MAX_LENGTH && id.bytes().all(allowed)).then(|| id.to_owned())
}

fn refusal() -> Problem {
    let detail = "must be 1 to 128 of A-Z a-z 0-9 - _ . : / @ + =; without the header one is made";
    Problem::field(ProblemKind::InvalidHeader, FieldError::new("X-Correlation-Id", detail))
}

impl Problem {
    /// A whole answer, for whoever serves beside this router.
    pub fn whole(self) -> Response {
        let mut response = finished(self.into_response(), &made());
        crate::headers::add(response.headers_mut());
        response
    }
}

fn finished(mut response: Response, id: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        *response.body_mut() = Body::from(serde_json::json!(problem.document(id)).to_string());
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(HEADER.clone(), value);
    }
    response
}
