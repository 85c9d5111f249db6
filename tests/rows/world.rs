//! A server with everything real but the time, and a message on its way through it.

use std::{sync::Arc, time::Duration, time::Instant};

use serde_json::{Value, json};
use server::{Config, ManualClock, Ntfy, Server};
use tempfile::TempDir;

/// Half an hour before ntfy forgets a day's messages.
const START: &str = "2026-11-25T23:30:00Z";
/// How far the clock goes on at a time while a retry is waited for, and how often: longer than the longest pause of 4 s.
const STEP: Duration = Duration::from_millis(500);
const STEPS: usize = 10;

pub(super) struct World {
    server: Server,
    clock: ManualClock,
    http: reqwest::Client,
    // Deleted when the server is gone.
    _directory: TempDir,
}

/// What is known of a message that has ended.
#[derive(Debug)]
pub(super) struct Told {
    /// What the API shows of it.
    pub(super) message: Value,
    /// The errors of its tasks, in order.
    pub(super) errors: Vec<String>,
    /// How long it was to wait each time, in seconds.
    pub(super) pauses: Vec<i64>,
    /// How long it did wait, in seconds.
    pub(super) waits: Vec<i64>,
}

impl World {
    pub(super) async fn around(url: &str) -> Self {
        Self::with(url, None).await
    }

    pub(super) async fn with(url: &str, token: Option<&str>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = ManualClock::new(START.parse().expect("a time"));
        let config = Config {
            ntfy: Ntfy {
                url: Some(url.to_owned()),
                topic: "rez".to_owned(),
                token: token.map(|token| token.to_owned().into()),
            },
            clock: Arc::new(clock.clone()),
            ..Config::new(directory.path())
        };
        Self {
            http: tests::signed_in::client(directory.path()),
            server: server::start(config).await.expect("it starts"),
            clock,
            _directory: directory,
        }
    }

    /// Sends a message with so many seconds of patience, and returns when it has ended.
    pub(super) async fn send(&self, patience: u32) -> Told {
        let body = json!({ "body": "hello", "patience": patience });
        let request = self.http.post(self.api("messages")).json(&body);
        let sent = answer(request).await;
        let id = sent["message_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{sent}"))
            .to_owned();
        let history = self.ends(&id).await;
        let of_type = |kind: &'static str| history.iter().filter(move |event| event["type"] == kind);
        let at = |event: &Value| event["timestamp"].as_f64().expect("seconds");
        let waits = of_type("WaitStateEntered").zip(of_type("WaitStateExited"));
        Told {
            message: answer(self.http.get(self.api(&format!("messages/{id}")))).await,
            errors: of_type("TaskFailed")
                .filter_map(|event| event["taskFailedEventDetails"]["error"].as_str().map(str::to_owned))
                .collect(),
            pauses: of_type("TaskStateExited").filter_map(pause).collect(),
            #[expect(clippy::cast_possible_truncation, reason = "rounded to whole seconds")]
            waits: waits.map(|(from, to)| (at(to) - at(from)).round() as i64).collect(),
        }
    }

    /// The history once the execution has ended. The clock goes on only while nothing but time is missing.
    async fn ends(&self, id: &str) -> Vec<Value> {
        let begun = Instant::now();
        let (mut seen, mut steps) = (Value::Null, 0);
        loop {
            let history = self.history(id).await;
            let last = history.last().cloned().unwrap_or_default();
            assert!(begun.elapsed() < super::LINE, "it does not end: {last}");
            if last["id"] != seen {
                (seen, steps) = (last["id"].clone(), 0);
            }
            match last["type"].as_str().unwrap_or_default() {
                "ExecutionSucceeded" | "ExecutionFailed" => return history,
                "TaskFailed" if steps < STEPS => self.clock.advance(STEP),
                "WaitStateEntered" if steps == 0 => {
                    let pause = history
                        .iter()
                        .rev()
                        .find_map(pause)
                        .and_then(|pause| pause.try_into().ok());
                    self.clock
                        .advance(Duration::from_secs(pause.expect("what it waits for was assigned")));
                }
                _ => tokio::task::yield_now().await,
            }
            steps += 1;
        }
    }

    async fn history(&self, id: &str) -> Vec<Value> {
        let execution = format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}");
        let request = self
            .http
            .post(format!("http://{}/", self.server.addresses.sfn))
            .header("X-Amz-Target", "AWSStepFunctions.GetExecutionHistory")
            .body(json!({ "executionArn": execution, "maxResults": 1000 }).to_string());
        let answer = answer(request).await;
        answer["events"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .clone()
    }

    /// How many failures the breaker of this server has counted, or `open`.
    pub(super) async fn failures(&self, url: &str) -> String {
        let answer = answer(self.http.get(self.api("breakers"))).await;
        let breakers = answer["breakers"].as_array().unwrap_or_else(|| panic!("{answer}"));
        match breakers.iter().find(|breaker| breaker["service_name"] == url) {
            None => "0".to_owned(),
            Some(breaker) if breaker["state"] == "OPEN" => "open".to_owned(),
            Some(breaker) => breaker["failures"].as_array().expect("it is closed").len().to_string(),
        }
    }

    fn api(&self, path: &str) -> String {
        format!("http://{}/api/{path}", self.server.addresses.api)
    }
}

/// How long the message is to wait, where a state has decided that.
fn pause(event: &Value) -> Option<i64> {
    let setback = event["stateExitedEventDetails"]["assignedVariables"]["setback"].as_str()?;
    serde_json::from_str::<Value>(setback).ok()?["pause"].as_i64()
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    request.send().await.expect("an answer").json().await.expect("JSON")
}
