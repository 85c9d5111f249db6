//! Refusals as pages, for whoever reads them in a browser.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::correlation::CorrelationId;
use crate::{Api, Problem, sign_in_page};

/// Makes a page of a problem if the request is a browser's that shows what it gets. Programs get their JSON.
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    let shows = shows_pages(request.headers());
    let id = request.extensions().get().map(|CorrelationId(id)| id.clone());
    let mut response = next.run(request).await;
    let problem = if shows {
        response.extensions_mut().remove::<Problem>()
    } else {
        None
    };
    let Some(problem) = problem else { return response };
    let page = sign_in_page::refusal(&api.entrance.look, &problem, id.as_deref().unwrap_or_default());
    let (made, body) = page.into_parts();
    *response.body_mut() = body;
    // Status, cookies and what the refusal says to the browser stay.
    response.headers_mut().extend(made.headers);
    response
}

/// Source: RFC 9110, section 12.5.1. Browsers name HTML first when they go to an address, and nothing of JSON.
fn shows_pages(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let ranges: Vec<&str> = accepted
        .flat_map(|list| list.split(','))
        .filter_map(|range| range.split(';').next())
        .map(str::trim)
        .collect();
    let html = ranges.iter().any(|range| range.eq_ignore_ascii_case("text/html"));
    html && !ranges.iter().any(|range| range.ends_with("json"))
}
