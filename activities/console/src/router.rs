//! The addresses.

use authorizer::{Caller, Right};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, extract::DefaultBodyLimit};

use crate::assets;
use crate::console::Console;
use crate::failure::Failure;
use crate::pages::{
    compose, dead_letters, docs, execution, health, machine, machines, message, messages, raw, schedules, start,
};

/// The longest form: an input of 256 KiB in which every byte is escaped.
const FORM_BYTES: usize = 1_024 * 1_024;

/// What every answer carries: nothing from elsewhere runs or is shown, and nobody frames a page.
///
/// Source: <https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html>.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The pages: all under `/console`, and the API's own under `/docs`.
pub fn router(console: Console) -> Router {
    // Executions carry everybody's messages, and of other state machines nobody knows whose their data are.
    let for_administrators = Router::new()
        .route("/machines", get(machines::read))
        .route("/machines/{name}", get(machine::read))
        .route("/machines/{name}/start", get(start::form).post(start::start))
        .route("/executions/{id}", get(execution::read))
        .route("/executions/{id}/stop", post(execution::stop))
        .route("/executions/{id}/redrive", post(execution::redrive))
        .route("/executions/{id}/events/{event}", get(raw::event))
        .route("/executions/{id}/{what}", get(raw::text))
        .route_layer(middleware::from_fn(administrators));
    let pages = Router::new()
        .route("/", get(first))
        .route("/assets/{name}", get(assets::read))
        .route("/messages", get(messages::read))
        .route("/messages/new", get(compose::form).post(compose::send))
        .route("/messages/{id}", get(message::read))
        .route("/messages/{id}/redrive", post(message::send_again))
        .route("/messages/{id}/cancel", post(message::cancel))
        .route("/dead-letters", get(dead_letters::read))
        .route("/dead-letters/redrive", post(dead_letters::send_again))
        .route("/schedules", get(schedules::list))
        .route("/schedules/new", get(schedules::new).post(schedules::create))
        .route("/schedules/{name}", get(schedules::read).post(schedules::change))
        .route("/schedules/{name}/{act}", post(schedules::act))
        .route("/health", get(health::read))
        .route("/breakers/{service}/reset", post(health::reset))
        .merge(for_administrators)
        .fallback(nothing)
        .with_state(console.clone());
    let docs = Router::new()
        .route("/docs", get(docs::read))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route(
            "/docs/{operation}",
            get(docs::operation::read).post(docs::operation::send),
        )
        .with_state(console);
    Router::new()
        .nest("/console", pages)
        .route("/console/", get(first))
        .merge(docs)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(middleware::from_fn(guarded))
}

async fn first() -> Redirect {
    Redirect::to("/console/messages")
}

async fn nothing() -> Failure {
    Failure::not_found("There is no such page.")
}

async fn administrators(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    if caller.is_some_and(|caller| caller.may(Right::Admin)) {
        return next.run(request).await;
    }
    let refused = Failure {
        status: StatusCode::FORBIDDEN,
        title: "This is for administrators".to_owned(),
        detail: "State machines and their executions are shown to those with the scope or group admin.".to_owned(),
    };
    refused.into_response()
}

/// Refuses what another site's page sends, and adds the headers.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = if is_from_elsewhere(&request) {
        let refused = Failure {
            status: StatusCode::FORBIDDEN,
            title: "This came from another site".to_owned(),
            detail: "Forms are taken from these pages alone. Open the page here and send it again.".to_owned(),
        };
        refused.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether a browser says that another site made this request that changes something. Every browser of today says one of
/// the two; what says neither is a program, which has no cookies of anybody.
fn is_from_elsewhere(request: &Request) -> bool {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return false;
    }
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    match (header("sec-fetch-site"), header("origin")) {
        (Some(site), _) => !["same-origin", "none"].contains(&site),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || host != header("host")
        }
        (None, None) => false,
    }
}
