//! Telling what an execution does while it runs.

mod narrator;

use serde_json::Value;

pub(crate) use narrator::Narrator;

use crate::client::Client;
use crate::failure::Failure;
use crate::output;

/// Follows executions to their ends.
#[derive(Default)]
pub(crate) struct Follower {
    narrator: Narrator,
    /// How many events have been seen.
    seen: usize,
    silent: bool,
}

impl Follower {
    /// One that tells nothing.
    pub(crate) fn silent() -> Self {
        Self {
            silent: true,
            ..Self::default()
        }
    }

    /// The same for an execution that goes on after these events, which are not told.
    pub(crate) async fn follow_after(
        &mut self,
        before: &[Value],
        client: &Client,
        execution: &str,
    ) -> Result<(), Failure> {
        for event in before {
            self.narrator.tell(event);
        }
        self.seen = before.len();
        self.follow(client, execution).await
    }

    /// Follows an execution to its end and tells each event once, as long as somebody reads. After a failure it may be
    /// followed on, also at another server.
    ///
    /// A reader that has gone, as `head` goes, is no reason to stop: the server may be this process's own, and the message
    /// would lie until the next one.
    pub(crate) async fn follow(&mut self, client: &Client, execution: &str) -> Result<(), Failure> {
        // Each look that finds nothing new doubles the pause.
        let (first, longest) = client.pauses();
        let mut pause = first;
        loop {
            let events = client.history(execution).await?.unwrap_or_default();
            let new = events.get(self.seen..).unwrap_or_default();
            for text in new.iter().filter_map(|event| self.narrator.tell(event)) {
                self.silent = self.silent || output::line(text).is_err();
            }
            if events.last().is_some_and(ends) {
                return Ok(());
            }
            pause = if new.is_empty() {
                (pause * 2).min(longest)
            } else {
                first
            };
            self.seen = events.len();
            tokio::time::sleep(pause).await;
        }
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
