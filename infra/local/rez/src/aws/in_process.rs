//! The API in this process, asked on behalf of whoever is signed in to AWS.

use std::sync::Arc;

use activity_runtime::SystemClock;
use api::{Bounds, Caller, CameBy, Entrance, Look, RateLimit, Right};
use authorizer::{Gate, Seal, SignInLinks, Verifier};
use aws_config::SdkConfig;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use reqwest::Url;
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;
use web_api::Places;

use super::schedules::OfStage;
use super::{Deployment, Names, QUEUE};
use crate::client::{Answer, Question};
use crate::failure::Failure;

/// The longest answer that is read: a page of a hundred messages of 64 KiB has room.
const ANSWER_BYTES: usize = 16 * 1_024 * 1_024;

/// The API over the stage. Nothing listens: requests come from this process alone, with their caller among their extensions.
pub(super) fn router(sdk: &SdkConfig, names: &Names) -> Router {
    let places = Places {
        stage: names.stage.clone(),
        messages: names.messages(),
        breakers: names.breakers(),
        state_machine_arn: names.state_machine("process-message"),
        state_machine_alias_arn: Some(names.alias("process-message")),
        dead_letter_queue_url: names.queue_url(QUEUE),
    };
    let schedules = OfStage {
        client: aws_sdk_scheduler::Client::new(sdk),
        group: names.schedule_group(),
        state_machine_arn: names.alias("process-message"),
        target: tokio::sync::OnceCell::new(),
    };
    api::router(places.api(sdk, Arc::new(SystemClock), Arc::new(schedules), entrance(), None))
}

/// Nobody comes in by it: it trusts no issuer, and what it seals with is known to no one.
fn entrance() -> Entrance {
    let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    let seal = Seal::new(&key).expect("32 bytes are enough");
    Entrance {
        gate: Gate::new(Verifier::default(), seal),
        links: SignInLinks::default(),
        sign_in: None,
        public_url: "http://localhost".to_owned(),
        rate: RateLimit::new(0),
        bounds: Bounds::default(),
        look: Look::default(),
        origins: Vec::new(),
    }
}

impl Deployment {
    /// What the API answers to an administrator.
    pub(crate) async fn answer(&self, address: &Url, question: &Question<'_>) -> Result<Answer, Failure> {
        let unmade = |error: &dyn std::fmt::Display| Failure::failed(format!("the request cannot be made: {error}"));
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        let uri = format!("{}{query}", address.path());
        let mut request = Request::builder().method(question.method.clone()).uri(uri);
        if let Some((name, value)) = question.header {
            request = request.header(name, value);
        }
        let body = match question.body {
            None => Body::empty(),
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        let mut request = request.body(body).map_err(|error| unmade(&error))?;
        request.extensions_mut().insert(Caller {
            subject: self.caller.clone(),
            rights: [Right::Admin].into_iter().collect(),
            came_by: CameBy::Token,
        });
        self.witness.forget();
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES).await.map_err(|error| unmade(&error))?;
        // The API does not tell why it failed; what AWS has refused does.
        if let Some(refusal) = parts.status.is_server_error().then(|| self.witness.take()).flatten() {
            return Err(Failure::failed(self.explained(&refusal)));
        }
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            document: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        })
    }
}
