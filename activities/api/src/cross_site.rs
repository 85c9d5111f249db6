//! Forms that another site makes a browser send.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};

use crate::{Caller, CameBy, CsrfToken, Problem, ProblemKind};

/// The header in which scripts send the token.
const HEADER: &str = "x-csrf-token";
/// The field in which forms send it.
pub(crate) const FIELD: &str = "csrf_token";

/// The longest form: an execution's input of 256 KiB in which every byte is escaped.
const FORM_BYTES: usize = 1_024 * 1_024;

/// Refuses a request that changes something, comes with a session, and does not show that a page of ours made it.
///
/// A token in `Authorization` needs no such proof: no browser sends it by itself.
pub(crate) async fn refuse(request: Request) -> Result<Request, Problem> {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let session = request
        .extensions()
        .get::<Caller>()
        .is_some_and(|caller| caller.came_by == CameBy::Session);
    if safe || !session {
        return Ok(request);
    }
    if !of_this_site(&request) {
        return Err(foreign());
    }
    let Some(expected) = request.extensions().get::<CsrfToken>().cloned() else {
        return Err(foreign());
    };
    if let Some(sent) = request.headers().get(HEADER) {
        let right = sent.to_str().is_ok_and(|sent| expected.is(sent));
        return if right { Ok(request) } else { Err(foreign()) };
    }
    in_form(request, &expected).await
}

/// What the browser itself says. Source: <https://www.w3.org/TR/fetch-metadata/>, `Sec-Fetch-Site`.
fn of_this_site(request: &Request) -> bool {
    let said = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(said, None | Some(b"same-origin" | b"none"))
}

/// Looks for the token in a form, and gives the request back with its body as it was.
async fn in_form(request: Request, expected: &CsrfToken) -> Result<Request, Problem> {
    let declared = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let form = declared.is_some_and(|declared| declared.split(';').next() == Some("application/x-www-form-urlencoded"));
    if !form {
        return Err(foreign());
    }
    let (parts, body) = request.into_parts();
    let too_large = |_| {
        Problem::new(
            ProblemKind::BodyTooLarge,
            "the form is longer than 1 MiB; send a shorter one",
        )
    };
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(too_large)?;
    let mut fields = form_urlencoded::parse(&bytes);
    if fields.any(|(name, value)| name == FIELD && expected.is(&value)) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(foreign())
    }
}

fn foreign() -> Problem {
    let detail =
        "a form of a session must send its csrf_token, or a script the header X-CSRF-Token; load the page again";
    Problem::new(ProblemKind::CrossSite, detail)
}
