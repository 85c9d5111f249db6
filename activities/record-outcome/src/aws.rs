//! Ended executions, as Step Functions on AWS tells of them.

use activity_runtime::{Infrastructure, Kind};
use async_trait::async_trait;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sfn::types::HistoryEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{End, EndedExecutions};

/// The most events that an answer holds.
const PAGE: i32 = 1_000;

#[async_trait]
impl EndedExecutions for Client {
    async fn describe(&self, arn: &str) -> Result<End, Infrastructure> {
        let found = self.describe_execution().execution_arn(arn).send().await;
        let found = found.map_err(|error| failed("DescribeExecution", error))?;
        let started = found.start_date.to_millis().ok();
        let started_at = started.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
        let name = found.name.or_else(|| Some(arn.rsplit_once(':')?.1.to_owned()));
        Ok(End {
            arn: found.execution_arn,
            name: name.unwrap_or_default(),
            status: found.status.as_str().to_owned(),
            started_at: started_at.unwrap_or_default(),
            input: found.input.unwrap_or_default(),
            error: found.error,
            cause: found.cause,
        })
    }

    async fn history(&self, arn: &str, page: Option<String>) -> Result<(Vec<Value>, Option<String>), Infrastructure> {
        let request = self
            .get_execution_history()
            .execution_arn(arn)
            .include_execution_data(true)
            .max_results(PAGE)
            .set_next_token(page);
        let answer = request
            .send()
            .await
            .map_err(|error| failed("GetExecutionHistory", error))?;
        Ok((answer.events.iter().map(wire).collect(), answer.next_token))
    }
}

/// An event in the service's own shape, as far as anybody reads it.
fn wire(event: &HistoryEvent) -> Value {
    let mut wire = json!({ "type": event.r#type.as_str() });
    if let Some(details) = &event.task_scheduled_event_details {
        wire["taskScheduledEventDetails"] = json!({ "parameters": details.parameters });
    }
    if let Some(details) = &event.task_succeeded_event_details {
        wire["taskSucceededEventDetails"] = json!({ "output": details.output });
    }
    if let Some(details) = &event.task_failed_event_details {
        wire["taskFailedEventDetails"] = json!({ "error": details.error });
    }
    wire
}

/// The detail is the error's code: messages of AWS may quote what they were asked.
fn failed<E>(what: &str, error: SdkError<E>) -> Infrastructure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or("no answer").to_owned();
    let kind = if code.contains("AccessDenied") {
        Kind::Misconfigured
    } else {
        Kind::Unavailable
    };
    Infrastructure::new(kind, format!("{what}: {code}")).caused_by(error)
}
