//! `rez serve --lambda-binaries`: the real binaries of our Lambda functions, each a process behind the Runtime API.
//!
//! `REZ_LAMBDA_MESSAGES=500 cargo test -p tests lambda_binaries -- --nocapture` sends more messages.

mod api_gateway;
mod ending;
mod failing;
mod refused;
mod sending;

use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::home::{Home, Serve};
use tokio::task::JoinSet;

/// How long anything here may take that only waits for processes.
const PATIENCE: Duration = Duration::from_mins(2);
/// How many messages are sent at the same time.
const CLIENTS: usize = 8;

/// Where cargo has put the binaries.
fn directory() -> &'static Path {
    tests::binary("persist-message")
        .parent()
        .expect("binaries lie in a directory")
}

/// A data directory whose server runs all our functions as processes.
fn home() -> Home {
    Home::new().with("REZ_LAMBDA_BINARIES", directory().display().to_string())
}

/// Sends messages; gives their ids.
async fn send(serve: &Serve, messages: usize) -> Vec<String> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (http, url) = (serve.http.clone(), format!("{}/api/messages", serve.api));
        clients.spawn(async move {
            let mut ids = Vec::new();
            for number in (client..messages).step_by(CLIENTS) {
                let body = json!({ "body": format!("message {number}") });
                let answer = http.post(&url).json(&body).send().await.expect("an answer");
                assert_eq!(answer.status(), StatusCode::ACCEPTED);
                let message: Value = answer.json().await.expect("JSON");
                ids.push(message["message_id"].as_str().expect("an id").to_owned());
            }
            ids
        });
    }
    clients.join_all().await.into_iter().flatten().collect()
}

/// The message once it has ended.
async fn ended(serve: &Serve, id: &str) -> Value {
    until(|| async {
        let message = serve.message(id).await;
        let ended = ["completed", "failed", "cancelled"]
            .map(Value::from)
            .contains(&message["status"]);
        ended.then_some(message)
    })
    .await
}

/// Waits until something is there. Other processes do the work: there is nothing to wait on but to look again.
async fn until<T, F: Future<Output = Option<T>>>(there: impl Fn() -> F) -> T {
    let waiting = async {
        loop {
            if let Some(there) = there().await {
                return there;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes")
}

/// Whether a process is there and has not ended.
fn runs(process: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}

/// Returns once none of the processes runs: what has been killed takes a moment to end.
async fn gone(processes: &[i32]) {
    until(|| async { (!processes.iter().any(|process| runs(*process))).then_some(()) }).await;
}
