//! The handler as its hosts call it, with a breaker in an embedded DynamoDB.

use std::sync::Arc;

use activity_runtime::{FixedParameters, Invocation, SystemClock, Tally};
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use deliver_message::{DeliverHandler, Guard, Ntfy, Settings, Timeouts};
use dynoxide::Database;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use tables::breaker::{Breakers, Thresholds};
use tokio::task::JoinSet;

/// The answer, or the error's name and payload.
pub(crate) type Ended = Result<Value, (String, Value)>;

#[derive(Clone)]
pub(crate) struct Delivering {
    handler: Arc<DeliverHandler>,
}

impl Delivering {
    /// To the server at `url`, to the topic `rez` where a delivery names none.
    pub(crate) async fn to(url: &str, token: Option<&str>) -> Self {
        Self::within(Timeouts::default(), url, token).await
    }

    /// The same, with less patience.
    pub(crate) async fn within(timeouts: Timeouts, url: &str, token: Option<&str>) -> Self {
        let metrics = Arc::new(Tally::default());
        let clock = Arc::new(SystemClock);
        let parameters = [("ntfy-url", Some(url)), ("ntfy-api-key", token)];
        let parameters = parameters
            .into_iter()
            .filter_map(|(name, value)| Some((name, SecretString::from(value?))));
        let handler = DeliverHandler {
            settings: Settings::default(),
            parameters: Arc::new(parameters.collect::<FixedParameters>()),
            guard: Guard {
                store: Arc::new(breakers().await),
                clock: clock.clone(),
                metrics: metrics.clone(),
            },
            ntfy: Ntfy::new(timeouts).unwrap(),
            clock,
            metrics,
        };
        Self {
            handler: Arc::new(handler),
        }
    }

    /// A first attempt of this moment, but for what `overrides` say.
    pub(crate) async fn deliver(&self, overrides: &Value) -> Ended {
        let mut input = json!({
            "message_id": "m-1", "body": "hello", "attempt": 0, "round": 0, "redrive": 0, "since": Timestamp::now(),
        });
        input
            .as_object_mut()
            .unwrap()
            .extend(overrides.as_object().unwrap().clone());
        let ended =
            activity_runtime::invoke(&*self.handler, input.to_string().as_bytes(), &Invocation::default()).await;
        ended
            .map(|json| serde_json::from_slice(&json).unwrap())
            .map_err(|error| {
                let payload = serde_json::from_str(&error.error_message).unwrap_or(Value::String(error.error_message));
                (error.error_type.to_owned(), payload)
            })
    }

    /// All of them, sixteen at a time; how they ended, in no order.
    pub(crate) async fn all_at_once(&self, deliveries: &[Value]) -> Vec<Ended> {
        let mut running = JoinSet::new();
        let mut ended = Vec::new();
        for delivery in deliveries {
            if running.len() == 16 {
                ended.extend(running.join_next().await.map(Result::unwrap));
            }
            let (delivering, delivery) = (self.clone(), delivery.clone());
            running.spawn(async move { delivering.deliver(&delivery).await });
        }
        ended.extend(running.join_all().await);
        ended
    }
}

async fn breakers() -> Breakers {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url);
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    tables::ensure(&client, "messages", "circuit-breaker").await.unwrap();
    Breakers::new(client, "circuit-breaker", Thresholds::default())
}
