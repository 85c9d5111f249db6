//! A server on a temporary directory, a client for it, and a Lambda endpoint.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authorizer::Lifetime;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::{Config, Identity, ManualClock, Server, StartError};
use tokio::sync::mpsc;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of the messages' API that shows a token of the server's owner.
pub(crate) fn http(server: &Server) -> reqwest::Client {
    http_at(server, jiff::Timestamp::now())
}

/// The same with a token that is made at this time, for a server in another century.
pub(crate) fn http_at(server: &Server, now: jiff::Timestamp) -> reqwest::Client {
    let identity = Identity::open(&server.data_dir).unwrap();
    // Some servers' clocks are set far ahead.
    let long = Lifetime::new(jiff::SignedDuration::from_hours(24 * 3_650)).unwrap();
    let token = identity.owners_token(long, now).unwrap();
    let bearer = format!("Bearer {}", token.expose_secret()).parse().unwrap();
    let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
    let http = reqwest::Client::builder().pool_max_idle_per_host(0);
    http.default_headers(headers).build().unwrap()
}

/// A client of the wire API. Connections are not kept, so that a dropped server is not held up by them.
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    pub(crate) fn of(server: &Server) -> Self {
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self {
            http,
            url: format!("http://{}/", server.addresses.sfn),
        }
    }

    /// The answer, or the error's code.
    pub(crate) async fn call(&self, operation: &str, parameters: Value) -> Result<Value, String> {
        let (status, body) = self.send(operation, parameters.to_string().into_bytes()).await;
        if status == 200 {
            return Ok(body);
        }
        Err(body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned())
    }

    pub(crate) async fn send(&self, operation: &str, body: Vec<u8>) -> (u16, Value) {
        let request = self
            .http
            .post(&self.url)
            .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"));
        let response = request.body(body).send().await.unwrap();
        assert!(response.headers().contains_key("x-amzn-requestid"));
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Creates a state machine and returns its ARN.
    pub(crate) async fn create(&self, name: &str, definition: &Value) -> String {
        let created = self
            .call("CreateStateMachine", machine(name, definition))
            .await
            .unwrap();
        created["stateMachineArn"].as_str().unwrap().to_owned()
    }

    /// Starts an execution and returns its ARN.
    pub(crate) async fn start(&self, machine: &str, name: &str, input: &str) -> String {
        let parameters = json!({ "stateMachineArn": machine, "name": name, "input": input });
        let started = self.call("StartExecution", parameters).await.unwrap();
        started["executionArn"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn describe(&self, execution: &str) -> Value {
        self.call("DescribeExecution", json!({ "executionArn": execution }))
            .await
            .unwrap()
    }

    /// The description of an execution once it has ended.
    pub(crate) async fn ended(&self, execution: &str) -> Value {
        let ended = async {
            loop {
                let described = self.describe(execution).await;
                if described["status"] != "RUNNING" {
                    return described;
                }
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the execution ends")
    }

    pub(crate) async fn history(&self, execution: &str) -> Vec<Value> {
        let answer = self
            .call("GetExecutionHistory", json!({ "executionArn": execution }))
            .await
            .unwrap();
        answer["events"].as_array().unwrap().clone()
    }
}

pub(crate) fn machine(name: &str, definition: &Value) -> Value {
    json!({
        "name": name,
        "definition": definition.to_string(),
        "roleArn": "arn:aws:iam::123456789012:role/test",
    })
}

/// A definition of these states, in JSONata.
pub(crate) fn jsonata(start: &str, states: Value) -> Value {
    let mut definition = json!({ "QueryLanguage": "JSONata", "StartAt": start });
    definition["States"] = states;
    definition
}

/// The types of a history's events.
pub(crate) fn types(history: &[Value]) -> Vec<&str> {
    history.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// Starts a server on a directory whose last server may still be letting go of it.
pub(crate) async fn start(config: &Config) -> Server {
    let started = async {
        loop {
            match server::start(config.clone()).await {
                Err(StartError::Journal(journal::OpenError::InUse { .. })) => tokio::task::yield_now().await,
                result => return result.unwrap(),
            }
        }
    };
    tokio::time::timeout(PATIENCE, started)
        .await
        .expect("the directory becomes free")
}

/// A server with the settings that tests mostly need.
pub(crate) async fn server(directory: &Path) -> (Server, Client) {
    let server = start(&Config::new(directory)).await;
    let client = Client::of(&server);
    (server, client)
}

/// The same with its time told by this clock.
pub(crate) async fn server_at(directory: &Path, clock: &ManualClock) -> (Server, Client) {
    let config = Config {
        clock: Arc::new(clock.clone()),
        ..Config::new(directory)
    };
    let server = start(&config).await;
    let client = Client::of(&server);
    (server, client)
}

/// What a function does when it is called.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    Answer(Value),
    Fail(Value),
    NeverAnswer,
}

/// A Lambda endpoint that does what it is told, call by call, and shows the payloads it got.
pub(crate) struct Lambda {
    pub(crate) url: String,
    pub(crate) payloads: mpsc::UnboundedReceiver<Value>,
}

type Script = (Arc<Mutex<VecDeque<Behaviour>>>, mpsc::UnboundedSender<Value>);

impl Lambda {
    pub(crate) async fn start(script: impl IntoIterator<Item = Behaviour>) -> Self {
        let (sender, payloads) = mpsc::unbounded_channel();
        let script: Script = (Arc::new(Mutex::new(script.into_iter().collect())), sender);
        let router = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(script);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, payloads }
    }

    pub(crate) async fn payload(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, self.payloads.recv())
            .await
            .expect("the function is called")
            .unwrap()
    }
}

async fn invoke(State((script, payloads)): State<Script>, body: String) -> Response {
    let behaviour = script.lock().unwrap().pop_front().expect("no call more than expected");
    payloads.send(serde_json::from_str(&body).unwrap()).unwrap();
    match behaviour {
        Behaviour::Answer(value) => value.to_string().into_response(),
        Behaviour::Fail(value) => ([("X-Amz-Function-Error", "Unhandled")], value.to_string()).into_response(),
        Behaviour::NeverAnswer => std::future::pending().await,
    }
}
