//! A server held to its policies, whose clock stands still until a test moves it.

use std::{sync::Arc, time::Duration};

use authorizer::{Lifetime, Right};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use server::{Clock as _, Config, Identity, ManualClock, Ntfy, Policies, Server};
use tempfile::TempDir;
use tests::sink::Sink;

const START: &str = "2026-11-25T12:00:00Z";
/// How long anything may take that needs no time to pass.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct World {
    pub(super) sink: Sink,
    pub(super) clock: ManualClock,
    server: Server,
    http: reqwest::Client,
    // Deleted when the server is gone.
    _directory: TempDir,
}

impl World {
    /// With an ntfy that fails its first requests in these ways.
    pub(super) async fn new(ways: &[&str]) -> Self {
        Self::held_to(Policies::of_workflows("dev"), ways).await
    }

    pub(super) async fn held_to(policies: Policies, ways: &[&str]) -> Self {
        let sink = Sink::scripted(ways).await;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = ManualClock::new(START.parse().expect("a time"));
        let config = Config {
            ntfy: Ntfy {
                url: Some(sink.url.clone()),
                topic: "rez".to_owned(),
                token: None,
            },
            clock: Arc::new(clock.clone()),
            policies,
            ..Config::new(directory.path())
        };
        Self {
            http: tests::signed_in::client(directory.path()),
            server: server::start(config).await.expect("it starts"),
            sink,
            clock,
            _directory: directory,
        }
    }

    /// Sends messages of this text one after the other, each until it has ended; their ids.
    pub(super) async fn send(&self, texts: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for text in texts {
            let (_, sent) = self.post("messages", &json!({ "body": text })).await;
            let id = sent["message_id"].as_str().unwrap_or_else(|| panic!("{sent}"));
            self.ended(id).await;
            ids.push(id.to_owned());
        }
        ids
    }

    /// The message once it has ended.
    pub(super) async fn ended(&self, id: &str) -> Value {
        self.until(|| async {
            let message = self.get(&format!("messages/{id}")).await;
            let ended = ["completed", "failed", "cancelled"]
                .map(Value::from)
                .contains(&message["status"]);
            ended.then_some(message)
        })
        .await
    }

    /// Returns once the message has been delivered and recorded.
    pub(super) async fn completed(&self, id: &str) {
        let path = format!("messages/{id}");
        self.until(|| async { (self.get(&path).await["status"] == "completed").then_some(()) })
            .await;
    }

    /// Starts an execution; its ARN.
    pub(super) async fn start(&self, workflow: &str, input: &Value) -> String {
        let machine = format!("arn:aws:states:us-east-1:123456789012:stateMachine:{workflow}");
        let request = json!({ "stateMachineArn": machine, "input": input.to_string() });
        let started = self.ask("StartExecution", &request).await;
        let arn = started["executionArn"].as_str();
        arn.unwrap_or_else(|| panic!("{started}")).to_owned()
    }

    /// The execution once it has ended; its output is read.
    pub(super) async fn end(&self, arn: &str) -> Value {
        let mut ended = self
            .until(|| async {
                let described = self.ask("DescribeExecution", &json!({ "executionArn": arn })).await;
                (described["status"] != "RUNNING").then_some(described)
            })
            .await;
        if let Some(output) = ended["output"].as_str() {
            ended["output"] = serde_json::from_str(output).expect("JSON");
        }
        ended
    }

    /// The output of an execution that succeeds.
    pub(super) async fn run(&self, workflow: &str, input: &Value) -> Value {
        let ended = self.end(&self.start(workflow, input).await).await;
        assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
        ended["output"].clone()
    }

    pub(super) async fn history(&self, arn: &str) -> Value {
        let request = json!({ "executionArn": arn, "maxResults": 1000 });
        self.ask("GetExecutionHistory", &request).await["events"].clone()
    }

    /// Returns once a task of an execution was denied by the policy.
    pub(super) async fn denied(&self, arn: &str) {
        self.until(|| async {
            let history = self.history(arn).await.to_string();
            history.contains("is not authorized to perform").then_some(())
        })
        .await;
    }

    /// Returns once so many tasks of an execution have been handed to whoever is to answer them.
    pub(super) async fn waits_for_answer(&self, arn: &str, many: usize) {
        self.until(|| async {
            let history = self.history(arn).await;
            let events = history.as_array().expect("events").iter();
            let submitted = events.filter(|event| event["type"] == "TaskSubmitted").count();
            (submitted >= many).then_some(())
        })
        .await;
    }

    /// What `look` finds, as soon as it does.
    pub(super) async fn until<T, F: Future<Output = Option<T>>>(&self, look: impl Fn() -> F) -> T {
        let found = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("it comes in time")
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(self.api(path)).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self
            .http
            .post(self.api(path))
            .json(body)
            .send()
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The status of the answer to a writer of this name, who is no administrator.
    pub(super) async fn post_as(&self, name: &str, path: &str, body: &Value) -> u16 {
        let issuer = Identity::open(&self.server.data_dir).expect("keys").issuer;
        let year = Lifetime::new(SignedDuration::from_hours(24 * 366)).expect("it is within bounds");
        let rights = [Right::Read, Right::Write].into_iter().collect();
        let token = issuer.token(name, rights, year, self.clock.now()).expect("a token");
        let request = reqwest::Client::new().post(self.api(path)).json(body);
        let answer = request.bearer_auth(token.expose_secret()).send().await;
        answer.expect("an answer").status().as_u16()
    }

    pub(super) async fn ask(&self, operation: &str, request: &Value) -> Value {
        let answer = self
            .http
            .post(format!("http://{}/", self.server.addresses.sfn))
            .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
            .body(request.to_string())
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }

    fn api(&self, path: &str) -> String {
        format!("http://{}/api/{path}", self.server.addresses.api)
    }
}
