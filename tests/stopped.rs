//! An execution that is stopped while its message is on its way to ntfy: what is recorded is what is known, and a redrive
//! never sends what ntfy has.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use server::{Config, ManualClock, Ntfy, Server};
use tests::sink::Sink;

/// How long a step may take: a server that is told to stop lets what runs have five seconds.
const STEP: Duration = Duration::from_secs(30);

struct World {
    server: Server,
    clock: ManualClock,
    http: reqwest::Client,
}

impl World {
    async fn at(directory: &Path, sink: &Sink) -> Self {
        let clock = ManualClock::new(Timestamp::now());
        let config = Config {
            ntfy: Ntfy {
                url: Some(sink.url.clone()),
                topic: "rez".to_owned(),
                token: None,
            },
            clock: Arc::new(clock.clone()),
            ..Config::new(directory)
        };
        Self {
            server: server::start(config).await.expect("it starts"),
            clock,
            // A connection that is kept would hold up the server's end.
            http: tests::signed_in::builder(directory)
                .pool_max_idle_per_host(0)
                .build()
                .expect("a client"),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/api/messages{path}", self.server.addresses.api);
        let answer = self.http.post(url).json(body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Sends a message; gives its id.
    async fn send(&self) -> String {
        let sent = self.post("", &json!({ "body": "hello" })).await;
        sent["message_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{sent}"))
            .to_owned()
    }

    /// Cancels a message through the API.
    async fn cancel(&self, id: &str) {
        let url = format!("http://{}/api/messages/{id}", self.server.addresses.api);
        let answer = self.http.delete(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 202);
    }

    /// Stops an execution through the wire API.
    async fn stop(&self, id: &str) {
        let arn = format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}");
        let request = self
            .http
            .post(format!("http://{}/", self.server.addresses.sfn))
            .header("X-Amz-Target", "AWSStepFunctions.StopExecution")
            .body(json!({ "executionArn": arn }).to_string());
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    async fn read(&self, id: &str) -> Value {
        let url = format!("http://{}/api/messages/{id}", self.server.addresses.api);
        let answer = self.http.get(url).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// The message once it has this status.
    async fn has(&self, id: &str, status: &str) -> Value {
        let reached = async {
            loop {
                let message = self.read(id).await;
                if message["status"] == status {
                    return message;
                }
                assert_eq!(message["status"], "processing", "{message}");
            }
        };
        tokio::time::timeout(STEP, reached).await.expect("it gets there")
    }

    /// Redrives the message, which completes it.
    async fn redrive(&self, id: &str) -> Value {
        let redriven = self.post(&format!("/{id}/redrive"), &json!({})).await;
        assert_eq!(redriven["redrive"], 1, "{redriven}");
        let completes = async {
            loop {
                let message = self.read(id).await;
                if message["status"] == "completed" {
                    return message;
                }
            }
        };
        tokio::time::timeout(STEP, completes).await.expect("it is completed")
    }
}

/// Returns when the sink has been asked so often.
async fn asked(sink: &Sink, times: usize) {
    let asked = async {
        while sink.asked().len() < times {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(STEP, asked).await.expect("it is asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_after_the_stop_is_recorded() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sink = Sink::scripted(&["a late answer"]).await;
    let world = World::at(directory.path(), &sink).await;
    let id = world.send().await;
    asked(&sink, 1).await;
    world.stop(&id).await;
    assert_eq!(world.read(&id).await["status"], "processing", "nobody knows yet");
    sink.release();
    let failed = world.has(&id, "failed").await;
    assert_eq!(failed["dead_letter"]["delivered"], true, "{failed}");
    assert_eq!(failed["receipt"]["ntfy_id"], "sink0", "{failed}");
    assert_eq!(
        failed["dead_letter"]["reason"],
        "the execution ended as ABORTED after the message was delivered"
    );
    let completed = world.redrive(&id).await;
    assert_eq!(completed["receipt"], failed["receipt"]);
    assert_eq!((sink.asked(), sink.kept().len()), (vec!["POST".to_owned()], 1));
    world.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_answer_comes_it_may_have_been_delivered_and_a_redrive_looks() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sink = Sink::scripted(&["takes it: silence"]).await;
    let world = World::at(directory.path(), &sink).await;
    let id = world.send().await;
    asked(&sink, 1).await;
    world.stop(&id).await;
    // The server ends before the answer could come, and the one after it cannot know.
    world.server.shutdown().await;
    let world = World::at(directory.path(), &sink).await;
    let failed = world.has(&id, "failed").await;
    assert_eq!(
        failed["dead_letter"]["reason"],
        "the execution ended as ABORTED when the message may have been delivered"
    );
    assert_eq!(failed["dead_letter"]["delivered"], false, "{failed}");
    let completed = world.redrive(&id).await;
    assert_eq!(completed["receipt"]["found"], true, "{completed}");
    assert_eq!((sink.asked().join(" "), sink.kept().len()), ("POST GET".to_owned(), 1));
    world.server.shutdown().await;
}

/// Cancelled while it waits: what its earlier attempt may have done is not forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_message_that_ntfy_cannot_have_is_cancelled() {
    for (way, status, kept) in [
        ("takes it: closes", "failed", 1),
        ("503", "cancelled", 0),
        ("42904", "cancelled", 0),
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let sink = Sink::scripted(&[way]).await;
        let world = World::at(directory.path(), &sink).await;
        let id = world.send().await;
        let fails = async {
            while !world.has_failed(&id).await {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(STEP, fails).await.expect("the attempt ends");
        world.cancel(&id).await;
        let ended = world.has(&id, status).await;
        assert_eq!(
            ended["dead_letter"]["reason"].is_string(),
            status == "failed",
            "{ended}"
        );
        assert_eq!((sink.asked().len(), sink.kept().len()), (1, kept), "{way}");
        // What was stopped stays so, however much time passes.
        world.clock.advance(Duration::from_hours(2));
        world.server.shutdown().await;
    }
}

impl World {
    /// Whether an attempt at delivering has failed.
    async fn has_failed(&self, id: &str) -> bool {
        let arn = format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}");
        let request = self
            .http
            .post(format!("http://{}/", self.server.addresses.sfn))
            .header("X-Amz-Target", "AWSStepFunctions.GetExecutionHistory")
            .body(json!({ "executionArn": arn }).to_string());
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let mut events = answer["events"].as_array().into_iter().flatten();
        events.any(|event| event["type"] == "TaskFailed")
    }
}
