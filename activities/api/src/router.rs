//! The addresses.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::transform::TransformOperation;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};

use crate::handlers::{
    acknowledgement_links, acknowledgements, auth, breakers, dead_letters, events, health, index, messages, metrics,
    schedules,
};
use crate::openapi::{self, Document, refuses};
use crate::{Api, MayAdminister, Problem, ProblemKind, correlation, headers, refusal_page, who};

/// The JSON API. The same router answers behind API Gateway and on one machine.
///
/// Every answer carries `X-Correlation-Id`; every refusal is `application/problem+json` with a stable `code`.
pub fn router(api: Api) -> Router {
    let (routes, document) = Document::of(routes);
    routes
        .route("/api/", get(index::read))
        .route(openapi::PATH, get(index::document))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(document))
        .layer(middleware::from_fn_with_state(api.clone(), who::read))
        .layer(middleware::from_fn_with_state(api.clone(), headers::cors))
        .layer(middleware::from_fn_with_state(api.clone(), refusal_page::layer))
        .layer(middleware::from_fn_with_state(api.clone(), headers::secure))
        .layer(middleware::from_fn(correlation::layer))
        .with_state(api)
}

/// Gives every answer of other addresses the headers that those of the API have.
pub fn secured(api: Api, others: Router) -> Router {
    others.layer(middleware::from_fn_with_state(api, headers::secure))
}

/// Pages that answer callers alone. Whoever has not signed in is sent to do so, and a form that is not the session's own is
/// refused. Handlers find a [`Caller`](crate::Caller) and a [`CsrfToken`](crate::CsrfToken) among a request's extensions.
/// What is under `/console/assets/` belongs to everybody, and so does reading under `/docs`.
pub fn pages(api: Api, pages: Router) -> Router {
    pages
        .layer(middleware::from_fn(who::demand_for_pages))
        .layer(middleware::from_fn_with_state(api.clone(), who::read))
        .layer(middleware::from_fn_with_state(api.clone(), refusal_page::layer))
        .layer(middleware::from_fn_with_state(api, headers::secure))
        .layer(middleware::from_fn(correlation::layer))
}

/// Addresses of others that are for administrators alone, by token or session.
pub fn for_administrators(api: Api, others: Router) -> Router {
    others
        .layer(middleware::from_extractor::<MayAdminister>())
        .layer(middleware::from_fn(who::demand))
        .layer(middleware::from_fn_with_state(api.clone(), who::read))
        .layer(middleware::from_fn_with_state(api.clone(), refusal_page::layer))
        .layer(middleware::from_fn_with_state(api, headers::secure))
        .layer(middleware::from_fn(correlation::layer))
}

fn routes() -> ApiRouter<Api> {
    let for_callers = of_messages()
        .merge(of_failures())
        .merge(of_schedules())
        .merge(of_what_happens())
        .merge(of_callers());
    for_callers
        .route_layer(middleware::from_fn(who::demand))
        .merge(of_everybody())
}

fn of_messages() -> ApiRouter<Api> {
    use ProblemKind::{Conflict, IdempotencyMismatch};
    ApiRouter::new()
        .api_route(
            "/api/messages",
            get_with(
                messages::list,
                about("listMessages", "messages", "Messages, newest first", &[]),
            )
            .post_with(messages::create, |operation| {
                let about = about("sendMessage", "messages", "Send a message", &[IdempotencyMismatch]);
                operation.with(about).with(openapi::idempotent)
            }),
        )
        .api_route(
            "/api/messages/{id}",
            get_with(messages::read, about("readMessage", "messages", "One message", &[])).delete_with(
                messages::cancel,
                about(
                    "cancelMessage",
                    "messages",
                    "Cancel a message that is not delivered yet",
                    &[Conflict],
                ),
            ),
        )
        .api_route(
            "/api/messages/{id}/redrive",
            post_with(
                messages::send_again,
                about("redriveMessage", "messages", "Send a failed message again", &[Conflict]),
            ),
        )
        .api_route(
            "/api/messages/{id}/acknowledge",
            post_with(
                acknowledgements::acknowledge,
                about(
                    "acknowledgeMessage",
                    "messages",
                    "Say that you have seen a message",
                    &[Conflict],
                ),
            ),
        )
}

fn of_failures() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/dead-letters",
            get_with(
                dead_letters::list,
                about(
                    "listDeadLetters",
                    "dead letters",
                    "Dead letters, newest messages first",
                    &[],
                ),
            ),
        )
        .api_route(
            "/api/dead-letters/redrive",
            post_with(
                dead_letters::send_again,
                about("redriveDeadLetters", "dead letters", "Send dead letters again", &[]),
            ),
        )
        .api_route(
            "/api/breakers",
            get_with(
                breakers::list,
                about("listBreakers", "breakers", "Every circuit breaker", &[]),
            ),
        )
        .api_route(
            "/api/breakers/{service}/reset",
            post_with(
                breakers::reset,
                about("resetBreaker", "breakers", "Close a circuit breaker", &[]),
            ),
        )
}

fn of_schedules() -> ApiRouter<Api> {
    use ProblemKind::{Conflict, PreconditionFailed};
    ApiRouter::new()
        .api_route(
            "/api/schedules",
            get_with(
                schedules::list,
                about("listSchedules", "schedules", "Schedules, by name", &[]),
            )
            .post_with(
                schedules::create,
                about("createSchedule", "schedules", "Create a schedule", &[Conflict]),
            ),
        )
        .api_route(
            "/api/schedules/{name}",
            get_with(schedules::read, about("readSchedule", "schedules", "One schedule", &[]))
                .put_with(schedules::change, |operation| {
                    let refusals = &[Conflict, PreconditionFailed];
                    let about = about("changeSchedule", "schedules", "Change or pause a schedule", refusals);
                    operation.with(about).with(openapi::guarded)
                })
                .delete_with(schedules::delete, |operation| {
                    let refusals = &[Conflict, PreconditionFailed];
                    let about = about("deleteSchedule", "schedules", "Delete a schedule", refusals);
                    operation.with(about).with(openapi::guarded)
                }),
        )
}

fn of_what_happens() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/metrics",
            get_with(
                metrics::read,
                about("readMetrics", "service", "How messages fared", &[]),
            ),
        )
        .api_route(
            "/api/events",
            get_with(events::watch, |operation| {
                let about = about("watchEvents", "service", "What happens, as server-sent events", &[]);
                operation.with(about).with(openapi::event_stream)
            }),
        )
}

fn of_callers() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/api/auth/me",
            get_with(
                auth::me,
                about("whoAmI", "sign-in", "Who you are, and what you may do", &[]),
            ),
        )
        .api_route(
            "/api/auth/links",
            post_with(
                auth::make_link,
                about("makeLink", "sign-in", "Make a link that signs a browser in", &[]),
            ),
        )
        .route("/sign-out", get(auth::sign_out))
        .route("/api/auth/refresh", post(auth::refresh))
        .route("/api/auth/logout", post(auth::logout))
}

/// What answers without asking who comes.
fn of_everybody() -> ApiRouter<Api> {
    ApiRouter::new()
        .route(
            "/ack/{link}",
            get(acknowledgement_links::ask).post(acknowledgement_links::give),
        )
        .route("/sign-in", get(auth::sign_in))
        .route("/api/auth/login", get(auth::login).post(auth::login))
        .route("/api/auth/callback", get(auth::callback))
        .api_route(
            "/api",
            get_with(index::read, |operation| {
                let about = about("index", "service", "What there is", &[]);
                operation.with(about).with(openapi::open)
            }),
        )
        .api_route(
            "/api/health",
            get_with(health::read, |operation| {
                let about = about("health", "service", "Whether messages can be accepted", &[]);
                operation.with(about).with(openapi::open)
            }),
        )
}

/// What any operation may answer, whatever it is.
const ALWAYS: &[ProblemKind] = &[
    ProblemKind::InvalidHeader,
    ProblemKind::Internal,
    ProblemKind::Unavailable,
];

/// What an operation says of itself, and which refusals its handler decides on.
fn about(
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    refusals: &'static [ProblemKind],
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |operation| {
        let operation = operation.id(id).tag(tag).summary(summary);
        operation.with(refuses(refusals)).with(refuses(ALWAYS))
    }
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
