//! Ten minutes of fifty messages a second: at the end everything is as fast and as small as at the start, save for the
//! database, which keeps what happened.
//!
//! Not part of a usual run. `cargo build --release -p rez`, then
//! `REZ_BINARY=target/release/rez cargo test -p tests soak -- --ignored --nocapture` prints a line a minute;
//! `REZ_SOAK=50/600` is its size: messages a second and seconds.

use std::{
    env,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::home::{Home, Serve};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

/// How often a command is run to see how long it takes; the middle one counts.
const RUNS: usize = 5;
/// How much memory may grow from the first minute to the last.
const GROWTH: f64 = 1.5;
/// Within which time of being accepted nearly every message is to be delivered: the objective that the health page shows too.
const OBJECTIVE: SignedDuration = SignedDuration::from_secs(10);
/// How much longer a command may take at the end, beyond what a busy machine explains.
const SLOWER: Duration = Duration::from_millis(150);

/// What is measured while messages flow.
#[derive(Clone, Copy, Debug)]
struct Measure {
    sent: usize,
    messages: Duration,
    history: Duration,
    resident: u64,
    on_disk: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes ten minutes"]
async fn ten_minutes_leave_no_trace_in_speed_and_memory() {
    let size = env::var("REZ_SOAK").unwrap_or_else(|_| "50/600".to_owned());
    let (rate, seconds) = size.split_once('/').expect("REZ_SOAK is RATE/SECONDS");
    let [rate, seconds] = [rate, seconds].map(|number| number.parse().expect("REZ_SOAK is RATE/SECONDS"));
    let home = Home::new();
    let serve = home.serve();
    let mut measures = Vec::new();
    let mut ids = Vec::new();
    for seconds in minutes(seconds) {
        ids.extend(send(&serve, rate, seconds).await);
        let last = ids.last().cloned().unwrap_or_default();
        measures.push(tokio::task::block_in_place(|| measure(&home, &serve, ids.len(), &last)));
        tell(&measures[measures.len() - 1]);
    }
    assert_eq!(ids.len() as u64, rate * seconds);
    let delivered = all_complete(&serve, &ids).await;
    serve.stop();
    within_the_objective(delivered);
    compare(measures[0], measures[measures.len() - 1]);
}

/// The parts after each of which is measured: a minute each, the last one what is left.
fn minutes(seconds: u64) -> impl Iterator<Item = u64> {
    (0..seconds.div_ceil(60)).map(move |minute| (seconds - minute * 60).min(60))
}

/// Sends at an even rate, whatever the answers take; gives the ids.
async fn send(serve: &Serve, rate: u64, seconds: u64) -> Vec<String> {
    let url = format!("{}/api/messages", serve.api);
    let client = &serve.http;
    let mut tick = interval(Duration::from_secs(1) / u32::try_from(rate).expect("a rate"));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sending = JoinSet::new();
    for _ in 0..rate * seconds {
        tick.tick().await;
        let request = client.post(&url).json(&json!({ "body": "soak", "title": "Soak" }));
        sending.spawn(async move {
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 202);
            let message: Value = answer.json().await.expect("JSON");
            message["message_id"].as_str().expect("an id").to_owned()
        });
    }
    sending.join_all().await
}

fn measure(home: &Home, serve: &Serve, sent: usize, last: &str) -> Measure {
    Measure {
        sent,
        messages: duration(home, &["messages", "--json"]),
        history: duration(home, &["history", last, "--json"]),
        resident: serve.resident_bytes(),
        on_disk: home.bytes(),
    }
}

/// How long a command takes, process and all.
fn duration(home: &Home, arguments: &[&str]) -> Duration {
    let mut durations: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            assert!(!home.rez(arguments).ends_with(0).out.is_empty());
            begun.elapsed()
        })
        .collect();
    durations.sort_unstable();
    durations[RUNS / 2]
}

fn tell(measure: &Measure) {
    eprintln!(
        "{:>6} messages: rez messages {:>4} ms, rez history {:>4} ms, {:>4} MiB resident, {:>5} MiB on disk",
        measure.sent,
        measure.messages.as_millis(),
        measure.history.as_millis(),
        measure.resident >> 20,
        measure.on_disk >> 20
    );
}

/// Waits until all are completed; gives how long each took from being accepted to being recorded, by the server's clock.
async fn all_complete(serve: &Serve, ids: &[String]) -> Vec<SignedDuration> {
    let mut took = Vec::with_capacity(ids.len());
    for id in ids {
        let completed = async {
            loop {
                let message = serve.message(id).await;
                if message["status"] == "completed" {
                    return time(&message["finished_at"]).duration_since(time(&message["created_at"]));
                }
                assert_eq!(message["status"], "processing", "{message}");
                // Another process does the work: there is nothing to wait on but its answers.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let completed = tokio::time::timeout(Duration::from_mins(1), completed).await;
        took.push(completed.unwrap_or_else(|_| panic!("{id} ends")));
    }
    took
}

fn time(text: &Value) -> Timestamp {
    let time = text.as_str().and_then(|text| text.parse().ok());
    time.unwrap_or_else(|| panic!("{text} is no time"))
}

fn within_the_objective(mut took: Vec<SignedDuration>) {
    took.sort_unstable();
    let of = |hundredths: usize| took[(took.len() - 1) * hundredths / 100];
    eprintln!(
        "delivered after {} ms (median), {} ms (95 %), {} ms (all)",
        of(50).as_millis(),
        of(95).as_millis(),
        of(100).as_millis()
    );
    assert!(of(95) <= OBJECTIVE, "{:?}", of(95));
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53 bytes")]
fn compare(first: Measure, last: Measure) {
    let grown = last.resident as f64 / first.resident as f64;
    assert!(grown < GROWTH, "memory grew {grown:.1} times: {first:?} {last:?}");
    for (before, after) in [(first.messages, last.messages), (first.history, last.history)] {
        assert!(after < before * 2 + SLOWER, "{first:?} {last:?}");
    }
}
