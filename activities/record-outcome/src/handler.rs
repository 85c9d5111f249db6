//! What `RecordOutcome` does.

use std::sync::Arc;

use activity_runtime::{Clock, Failure, Handler, Infrastructure, Invocation, Measurement, Metric, Metrics, Subject};
use contracts::{MessageEvent, Outcome, OutcomeStatus, RecordOutcome, Recorded, message_id};
use expr::NoError;
use jiff::Timestamp;

use crate::{Events, Outcomes};

/// Keeps the contract [`RecordOutcome`].
pub struct RecordHandler {
    /// Where outcomes are written.
    pub outcomes: Arc<dyn Outcomes>,
    /// Where events are published.
    pub events: Arc<dyn Events>,
    /// Where measurements go.
    pub metrics: Arc<dyn Metrics>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The stage that items and events name.
    pub stage: String,
}

impl Handler for RecordHandler {
    type Activity = RecordOutcome;

    fn subject(input: &Outcome) -> Subject {
        Subject {
            message_id: Some(message_id(&input.message, &input.execution.name)),
            correlation_id: input.message.correlation_id.clone(),
        }
    }

    async fn handle(&self, outcome: Outcome, _: &Invocation) -> Result<Recorded, Failure<NoError>> {
        let now = self.clock.now();
        let recording = self
            .outcomes
            .record(&self.stage, &outcome, now)
            .await
            .map_err(Infrastructure::from)?;
        // Counted where it is written: a call that is repeated, for whatever came after, does not count again.
        if recording.first {
            self.measure(&outcome, &recording.recorded);
        }
        if recording.stands {
            let event = MessageEvent::new(&self.stage, &outcome, &recording.recorded);
            self.events.publish(&event).await.map_err(Infrastructure::from)?;
        }
        Ok(recording.recorded)
    }
}

impl RecordHandler {
    fn measure(&self, outcome: &Outcome, recorded: &Recorded) {
        self.metrics
            .record(&Measurement::count(Metric::MessagesProcessed, recorded.status.as_str()));
        // How long a message lived that somebody stopped says nothing about processing.
        if outcome.status != OutcomeStatus::Cancelled {
            let took = recorded.finished_at.duration_since(due(outcome)).as_secs_f64() * 1_000.0;
            let message_type = outcome.message.message_type.as_str();
            self.metrics.record(&Measurement::new(
                Metric::ProcessingDuration,
                message_type,
                took.max(0.0),
            ));
        }
    }
}

/// When processing could begin: a message is accepted, and may be due later; a redrive begins with its own execution.
fn due(outcome: &Outcome) -> Timestamp {
    let (message, started_at) = (&outcome.message, outcome.execution.started_at);
    if message.redrive > 0 {
        return started_at;
    }
    let accepted = message.created_at.unwrap_or(started_at);
    message
        .deliver_at
        .map_or(accepted, |deliver_at| deliver_at.max(accepted))
}

#[cfg(test)]
mod tests;
