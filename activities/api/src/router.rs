//! The addresses.

use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::handlers::{acknowledgements, breakers, dead_letters, health, index, messages};
use crate::{Api, Problem, ProblemKind, correlation};

/// The JSON API. The same router answers behind API Gateway and on one machine.
///
/// Every answer carries `X-Correlation-Id`; every refusal is `application/problem+json` with a stable `code`.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/api", get(index::read))
        .route("/api/", get(index::read))
        .route("/api/messages", get(messages::list).post(messages::create))
        .route("/api/messages/{id}", get(messages::read))
        .route("/api/messages/{id}/redrive", post(messages::send_again))
        .route("/api/messages/{id}/acknowledge", post(acknowledgements::acknowledge))
        .route("/api/dead-letters", get(dead_letters::list))
        .route("/api/dead-letters/redrive", post(dead_letters::send_again))
        .route("/api/breakers", get(breakers::list))
        .route("/api/breakers/{service}/reset", post(breakers::reset))
        .route("/api/health", get(health::read))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(correlation::layer))
        .with_state(api)
}

async fn not_found() -> Problem {
    Problem::new(ProblemKind::NotFound, "there is no such address; GET /api lists them")
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        ProblemKind::MethodNotAllowed,
        "the address knows other methods; the header Allow names them",
    )
}
