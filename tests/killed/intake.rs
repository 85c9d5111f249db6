//! Clients that do not care whether the server lives: each message goes out under a key of its own until it is accepted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tests::home::Home;
use tokio::{sync::watch, task::JoinSet};

/// How many clients there are.
const CLIENTS: usize = 16;
/// How soon a client tries again.
const PAUSE: Duration = Duration::from_millis(10);

/// Messages on their way into the server.
pub(super) struct Intake {
    allowed: watch::Sender<usize>,
    clients: JoinSet<Vec<String>>,
    messages: usize,
}

impl Intake {
    /// Clients of the API at this address. They send nothing before they are allowed to.
    pub(super) fn start(home: &Home, listen: &str, messages: usize) -> Self {
        let (allowed, allowance) = watch::channel(0);
        let url = format!("http://{listen}/api/messages");
        let http = tests::signed_in::builder(home.path()).timeout(Duration::from_secs(10));
        let http = http.build().expect("a client");
        let next = Arc::new(AtomicUsize::new(0));
        let client = || send_all(http.clone(), url.clone(), Arc::clone(&next), allowance.clone());
        Self {
            clients: (0..CLIENTS).map(|_| client()).collect(),
            allowed,
            messages,
        }
    }

    /// Lets the first so many messages out.
    pub(super) fn allow(&self, messages: usize) {
        self.allowed.send_replace(messages);
    }

    /// Waits until all that may go out have been accepted; gives their ids.
    pub(super) async fn finish(self) -> Vec<String> {
        drop(self.allowed);
        let ids: Vec<String> = self.clients.join_all().await.into_iter().flatten().collect();
        assert_eq!(ids.len(), self.messages, "every message was accepted in the end");
        ids
    }
}

async fn send_all(
    http: Client,
    url: String,
    next: Arc<AtomicUsize>,
    mut allowed: watch::Receiver<usize>,
) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        // The sender is gone once everything is allowed that ever will be.
        if allowed.wait_for(|allowed| number < *allowed).await.is_err() && number >= *allowed.borrow() {
            return ids;
        }
        ids.push(send(&http, &url, number).await);
    }
}

/// Sends a message until it is accepted; gives its id.
async fn send(http: &Client, url: &str, number: usize) -> String {
    let body = json!({ "body": format!("message {number}"), "dedup_key": format!("key {number}") });
    loop {
        if let Ok(answer) = http.post(url).json(&body).send().await {
            let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
            let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
            assert!(status == StatusCode::ACCEPTED || busy, "{status}: {text}");
            // An answer that was cut off is none.
            let message = serde_json::from_str::<Value>(&text).unwrap_or_default();
            if let Some(id) = message["message_id"].as_str() {
                return id.to_owned();
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
