//! The function as EventBridge calls it: an execution's status has changed.
//!
//! Source: Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge". Of the event only the
//! ARN is used: a long input is left out of it, and it may come late and more than once.

use std::sync::Arc;

use activity_runtime::{Infrastructure, Invocation, Invoke, Kind, Measurement, Metric, WireError, invoke};
use async_trait::async_trait;
use contracts::activity_errors;
use serde::Deserialize;
use serde_json::Value;

use crate::{End, HistoryReader, RecordHandler, ended_unseen};

/// Executions of `process-message` that have ended.
#[async_trait]
pub trait EndedExecutions: Send + Sync {
    /// One of them. One that is not there is an error: an event has told of it, and a history is kept for 90 days, so that it
    /// is only not visible yet, or asked for in the wrong place.
    async fn describe(&self, arn: &str) -> Result<End, Infrastructure>;

    /// A page of its history, oldest first, in the shape that `GetExecutionHistory` answers, and where the next one begins.
    async fn history(&self, arn: &str, page: Option<String>) -> Result<(Vec<Value>, Option<String>), Infrastructure>;
}

/// The event, as far as it is used.
#[derive(Deserialize)]
struct StatusChange {
    #[serde(rename = "detail-type")]
    kind: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    execution_arn: String,
}

/// Whose executions these are.
const STATE_MACHINE: &str = "process-message";

/// The events of this name are read.
const STATUS_CHANGE: &str = "Step Functions Execution Status Change";

/// How many pages of a history are read at most: 25,000 events, the most that an execution has, are 25 pages.
const PAGES: usize = 50;

/// Keeps the contract, and takes events of EventBridge as well.
pub struct Recorder {
    /// Keeps the contract.
    pub handler: RecordHandler,
    /// Tells how an execution ended.
    pub executions: Arc<dyn EndedExecutions>,
}

#[async_trait]
impl Invoke for Recorder {
    fn name(&self) -> &'static str {
        Invoke::name(&self.handler)
    }

    async fn invoke(&self, payload: &[u8], invocation: &Invocation) -> Result<Vec<u8>, WireError> {
        let Ok(event) = serde_json::from_slice::<StatusChange>(payload) else {
            return invoke(&self.handler, payload, invocation).await;
        };
        if event.kind != STATUS_CHANGE {
            let detail = format!("detail-type must be \"{STATUS_CHANGE}\"");
            return Err(WireError::undeclared(activity_errors::INVALID_INPUT, &detail));
        }
        let outcome = self.end(&event.detail.execution_arn).await;
        match outcome.map_err(|error| undeclared(&error))? {
            Some(outcome) => invoke(&self.handler, &outcome, invocation).await,
            None => Ok(b"null".to_vec()),
        }
    }
}

impl Recorder {
    /// The input of the contract for such an end; `None` where nothing is left to record.
    async fn end(&self, arn: &str) -> Result<Option<Vec<u8>>, Infrastructure> {
        let end = self.executions.describe(arn).await?;
        if end.status == "RUNNING" {
            // `DescribeExecution` is eventually consistent: the end that the event tells of is not visible yet.
            return Err(Infrastructure::new(
                Kind::Unavailable,
                "the end of the execution is not visible yet",
            ));
        }
        if !ended_unseen(&end.status, end.error.as_deref()) {
            return Ok(None);
        }
        if end.status == "FAILED" {
            // Before it is recorded: whoever watches a release must learn of it although the record fails too.
            let broken = Measurement::count(Metric::RuntimeErrors, STATE_MACHINE);
            self.handler.metrics.record(&broken);
        }
        let (mut reader, mut page) = (HistoryReader::default(), None);
        for _ in 0..PAGES {
            let (events, next) = self.executions.history(arn, page).await?;
            for event in &events {
                reader.read(event);
            }
            page = next;
            if page.is_none() {
                break;
            }
        }
        // What a call answers after its execution has ended, Step Functions tells nobody.
        let outcome = end.outcome(reader.end(None));
        outcome
            .map(|outcome| serde_json::to_vec(&outcome))
            .transpose()
            .map_err(|error| Infrastructure::new(Kind::Failed, "the outcome is no JSON").caused_by(error))
    }
}

fn undeclared(error: &Infrastructure) -> WireError {
    tracing::error!(error = error.kind.error_name(), "{error}");
    WireError::undeclared(error.kind.error_name(), &error.detail)
}

#[cfg(test)]
mod tests;
