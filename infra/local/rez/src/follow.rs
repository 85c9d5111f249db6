//! Telling what an execution does while it runs.

mod narrator;

use std::time::Duration;

use serde_json::Value;

pub(crate) use narrator::Narrator;

use crate::client::Client;
use crate::failure::Failure;
use crate::output;

/// The first and the longest pause between two looks; each look that finds nothing new doubles it.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// Follows an execution to its end; tells each event if `aloud`, as long as somebody reads.
///
/// A reader that has gone, as `head` goes, is no reason to stop: the server may be this process's own, and the message
/// would lie until the next one.
pub(crate) async fn follow(client: &Client, execution: &str, mut aloud: bool) -> Result<(), Failure> {
    let (mut narrator, mut seen, mut pause) = (Narrator::default(), 0, PAUSES.0);
    loop {
        let events = client.history(execution).await?.unwrap_or_default();
        let new = events.get(seen..).unwrap_or_default();
        for text in new.iter().filter_map(|event| narrator.tell(event)) {
            aloud = aloud && output::line(text).is_ok();
        }
        if events.last().is_some_and(ends) {
            return Ok(());
        }
        pause = if new.is_empty() {
            (pause * 2).min(PAUSES.1)
        } else {
            PAUSES.0
        };
        seen = events.len();
        tokio::time::sleep(pause).await;
    }
}

fn ends(event: &Value) -> bool {
    const ENDS: [&str; 4] = [
        "ExecutionSucceeded",
        "ExecutionFailed",
        "ExecutionTimedOut",
        "ExecutionAborted",
    ];
    ENDS.contains(&output::word(event, "/type"))
}
