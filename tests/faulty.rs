//! A server that fails three requests in ten, in every way that servers fail: each message ends, what was completed is there
//! exactly once, and what the sink has kept agrees with what the histories say.
//!
//! `REZ_FAULTY=2000 cargo test -p tests faulty -- --nocapture` sends more; `REZ_FAULTY_SEED` repeats the throws.

use std::{collections::BTreeMap, env, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::Client;
use serde_json::{Value, json};
use server::{Config, ManualClock, Ntfy};
use tests::{
    home::Home,
    sink::{QUICK, Sink},
};

/// How long everything may take that only waits for the server.
const PATIENCE: Duration = Duration::from_mins(5);
/// After how many answers during which the sink was asked nothing the clock goes on, and by how much.
const QUIET: usize = 20;
const STEP: Duration = Duration::from_secs(15);
/// The share of requests that fail.
const SHARE: f64 = 0.3;

fn messages() -> usize {
    env::var("REZ_FAULTY")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(100)
}

fn seed() -> u64 {
    let given = env::var("REZ_FAULTY_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    eprintln!("REZ_FAULTY_SEED={seed}");
    seed
}

/// Sends messages with this patience; gives their ids.
async fn send(http: &Client, api: &str, messages: usize, patience: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..messages {
        let body = json!({ "body": format!("message {number}"), "patience": patience });
        let answer = http
            .post(format!("{api}/api/messages"))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        let message: Value = answer.json().await.expect("JSON");
        ids.push(
            message["message_id"]
                .as_str()
                .unwrap_or_else(|| panic!("{message}"))
                .to_owned(),
        );
    }
    ids
}

async fn read(http: &Client, api: &str, id: &str) -> Value {
    let request = http.get(format!("{api}/api/messages/{id}"));
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn has_ended(message: &Value) -> bool {
    ["completed", "failed", "cancelled"].contains(&message["status"].as_str().unwrap_or_default())
}

/// Compares the sink's log with what the server says, message by message.
fn agree(sink: &Sink, ended: &[Value]) {
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in sink.kept() {
        kept.entry(message.text).or_default().push(message.id);
    }
    let (mut completed, mut reasons) = (0, BTreeMap::<&str, usize>::new());
    for message in ended {
        let text = message["body"].as_str().expect("a body");
        let ids = kept.remove(text).unwrap_or_default();
        assert!(ids.len() <= 1, "{text} was sent {} times", ids.len());
        match message["status"].as_str().expect("a status") {
            "completed" => {
                completed += 1;
                assert_eq!(
                    message["receipt"]["ntfy_id"].as_str(),
                    ids.first().map(String::as_str),
                    "{message}"
                );
            }
            "failed" => {
                let letter = &message["dead_letter"];
                assert!(letter.is_object(), "{message}");
                *reasons.entry(letter["reason"].as_str().expect("a reason")).or_default() += 1;
                // Nobody knows of the last attempt what became of it, unless the letter says that it arrived.
                assert!(letter["delivered"] != true || ids.len() == 1, "{message}");
            }
            other => panic!("{other}: {message}"),
        }
    }
    assert!(kept.is_empty(), "the sink has what nobody sent: {kept:?}");
    eprintln!(
        "{completed} of {} completed; dead letters {reasons:?}; failures {:?}",
        ended.len(),
        sink.failed()
    );
    // The breaker lets only so many requests through within a message's patience: more messages than this share too few.
    assert!(
        ended.len() > 200 || completed * 10 >= ended.len() * 9,
        "{completed} of {} completed: {reasons:?}",
        ended.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fails_three_in_ten_loses_and_doubles_nothing() {
    // Silence costs twelve seconds each time: one failure in ten is one.
    let sink = Sink::start(seed(), SHARE, &[QUICK, &["takes it: silence"]].concat()).await;
    let home = Home::new()
        .with("NTFY_URL", &*sink.url)
        .with("BREAKER_OPEN_SECONDS", "1");
    let serve = home.serve();
    let ids = send(&serve.http, &serve.api, messages(), "5m").await;
    let all_end = async {
        let mut ended = Vec::new();
        for id in &ids {
            loop {
                let message = read(&serve.http, &serve.api, id).await;
                if has_ended(&message) {
                    break ended.push(message);
                }
                // Another process does the work: there is nothing to wait on but its answers.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        ended
    };
    let ended = tokio::time::timeout(2 * PATIENCE, all_end)
        .await
        .expect("every message ends");
    agree(&sink, &ended);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_settings_of_production_an_hour_passes_in_seconds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sink = Sink::start(seed(), SHARE, QUICK).await;
    let clock = ManualClock::new(Timestamp::now());
    let config = Config {
        ntfy: Ntfy {
            url: Some(sink.url.clone()),
            topic: "rez".to_owned(),
            token: None,
        },
        clock: Arc::new(clock.clone()),
        ..Config::new(directory.path())
    };
    let server = server::start(config).await.expect("it starts");
    let api = format!("http://{}", server.addresses.api);
    let http = tests::signed_in::client(directory.path());
    let ids = send(&http, &api, messages() / 2, "1h").await;
    let begun = std::time::Instant::now();
    let requests = || sink.kept().len() + sink.failed().values().sum::<usize>();
    let mut ended = Vec::new();
    for id in &ids {
        let (mut seen, mut quiet) = (requests(), 0);
        loop {
            assert!(
                begun.elapsed() < PATIENCE,
                "{} of {} have ended",
                ended.len(),
                ids.len()
            );
            let message = read(&http, &api, id).await;
            if has_ended(&message) {
                break ended.push(message);
            }
            // Time passes only while nothing else happens, so that no attempt runs out of it.
            quiet = if seen == requests() { quiet + 1 } else { 0 };
            seen = requests();
            if quiet == QUIET {
                clock.advance(STEP);
                quiet = 0;
            }
        }
    }
    agree(&sink, &ended);
    server.shutdown().await;
}
