//! The events of a history as lines for a person.

use serde_json::Value;

use crate::output::word;

/// Follows a history event by event. It never shows inputs and outputs: they hold people's texts.
#[derive(Debug, Default)]
pub(crate) struct Narrator {
    started: Option<f64>,
    state: String,
    /// How often the task of this state has failed, and when it did last.
    failures: u32,
    failed_at: f64,
}

impl Narrator {
    /// The line for an event in the shape of the wire; `None` for those that say nothing new.
    pub(crate) fn tell(&mut self, event: &Value) -> Option<String> {
        let at = event["timestamp"].as_f64().unwrap_or_default();
        let started = *self.started.get_or_insert(at);
        let text = self.text(event, at)?;
        Some(format!("{:>9.3} s  {text}", at - started))
    }

    fn text(&mut self, event: &Value, at: f64) -> Option<String> {
        let kind = word(event, "/type");
        if kind.ends_with("StateEntered") {
            word(event, "/stateEnteredEventDetails/name").clone_into(&mut self.state);
            self.failures = 0;
            let waits = if kind.starts_with("Wait") { ": waiting" } else { "" };
            return Some(format!("{}{waits}", self.state));
        }
        if kind == "ExecutionRedriven" {
            // Times count from there, and so do failures.
            (self.started, self.failures) = (Some(at), 0);
            return None;
        }
        if kind.starts_with("Execution") {
            return ended(kind, event);
        }
        if kind.ends_with("Failed") || kind.ends_with("TimedOut") {
            self.failures += 1;
            self.failed_at = at;
            return Some(format!("{} failed: {}", self.state, failure(event)));
        }
        if kind.ends_with("Scheduled") && self.failures > 0 {
            return Some(format!(
                "{}: retry {} after {:.1} s",
                self.state,
                self.failures,
                at - self.failed_at
            ));
        }
        None
    }
}

fn ended(kind: &str, event: &Value) -> Option<String> {
    match kind {
        "ExecutionSucceeded" => Some("execution succeeded".to_owned()),
        "ExecutionFailed" => Some(format!("execution failed: {}", failure(event))),
        "ExecutionTimedOut" => Some("execution timed out".to_owned()),
        "ExecutionAborted" => Some("execution stopped".to_owned()),
        _ => None,
    }
}

/// The error's name, and the reason that our activities give in its cause, or how long they ask to wait.
fn failure(event: &Value) -> String {
    let details = event
        .as_object()
        .into_iter()
        .flatten()
        .find(|(name, _)| name.ends_with("EventDetails"));
    let Some((_, details)) = details else {
        return "no details".to_owned();
    };
    let (error, cause) = (word(details, "/error"), word(details, "/cause"));
    let error = if error.is_empty() { "States.Timeout" } else { error };
    match reason(cause) {
        Some(reason) => format!("{error} ({reason})"),
        None => error.to_owned(),
    }
}

/// A cause is Lambda's error document; its message is the JSON that the activity wrote.
fn reason(cause: &str) -> Option<String> {
    let document: Value = serde_json::from_str(cause).ok()?;
    let message = word(&document, "/errorMessage");
    let payload: Value = serde_json::from_str(message).unwrap_or(document);
    let reason = word(&payload, "/reason");
    if !reason.is_empty() {
        return Some(crate::output::excerpt(reason, 200));
    }
    let seconds = payload["retry_after"].as_u64()?;
    Some(format!("not before {seconds} s have passed"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Narrator;

    #[test]
    fn retries_are_told_with_their_delay_and_their_reason() {
        let cause =
            json!({ "errorType": "Delivery.Unavailable", "errorMessage": "{\"reason\":\"refused\"}" }).to_string();
        let events = [
            json!({ "type": "ExecutionStarted", "timestamp": 100.0 }),
            json!({ "type": "TaskStateEntered", "timestamp": 100.25, "stateEnteredEventDetails": { "name": "Deliver", "input": "secret" } }),
            json!({ "type": "LambdaFunctionScheduled", "timestamp": 100.25 }),
            json!({ "type": "LambdaFunctionFailed", "timestamp": 100.5,
                    "lambdaFunctionFailedEventDetails": { "error": "Delivery.Unavailable", "cause": cause } }),
            json!({ "type": "LambdaFunctionScheduled", "timestamp": 101.5 }),
            json!({ "type": "LambdaFunctionSucceeded", "timestamp": 101.5, "lambdaFunctionSucceededEventDetails": { "output": "secret" } }),
            json!({ "type": "WaitStateEntered", "timestamp": 102.0, "stateEnteredEventDetails": { "name": "Pause" } }),
            json!({ "type": "ExecutionFailed", "timestamp": 103.0, "executionFailedEventDetails": { "error": "Message.DeadLettered" } }),
        ];
        let mut narrator = Narrator::default();
        let told: Vec<String> = events.iter().filter_map(|event| narrator.tell(event)).collect();
        let expected = [
            "    0.250 s  Deliver",
            "    0.500 s  Deliver failed: Delivery.Unavailable (refused)",
            "    1.500 s  Deliver: retry 1 after 1.0 s",
            "    2.000 s  Pause: waiting",
            "    3.000 s  execution failed: Message.DeadLettered",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn after_a_redrive_times_and_failures_count_anew() {
        let failed = |timestamp: f64| json!({ "type": "TaskFailed", "timestamp": timestamp, "taskFailedEventDetails": { "error": "E" } });
        let entered =
            json!({ "type": "TaskStateEntered", "timestamp": 1.0, "stateEnteredEventDetails": { "name": "T" } });
        let redriven = json!({ "type": "ExecutionRedriven", "timestamp": 500.0 });
        let scheduled = json!({ "type": "TaskScheduled", "timestamp": 500.0 });
        let mut narrator = Narrator::default();
        let told: Vec<_> = [entered, failed(2.0), redriven, scheduled, failed(501.5)]
            .iter()
            .map(|event| narrator.tell(event))
            .collect();
        assert_eq!(
            told[2..4],
            [None, None],
            "the first attempt after a redrive is no retry"
        );
        assert_eq!(told[4].as_deref(), Some("    1.500 s  T failed: E"));
    }

    #[test]
    fn an_error_that_asks_to_wait_is_told_with_its_seconds() {
        let event = |error: &str, payload: &str| {
            let cause = json!({ "errorType": error, "errorMessage": payload }).to_string();
            json!({ "type": "LambdaFunctionFailed", "timestamp": 0,
                    "lambdaFunctionFailedEventDetails": { "error": error, "cause": cause } })
        };
        for (error, payload, expected) in [
            (
                "Delivery.CircuitOpen",
                r#"{"retry_after":21}"#,
                "Delivery.CircuitOpen (not before 21 s have passed)",
            ),
            (
                "Delivery.RateLimited",
                r#"{"retry_after":5}"#,
                "Delivery.RateLimited (not before 5 s have passed)",
            ),
            (
                "Delivery.CircuitOpen",
                r#"{"retry_after":"soon"}"#,
                "Delivery.CircuitOpen",
            ),
        ] {
            let told = Narrator::default().tell(&event(error, payload)).unwrap();
            assert_eq!(told, format!("    0.000 s   failed: {expected}"));
        }
    }

    #[test]
    fn what_is_not_as_expected_is_told_without_it() {
        let mut narrator = Narrator::default();
        for event in [
            json!({}),
            json!(null),
            json!({ "type": 7 }),
            json!({ "type": "TaskFailed", "timestamp": "x" }),
        ] {
            narrator.tell(&event);
        }
    }
}
