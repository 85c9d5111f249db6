//! One API with everything behind it, and a client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use activity_runtime::{AcknowledgementLinks, Clock, FixedClock};
use async_trait::async_trait;
use authorizer::{Gate, Lifetime, OWNER, OwnIssuer, Right, Seal, SignInLinks, Verifier};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use contracts::{Execution, Message, Outcome, OutcomeStatus, Status};
use dynoxide::Database;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tables::breaker::{Breakers, Thresholds};
use tables::{MessageItem, Messages};
use tower::ServiceExt;

use super::schedules::Kept;
use crate::{
    Api, Bounds, Changed, Changes, DeadLetterQueue, Entrance, ExecutionState, Executions, Limits, Look, Measured,
    Measures, PortError, Ports, RateLimit, StartOutcome, TaskTokens, Watched, router,
};

/// Executions in memory; `broken` answers in the place of all.
#[derive(Default)]
pub(super) struct Started {
    pub(super) by_name: Mutex<BTreeMap<String, ExecutionState>>,
    pub(super) broken: Mutex<Option<PortError>>,
}

impl Started {
    fn works(&self) -> Result<(), PortError> {
        self.broken.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    /// The inputs of all that were started, by name.
    pub(super) fn inputs(&self) -> BTreeMap<String, Message> {
        let by_name = self.by_name.lock().unwrap();
        by_name
            .iter()
            .map(|(name, state)| (name.clone(), serde_json::from_str(&state.input).unwrap()))
            .collect()
    }

    pub(super) fn end(&self, name: &str, status: &str) {
        self.by_name.lock().unwrap().get_mut(name).unwrap().status = status.to_owned();
    }
}

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{name}")
}

#[async_trait]
impl Executions for Started {
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError> {
        self.works()?;
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if by_name.contains_key(name) {
            return Ok(StartOutcome::AlreadyExists);
        }
        let state = ExecutionState {
            arn: arn(name),
            status: "RUNNING".to_owned(),
            input: input.to_owned(),
            started_at: now(),
            stopped_at: None,
            error: None,
            cause: None,
        };
        by_name.insert(name.to_owned(), state);
        Ok(StartOutcome::Started(arn(name)))
    }

    async fn describe(&self, name: &str) -> Result<Option<ExecutionState>, PortError> {
        self.works()?;
        Ok(self.by_name.lock().unwrap().get(name).cloned())
    }

    async fn stop(&self, name: &str, error: &str, cause: &str) -> Result<bool, PortError> {
        self.works()?;
        let mut by_name = self.by_name.lock().unwrap();
        let running = by_name.get_mut(name).filter(|state| state.status == "RUNNING");
        Ok(running.is_some_and(|state| {
            state.status = "ABORTED".to_owned();
            (state.error, state.cause) = (Some(error.to_owned()), Some(cause.to_owned()));
            true
        }))
    }
}

/// Remembers which notices were taken out.
#[derive(Default)]
pub(super) struct Queue(pub(super) Mutex<Vec<(String, u32)>>);

#[async_trait]
impl DeadLetterQueue for Queue {
    async fn drain(&self, redriven: &[(String, u32)]) -> Result<usize, PortError> {
        self.0.lock().unwrap().extend_from_slice(redriven);
        Ok(redriven.len())
    }
}

/// Remembers which tasks were answered, by token; the one called `gone` waits no more.
#[derive(Default)]
pub(super) struct Answered(pub(super) Mutex<Vec<(String, Value)>>);

#[async_trait]
impl TaskTokens for Answered {
    async fn succeed(&self, token: &str, output: &str) -> Result<bool, PortError> {
        let output = serde_json::from_str(output).unwrap();
        self.0.lock().unwrap().push((token.to_owned(), output));
        Ok(token != "gone")
    }
}

/// What has changed, by the place that is asked for; `broken` cannot tell.
#[derive(Default)]
pub(super) struct Fed(pub(super) Mutex<BTreeMap<String, Changed>>);

#[async_trait]
impl Changes for Fed {
    async fn since(&self, place: Option<&str>, _: Duration) -> Result<Changed, PortError> {
        let known = self.0.lock().unwrap().get(place.unwrap_or_default()).cloned();
        known.ok_or(PortError {
            what: "GetChanges",
            detail: "the server is stopping".to_owned(),
            retryable: true,
        })
    }
}

/// What nobody has measured but the dead letters, of which there are two.
struct Still;

#[async_trait]
impl Measures for Still {
    async fn measured(&self) -> Result<Measured, PortError> {
        Ok(Measured {
            since: now(),
            values: [(Watched::DeadLetters, 2.0)].into_iter().collect(),
        })
    }
}

/// What makes the links that the harness opens.
pub(super) fn links() -> AcknowledgementLinks {
    AcknowledgementLinks::new(&"a key of thirty-two characters..".to_owned().into()).unwrap()
}

pub(super) struct Harness {
    pub(super) executions: Arc<Started>,
    pub(super) messages: Messages,
    pub(super) breakers: Breakers,
    pub(super) queue: Arc<Queue>,
    pub(super) answered: Arc<Answered>,
    pub(super) changes: Arc<Fed>,
    pub(super) schedules: Arc<Kept>,
    pub(super) issuer: OwnIssuer,
    pub(super) entrance: Arc<Entrance>,
    pub(super) clock: Arc<FixedClock>,
    router: Router,
}

/// The address in sign-in links.
const PUBLIC: &str = "http://127.0.0.1:8080";

/// Who is let in: whoever has a token of this issuer.
fn entrance(issuer: &OwnIssuer, limits: Limits) -> Entrance {
    let verifier = Verifier {
        own: Some(issuer.trusted()),
        issuer: None,
    };
    Entrance {
        gate: Gate::new(verifier, Seal::new(&[7; 32]).unwrap()),
        links: SignInLinks::default(),
        sign_in: None,
        public_url: PUBLIC.to_owned(),
        rate: RateLimit::new(100),
        bounds: Bounds::new(limits),
        look: Look {
            style: "/console/assets/console.css".to_owned(),
            icon: String::new(),
        },
        origins: vec!["https://app.example.org".to_owned()],
    }
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

pub(super) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

impl Harness {
    pub(super) async fn new() -> Self {
        Self::within(Limits::default()).await
    }

    /// One whose callers may take so much.
    pub(super) async fn within(limits: Limits) -> Self {
        let client = store().await;
        tables::ensure(&client, "messages", "breakers").await.unwrap();
        let (executions, queue) = (Arc::<Started>::default(), Arc::<Queue>::default());
        let answered = Arc::<Answered>::default();
        let changes = Arc::<Fed>::default();
        let schedules = Arc::<Kept>::default();
        let messages = Messages::new(client.clone(), "messages");
        let breakers = Breakers::new(client, "breakers", Thresholds::default());
        let issuer = OwnIssuer::new(&OwnIssuer::new_key().unwrap()).unwrap();
        let (entrance, clock) = (Arc::new(entrance(&issuer, limits)), Arc::new(FixedClock::at(now())));
        let ports = Ports {
            executions: executions.clone(),
            messages: Arc::new(messages.clone()),
            breakers: Arc::new(breakers.clone()),
            dead_letters: queue.clone(),
            task_tokens: answered.clone(),
            changes: changes.clone(),
            live: false,
            acknowledgement_links: Some(links()),
            measures: Arc::new(Still),
            schedules: schedules.clone(),
            entrance: entrance.clone(),
            clock: clock.clone() as Arc<dyn Clock>,
            stage: "dev".to_owned(),
            searches: true,
        };
        let router = router(Api::from(ports));
        Self {
            executions,
            messages,
            breakers,
            queue,
            answered,
            changes,
            schedules,
            issuer,
            entrance,
            clock,
            router,
        }
    }

    /// What a browser gets that nobody has signed in to.
    pub(super) async fn follow(&self, method: &str, path: &str, form: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The text of an answer that is no JSON.
    pub(super) async fn text(&self, mut request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let bearer = format!("Bearer {}", self.token(OWNER, &[Right::Admin]));
        request
            .headers_mut()
            .entry("authorization")
            .or_insert(bearer.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// A token for these rights, valid for an hour.
    pub(super) fn token(&self, name: &str, rights: &[Right]) -> String {
        let hour = Lifetime::new(SignedDuration::from_hours(1)).unwrap();
        let rights = rights.iter().copied().collect();
        let token = self.issuer.token(name, rights, hour, now()).unwrap();
        token.expose_secret().to_owned()
    }

    /// Asks as somebody.
    pub(super) async fn ask_as(&self, token: &str, mut request: Request<Body>) -> Answer {
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        self.ask_plainly(request).await
    }

    /// Asks as an administrator.
    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        self.ask_as(&self.token(OWNER, &[Right::Admin]), request).await
    }

    /// Asks with what the request shows.
    pub(super) async fn ask_plainly(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.ask(Request::delete(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(posting(path, body.to_string())).await
    }

    /// What the execution of this name does first: its message's item.
    pub(super) async fn persisted(&self, name: &str, status: Status) -> (Message, Execution) {
        let input = self.executions.inputs()[name].clone();
        let execution = Execution {
            arn: arn(name),
            name: name.to_owned(),
            started_at: now(),
        };
        let item = MessageItem::new("dev", status, input.clone(), execution.clone(), now());
        self.messages.put(&item).await.unwrap();
        (input, execution)
    }

    /// What the execution of this name does until its message's end is recorded.
    pub(super) async fn carried(&self, name: &str, end: OutcomeStatus) {
        let (input, execution) = self.persisted(name, Status::Processing).await;
        let outcome = Outcome {
            status: end,
            execution,
            message: input,
            receipt: None,
            reason: (end == OutcomeStatus::Failed).then(|| "Delivery.Rejected: 40009".to_owned()),
        };
        self.messages.record("dev", &outcome, now()).await.unwrap();
        self.executions.end(
            name,
            if end == OutcomeStatus::Completed {
                "SUCCEEDED"
            } else {
                "FAILED"
            },
        );
    }

    /// Sends a message whose delivery fails; its id.
    pub(super) async fn dead_letter(&self) -> String {
        let id = self.send(json!({ "body": "hello" })).await;
        self.carried(&id, OutcomeStatus::Failed).await;
        id
    }

    pub(super) async fn send(&self, message: Value) -> String {
        let answer = self.post("/api/messages", &message).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        answer.body["message_id"].as_str().unwrap().to_owned()
    }
}

pub(super) fn posting(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// A fresh DynamoDB in memory, spoken to over HTTP.
async fn store() -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}
