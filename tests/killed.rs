//! `rez serve` is killed again and again while it works on 200 messages: nothing that it accepted is lost, nothing is sent
//! twice where ntfy lets us see what it has.

use std::{collections::HashMap, path::Path, time::Duration};

use serde_json::{Value, json};
use tests::{
    home::{Home, Serve},
    ntfy::{NO_LIMITS, Ntfy, binaries},
};
use tokio::task::JoinSet;

const MESSAGES: usize = 200;
/// The server is killed when so many messages have arrived.
const KILLED_AT: [usize; 4] = [1, 40, 90, 150];
/// Since this version ntfy tells under which id it got a message, so that a repeated attempt finds it.
const ECHOES: (u32, u32) = (2, 16);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_survives_being_killed_under_load() {
    for binary in binaries() {
        killed_under_load(&binary).await;
    }
}

async fn killed_under_load(binary: &Path) {
    let ntfy = Ntfy::start(binary, NO_LIMITS);
    let home = Home::new().with("NTFY_URL", ntfy.url());
    let mut accepted = HashMap::new();
    for threshold in KILLED_AT {
        let serve = home.serve();
        let mut sending = send_all(&serve, &accepted);
        arrived(&ntfy, threshold).await;
        serve.kill();
        while let Some(sent) = sending.join_next().await {
            accepted.extend(sent.expect("a request ends"));
        }
    }
    let serve = home.serve();
    let mut sending = send_all(&serve, &accepted);
    while let Some(sent) = sending.join_next().await {
        accepted.extend(sent.expect("a request ends"));
    }
    assert_eq!(accepted.len(), MESSAGES, "every message was accepted in the end");
    for id in accepted.values() {
        completes(&serve, id).await;
    }
    let mut times: HashMap<String, usize> = HashMap::new();
    for message in ntfy.messages("rez", None).await {
        *times.entry(message["message"].to_string()).or_default() += 1;
    }
    assert_eq!(times.len(), MESSAGES, "each arrived");
    let repeated: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(ntfy.version() < ECHOES || repeated.is_empty(), "{repeated:?}");
    serve.stop();
}

/// Sends every message that has not been accepted yet, under a key of its own: whoever got no answer asks again.
fn send_all(serve: &Serve, accepted: &HashMap<usize, String>) -> JoinSet<Option<(usize, String)>> {
    let client = reqwest::Client::new();
    let missing = (0..MESSAGES).filter(|n| !accepted.contains_key(n));
    missing
        .map(|n| {
            let request = client
                .post(format!("{}/api/messages", serve.api))
                .json(&json!({ "body": format!("message {n}"), "dedup_key": format!("key {n}") }));
            async move {
                let answer = request.send().await.ok()?;
                assert_eq!(answer.status(), 202);
                let message: Value = answer.json().await.ok()?;
                Some((n, message["message_id"].as_str()?.to_owned()))
            }
        })
        .collect()
}

/// Waits until ntfy has so many messages.
async fn arrived(ntfy: &Ntfy, count: usize) {
    let arrived = async {
        while ntfy.messages("rez", None).await.len() < count {
            // Another process does the work: there is nothing to wait on but its answers.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), arrived)
        .await
        .expect("messages arrive");
}

async fn completes(serve: &Serve, id: &str) {
    let url = format!("{}/api/messages/{id}", serve.api);
    let completed = async {
        loop {
            let message: Value = reqwest::get(&url).await.expect("an answer").json().await.expect("JSON");
            match message["status"].as_str() {
                Some("completed") => return,
                Some("failed" | "cancelled") => panic!("{message}"),
                // As above.
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), completed)
        .await
        .unwrap_or_else(|_| panic!("{id} ends"));
}
