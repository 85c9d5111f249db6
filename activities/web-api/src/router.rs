//! What answers at which address.

use std::sync::Arc;

use api::Api;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use console::{Console, StepFunctions};

/// The JSON API, the pages around signing in, and the console. `arn_prefix` is what ARNs of Step Functions begin with,
/// `arn:aws:states:REGION:ACCOUNT`.
pub fn router(api: Api, step_functions: Arc<dyn StepFunctions>, arn_prefix: &str) -> Router {
    let json = api::router(api.clone());
    let console = Console::new(step_functions, arn_prefix, json.clone(), Arc::clone(&api.clock));
    let others = Router::new()
        .merge(api::pages(api.clone(), console::router(console)))
        .route("/", get(async || Redirect::to("/console")))
        .fallback_service(json);
    api::secured(api, others)
}
