//! URL and token, and what happens when they are wrong.

use std::sync::{Arc, Mutex};

use activity_runtime::{FixedParameters, ParameterError, Parameters};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::json;

use super::bench::{Bench, TOKEN};
use super::sink::{Act, Sink};

/// A token that somebody has changed: the old one is still remembered, asking again gives the new one.
struct Rotated {
    url: String,
    token: Mutex<&'static str>,
}

#[async_trait]
impl Parameters for Rotated {
    async fn get(&self, name: &str) -> Result<SecretString, ParameterError> {
        let value = if name == "ntfy-url" {
            self.url.clone()
        } else {
            (*self.token.lock().unwrap()).to_owned()
        };
        Ok(SecretString::from(value))
    }

    async fn refresh(&self, name: &str) -> Result<SecretString, ParameterError> {
        *self.token.lock().unwrap() = "tk_new";
        self.get(name).await
    }
}

#[tokio::test]
async fn a_changed_token_is_read_again_and_the_message_is_delivered() {
    let sink = Sink::with([Act::refuses(40101)]).await;
    let rotated = Rotated {
        url: sink.url.clone(),
        token: Mutex::new(TOKEN),
    };
    Bench::reading(Arc::new(rotated))
        .await
        .deliver(json!({}))
        .await
        .unwrap();
    let tokens = sink.requests().into_iter().flat_map(|request| request.headers);
    let tokens: Vec<_> = tokens
        .filter(|(name, _)| name == "authorization")
        .map(|(_, value)| value)
        .collect();
    assert_eq!(tokens, ["Bearer tk_secret", "Bearer tk_new"]);
}

#[tokio::test]
async fn a_token_that_stays_wrong_is_sent_once() {
    let sink = Sink::with([Act::refuses(40101)]).await;
    let (ends, _) = Bench::at(&sink.url).await.deliver(json!({})).await.unwrap_err();
    assert_eq!(ends, "Delivery.Misconfigured");
    assert_eq!(sink.lines(), ["POST /"]);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_for_authorization() {
    let sink = Sink::with([]).await;
    let parameters: FixedParameters = [("ntfy-url", SecretString::from(sink.url.clone()))]
        .into_iter()
        .collect();
    Bench::reading(Arc::new(parameters))
        .await
        .deliver(json!({}))
        .await
        .unwrap();
    assert!(
        sink.requests()[0]
            .headers
            .iter()
            .all(|(name, _)| name != "authorization")
    );
}

#[tokio::test]
async fn a_missing_url_is_named() {
    let bench = Bench::reading(Arc::new(FixedParameters::default())).await;
    let (ends, payload) = bench.deliver(json!({})).await.unwrap_err();
    assert_eq!(ends, "Activity.Misconfigured");
    assert!(
        payload.to_string().contains("there is no parameter ntfy-url"),
        "{payload}"
    );
}
