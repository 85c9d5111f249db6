//! ntfy goes away and comes back: retries, the breaker, patience, dead letters and their redrive, on the real server.

use std::path::Path;

use journal::{Batch, Journal};
use serde_json::Value;
use tests::{
    home::Home,
    ntfy::{NO_LIMITS, Ntfy, binaries},
};

/// The events of an execution of this type, as `rez history --json` prints them.
fn events(home: &Home, id: &str, name: &str) -> Vec<Value> {
    let history = home.rez(&["history", id, "--json"]).ends_with(0).json();
    history.into_iter().filter(|event| event["type"] == name).collect()
}

fn ids(home: &Home, status: &str) -> Vec<String> {
    let listed = home
        .rez(&["messages", "--status", status, "--json"])
        .ends_with(0)
        .json();
    listed
        .iter()
        .map(|message| message["message_id"].as_str().expect("an id").to_owned())
        .collect()
}

fn breaker(home: &Home) -> String {
    let listed = home.rez(&["breaker", "--json"]).ends_with(0).json();
    listed[0]["state"].as_str().expect("a state").to_owned()
}

#[tokio::test]
async fn an_outage_is_waited_out_within_patience_and_dead_lettered_beyond_it() {
    for binary in binaries() {
        outage(&binary).await;
    }
}

async fn outage(binary: &Path) {
    let mut ntfy = Ntfy::start(binary, NO_LIMITS);
    let home = Home::new().with("NTFY_URL", ntfy.url());
    let serve = home.serve();
    ntfy.stop();

    // Four attempts with full jitter below 1, 2 and 4 seconds; then the pause would outlast the patience.
    let impatient = home.rez(&["send", "first", "--patience", "10s"]).ends_with(3);
    assert!(impatient.err.contains("rez dlq redrive"), "{impatient:?}");
    let first = ids(&home, "failed").remove(0);
    let attempts = events(&home, &first, "TaskFailed");
    assert_eq!(attempts.len(), 4, "four attempts");
    let at: Vec<f64> = attempts
        .iter()
        .map(|event| event["timestamp"].as_f64().expect("seconds"))
        .collect();
    for (pause, longest) in at.windows(2).zip([1.0, 2.0, 4.0]) {
        // An attempt itself takes a moment: a refused connection, a write to the breaker.
        assert!(pause[1] - pause[0] < longest + 0.9, "below {longest} s: {at:?}");
    }
    for event in &attempts {
        assert_eq!(event["taskFailedEventDetails"]["error"], "Delivery.Unavailable");
    }

    // The fifth failure within a minute opens the breaker, and the rest does not reach ntfy at all.
    let _ = home.rez(&["send", "second", "--patience", "10s"]).ends_with(3);
    assert_eq!(breaker(&home), "OPEN");
    let second = ids(&home, "failed")
        .into_iter()
        .find(|id| *id != first)
        .expect("two failed");
    let errors: Vec<_> = events(&home, &second, "TaskFailed");
    assert_eq!(
        errors.last().expect("a failure")["taskFailedEventDetails"]["error"],
        "Delivery.CircuitOpen"
    );

    // A message with the default patience waits, and is delivered by itself.
    let patient = home
        .rez(&["send", "third", "--no-wait", "--json"])
        .ends_with(0)
        .json()
        .remove(0);
    let patient = patient["message_id"].as_str().expect("an id").to_owned();
    ntfy.start_again();
    completes(&home, &patient).await;
    assert_eq!(breaker(&home), "HALF_OPEN", "one success is not enough");

    // A notice that the queue has lost is still listed, since the item is the truth.
    serve.stop();
    forget_a_notice(&home, &first).await;
    let serve = home.serve();
    let listed = home.rez(&["dlq", "list", "--json"]).ends_with(0).json();
    assert_eq!(listed.len(), 2, "{listed:?}");
    let dry = home.rez(&["dlq", "redrive", "--all", "--dry-run"]).ends_with(0);
    assert!(dry.out.contains(&first) && dry.out.contains(&second), "{dry:?}");
    let _ = home.rez(&["dlq", "redrive", "--all"]).ends_with(0);
    completes(&home, &first).await;
    completes(&home, &second).await;
    assert!(
        home.rez(&["dlq", "list", "--json"]).ends_with(0).json().is_empty(),
        "the list is empty"
    );
    assert_eq!(breaker(&home), "CLOSED", "two successes close it");
    serve.stop();
    assert_eq!(notices(&home).await, 0, "the queue is empty");

    let mut bodies: Vec<_> = ntfy
        .messages("rez", None)
        .await
        .iter()
        .map(|m| m["message"].to_string())
        .collect();
    bodies.sort();
    assert_eq!(
        bodies,
        [r#""first""#, r#""second""#, r#""third""#],
        "each arrived exactly once"
    );
}

/// Asks until the message is completed, for two minutes at most: the pause after an open breaker is up to 45 s.
async fn completes(home: &Home, id: &str) {
    for _ in 0..480 {
        let message = home.rez(&["message", id, "--json"]).ends_with(0).json().remove(0);
        if message["status"] == "completed" {
            return;
        }
        // Another process does the work: there is nothing to wait on but its answers.
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    panic!("message {id} was not completed")
}

/// The dead-letter queue on one machine, as `REZ_STAGE` is not set.
const QUEUE: &str = "rez-agent-message-queue-dlq-dev";

/// Takes the notice of a message out of the queue, as SQS does after fourteen days. No server may run.
async fn forget_a_notice(home: &Home, id: &str) {
    let journal = Journal::open(home.path()).expect("nobody has it open");
    let notices = journal.queue(QUEUE, 0, 100).await.expect("it can be read");
    let notice = notices
        .iter()
        .find(|notice| notice.body.contains(id))
        .expect("every dead letter is signalled");
    let mut batch = Batch::new();
    batch.drain(QUEUE.to_owned(), vec![notice.position]);
    journal.commit(batch).await.expect("it is written");
    journal.close();
}

async fn notices(home: &Home) -> u64 {
    let journal = Journal::open(home.path()).expect("nobody has it open");
    let length = journal.queue_length(QUEUE).await.expect("it can be read");
    journal.close();
    length
}
