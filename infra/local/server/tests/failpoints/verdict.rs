//! What must be true after any failure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::world::{self, Seen};

/// What an execution does when nothing fails: its events, each by the chain of those that led to it, in no order, since
/// branches run side by side.
type Shape = Vec<Vec<String>>;

/// What happens when nothing fails.
pub(crate) struct Straight(BTreeMap<String, Shape>);

/// Runs everything without a failure.
pub(crate) fn straight() -> Straight {
    let directory = tempfile::tempdir().unwrap();
    let seen = world::run(directory.path(), &[], false);
    let straight = Straight(compared(&seen));
    assert_eq!(straight.0.len(), 5, "{:?}", straight.0.keys());
    straight.check(&seen, &[]);
    straight
}

impl Straight {
    /// Carries on where processes have ended, and judges what becomes of it. `said` is what they have said.
    pub(crate) fn judge(&self, directory: &Path, said: &[Value]) {
        let seen = world::run(directory, said, false);
        self.check(&seen, said);
    }

    fn check(&self, seen: &Seen, said: &[Value]) {
        for (described, history) in &seen.executions {
            assert_ne!(described["status"], "RUNNING", "{described}");
            gapless(history);
        }
        for (arn, shape) in compared(seen) {
            // A worker that died with its task is waited for, as on AWS.
            let lost = shape
                .iter()
                .flatten()
                .any(|event| event.starts_with("ActivityTimedOut"));
            assert!(
                lost || shape == self.0[&arn],
                "{arn}: {shape:#?} is not {:#?}",
                self.0[&arn]
            );
        }
        let tokens = said.iter().chain(&seen.said).filter(|fact| fact["of"] == "callback");
        let tokens: BTreeSet<_> = tokens.map(|fact| fact["token"].as_str().unwrap()).collect();
        assert_eq!(tokens.len(), 1, "a task is repeated under its token");
        let ends = seen.messages.each_ref().map(|item| item["status"].as_str().unwrap());
        assert_eq!(ends, ["completed", "cancelled", "failed", "completed"]);
        let mut sent: Vec<_> = seen.inbox.iter().map(|one| one["message"].as_str().unwrap()).collect();
        sent.sort_unstable();
        assert_eq!(sent, ["hello", "scheduled"], "one notification of each, and no other");
    }
}

/// Events are numbered without a gap, each after the one that led to it, and time never goes back.
fn gapless(history: &[Value]) {
    for (index, event) in history.iter().enumerate() {
        assert_eq!(event["id"].as_u64(), Some(index as u64 + 1), "{event}");
        assert!(event["previousEventId"].as_u64() < event["id"].as_u64(), "{event}");
    }
    let times: Vec<_> = history
        .iter()
        .map(|event| event["timestamp"].as_f64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
}

/// The executions whose course does not depend on when a process fails.
fn compared(seen: &Seen) -> BTreeMap<String, Shape> {
    let compared = ["work:one", "nap:one", "child:nested", "sleeper:one", "again:one"];
    let shapes = seen.executions.iter().filter_map(|(described, history)| {
        let arn = described["executionArn"].as_str().unwrap();
        compared
            .iter()
            .any(|end| arn.ends_with(end))
            .then(|| (arn.to_owned(), shape(history)))
    });
    shapes.collect()
}

fn shape(history: &[Value]) -> Shape {
    let mut shape: Shape = history.iter().map(|event| chain(history, event)).collect();
    shape.sort();
    shape
}

fn chain(history: &[Value], event: &Value) -> Vec<String> {
    let mut chain = vec![name(event)];
    let mut before = event["previousEventId"].as_u64().unwrap_or(0);
    while before > 0 {
        let event = &history[usize::try_from(before).unwrap() - 1];
        chain.push(name(event));
        before = event["previousEventId"].as_u64().unwrap_or(0);
    }
    chain
}

/// The type of an event, and which state it is about.
fn name(event: &Value) -> String {
    let details = event
        .as_object()
        .unwrap()
        .values()
        .find_map(|value| value["name"].as_str());
    format!("{} {}", event["type"].as_str().unwrap(), details.unwrap_or_default())
}
