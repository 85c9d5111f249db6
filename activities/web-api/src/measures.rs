//! What this function can tell of alarms and objectives.

use std::collections::BTreeMap;
use std::sync::Arc;

use activity_runtime::Clock;
use api::{Breakers, Measured, Measures, PortError, Watched};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::QueueAttributeName;

/// How the breakers stand, and how long the dead-letter queue is. Everything else is counted by CloudWatch: of it there are no
/// data here.
pub struct AwsMeasures {
    /// The circuit breakers.
    pub breakers: Arc<dyn Breakers>,
    /// SQS.
    pub queues: Client,
    /// The dead-letter queue.
    pub dead_letter_queue_url: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Measures for AwsMeasures {
    async fn measured(&self) -> Result<Measured, PortError> {
        let mut values = BTreeMap::new();
        let records = self.breakers.list().await?;
        let states = records.iter().map(|record| match record.breaker.state() {
            "OPEN" => 1.0,
            "HALF_OPEN" => 0.5,
            _ => 0.0,
        });
        if let Some(worst) = states.reduce(f64::max) {
            values.insert(Watched::CircuitBreaker, worst);
        }
        values.insert(Watched::DeadLetters, self.dead_letters().await?);
        Ok(Measured {
            since: self.clock.now(),
            values,
        })
    }
}

impl AwsMeasures {
    /// About how many notices lie in the queue: SQS tells no other number.
    async fn dead_letters(&self) -> Result<f64, PortError> {
        let wanted = QueueAttributeName::ApproximateNumberOfMessages;
        let request = self
            .queues
            .get_queue_attributes()
            .queue_url(&self.dead_letter_queue_url);
        let answer = request.attribute_names(wanted.clone()).send().await;
        let failed = |detail: &str, retryable| PortError {
            what: "GetQueueAttributes",
            detail: detail.to_owned(),
            retryable,
        };
        let answer = answer.map_err(|error| {
            let code = error.code();
            let lasting = code.is_some_and(|code| code.contains("AccessDenied") || code.contains("NonExistentQueue"));
            failed(code.unwrap_or("no answer"), !lasting)
        })?;
        let number = answer
            .attributes
            .as_ref()
            .and_then(|attributes| attributes.get(&wanted));
        number
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| failed("the answer has no number of messages", false))
    }
}
