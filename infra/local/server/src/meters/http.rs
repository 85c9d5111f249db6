//! `GET /metrics`, and counting the answers of the API.

use std::sync::Arc;
use std::time::Instant;

use api::Measures;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Meters;
use crate::host::Host;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`.
pub(crate) fn router(host: Arc<Host>, measures: Arc<dyn Measures>) -> Router {
    Router::new().route("/metrics", get(read)).with_state((host, measures))
}

async fn read(State((host, measures)): State<(Arc<Host>, Arc<dyn Measures>)>) -> Response {
    host.meters.sampled.take(&host);
    match measures.measured().await {
        Ok(values) => host.meters.watched.show(&values.alarms()),
        // The other metrics say why.
        Err(error) => tracing::error!(%error, "the alarms cannot be evaluated"),
    }
    match host.meters.text() {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Meters {
    /// Counts every answer of these routes, by the address as it is written in the router: an id would make a series of its
    /// own.
    pub(crate) fn counting(self: &Arc<Self>, routes: Router) -> Router {
        routes.layer(middleware::from_fn_with_state(Arc::clone(self), count))
    }
}

async fn count(State(meters): State<Arc<Meters>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let mut labels = vec![("method", method(&request)), ("path", path.to_owned())];
    let response = next.run(request).await;
    let took = begun.elapsed();
    meters.durations.get_or_create(&labels).observe(took.as_secs_f64());
    meters.recent.answered(response.status(), took);
    labels.push(("status", response.status().as_str().to_owned()));
    meters.requests.get_or_create(&labels).inc();
    response
}

/// Anybody may make up methods; a series is kept for those that there are.
fn method(request: &Request) -> String {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    let method = request.method().as_str();
    if known.contains(&method) { method } else { "other" }.to_owned()
}
