//! The real client against a small parameter store that answers over HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;
use crate::FixedClock;

#[derive(Default)]
struct Store {
    asked: AtomicUsize,
    away: std::sync::atomic::AtomicBool,
}

/// Answers `GetParameter` with how often it was asked.
async fn get_parameter(State(store): State<Arc<Store>>, request: String) -> (StatusCode, Json<Value>) {
    let request: Value = serde_json::from_str(&request).unwrap();
    let asked = store.asked.fetch_add(1, Ordering::SeqCst) + 1;
    assert_eq!(request["WithDecryption"], true);
    match request["Name"].as_str() {
        _ if store.away.load(Ordering::SeqCst) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Json(json!({ "__type": "InternalServerError" })),
        ),
        Some("/known") => (
            StatusCode::OK,
            Json(json!({ "Parameter": { "Value": format!("value {asked}") } })),
        ),
        Some("/forbidden") => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "__type": "AccessDeniedException" })),
        ),
        _ => (StatusCode::BAD_REQUEST, Json(json!({ "__type": "ParameterNotFound" }))),
    }
}

async fn parameters() -> (SsmParameters, Arc<FixedClock>, Arc<Store>) {
    let store = Arc::new(Store::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(get_parameter)).with_state(store.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .build();
    let clock = Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH));
    (
        SsmParameters::new(Client::from_conf(config), clock.clone()),
        clock,
        store,
    )
}

#[tokio::test]
async fn a_value_is_kept_for_five_minutes() {
    let (parameters, clock, _) = parameters().await;
    assert_eq!(parameters.get("/known").await.unwrap().expose_secret(), "value 1");
    clock.advance(SignedDuration::from_secs(299));
    assert_eq!(parameters.get("/known").await.unwrap().expose_secret(), "value 1");
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(parameters.get("/known").await.unwrap().expose_secret(), "value 2");
    assert_eq!(parameters.refresh("/known").await.unwrap().expose_secret(), "value 3");
    assert_eq!(parameters.get("/known").await.unwrap().expose_secret(), "value 3");
}

#[tokio::test]
async fn an_older_value_bridges_an_outage() {
    let (parameters, clock, store) = parameters().await;
    parameters.get("/known").await.unwrap();
    store.away.store(true, Ordering::SeqCst);
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(parameters.get("/known").await.unwrap().expose_secret(), "value 1");
    assert!(matches!(
        parameters.refresh("/known").await,
        Err(ParameterError::Unavailable { .. })
    ));
    assert!(matches!(
        parameters.get("/other").await,
        Err(ParameterError::Unavailable { .. })
    ));
}

#[tokio::test]
async fn what_is_missing_or_forbidden_is_said() {
    let (parameters, ..) = parameters().await;
    assert!(matches!(parameters.get("/other").await, Err(ParameterError::Missing(name)) if name == "/other"));
    let denied = parameters.get("/forbidden").await.unwrap_err();
    assert_eq!(
        denied.to_string(),
        "the parameter /forbidden may not be read: AccessDeniedException"
    );
}
