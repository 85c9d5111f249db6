//! A handler with everything real but the time and the server: the breaker's table is an embedded DynamoDB.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use activity_runtime::{FixedClock, FixedParameters, JsonLogs, Parameters, Tally, WireError};
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::Database;
use secrecy::SecretString;
use serde_json::{Value, json};
use tables::breaker::{Breaker, Breakers, Thresholds};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

use crate::{DeliverHandler, Guard, Ntfy, Settings, Timeouts};

pub(crate) const TOKEN: &str = "tk_secret";
pub(crate) const TEXT: &str = "a person's text";

pub(crate) struct Bench {
    pub(crate) handler: DeliverHandler,
    pub(crate) breakers: Breakers,
    pub(crate) metrics: Arc<Tally>,
    pub(crate) clock: Arc<FixedClock>,
}

impl Bench {
    /// A handler for the server at `url`.
    pub(crate) async fn at(url: &str) -> Self {
        Self::sharing(&breakers().await, url)
    }

    /// A handler for the server at `url` that shares its breakers with others.
    pub(crate) fn sharing(breakers: &Breakers, url: &str) -> Self {
        let pairs = [("ntfy-url", url), ("ntfy-api-key", TOKEN)].map(|(name, value)| (name, SecretString::from(value)));
        Self::with(
            Arc::new(pairs.into_iter().collect::<FixedParameters>()),
            breakers.clone(),
        )
    }

    /// A handler that reads these parameters.
    pub(crate) async fn reading(parameters: Arc<dyn Parameters>) -> Self {
        Self::with(parameters, breakers().await)
    }

    /// A handler of these parts.
    pub(crate) fn with(parameters: Arc<dyn Parameters>, breakers: Breakers) -> Self {
        Logs::kept();
        let clock = Arc::new(FixedClock::at("2026-11-25T23:00:00Z".parse().unwrap()));
        let metrics = Arc::new(Tally::default());
        let guard = Guard {
            store: Arc::new(breakers.clone()),
            clock: clock.clone(),
            metrics: metrics.clone(),
        };
        let short = Duration::from_millis(400);
        let handler = DeliverHandler {
            settings: Settings::default(),
            parameters,
            guard,
            ntfy: Ntfy::new(Timeouts {
                connect: Duration::from_millis(300),
                publish: short,
                look: short,
            })
            .unwrap(),
            clock: clock.clone(),
            metrics: metrics.clone(),
        };
        Self {
            handler,
            breakers,
            metrics,
            clock,
        }
    }

    /// Delivers as a host would, the input changed as `overrides` say; the answer, or the error's name and payload.
    pub(crate) async fn deliver(&self, overrides: Value) -> Result<Value, (String, Value)> {
        self.invoke(overrides, false).await
    }

    /// The same, as a task that its host repeats after a crash.
    pub(crate) async fn invoke(&self, overrides: Value, repeated: bool) -> Result<Value, (String, Value)> {
        let mut input = json!({
            "message_id": "m-1", "body": TEXT, "attempt": 0, "round": 0, "redrive": 0, "since": "2026-11-25T22:59:55Z",
        });
        input
            .as_object_mut()
            .unwrap()
            .extend(overrides.as_object().unwrap().clone());
        let invocation = activity_runtime::Invocation {
            repeated,
            ..Default::default()
        };
        let ended = activity_runtime::invoke(&self.handler, input.to_string().as_bytes(), &invocation).await;
        ended.map(|json| serde_json::from_slice(&json).unwrap()).map_err(named)
    }

    /// How many failures the breaker has counted, while it is closed.
    pub(crate) async fn failures(&self, url: &str) -> usize {
        match self.breakers.get(url).await.unwrap().breaker {
            Breaker::Closed { failures } => failures.len(),
            other => panic!("the breaker is {}", other.state()),
        }
    }
}

fn named(error: WireError) -> (String, Value) {
    let payload = serde_json::from_str(&error.error_message).unwrap_or(Value::String(error.error_message));
    (error.error_type.to_owned(), payload)
}

/// The breakers of a fresh store.
pub(crate) async fn breakers() -> Breakers {
    let client = dynamodb().await;
    tables::ensure(&client, "messages", "circuit-breaker").await.unwrap();
    Breakers::new(client, "circuit-breaker", Thresholds::default())
}

/// An embedded DynamoDB without tables.
pub(crate) async fn dynamodb() -> aws_sdk_dynamodb::Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url);
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// The log lines of all tests, kept: none of them may hold a secret or a text.
#[derive(Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// The lines since the first test began.
    pub(crate) fn text() -> String {
        String::from_utf8_lossy(&Self::kept().0.lock().unwrap()).into_owned()
    }

    fn kept() -> &'static Self {
        static KEPT: OnceLock<Logs> = OnceLock::new();
        KEPT.get_or_init(|| {
            let logs = Self::default();
            let ours = ["deliver_message", "activity_runtime", "tables"].map(|room| (room, LevelFilter::TRACE));
            let filter = Targets::new().with_targets(ours);
            let subscriber = tracing_subscriber::registry().with(JsonLogs::new(logs.clone()).with_filter(filter));
            tracing::subscriber::set_global_default(subscriber).unwrap();
            logs
        })
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
