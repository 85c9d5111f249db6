//! What the alarms and objectives of this machine are told.

use std::sync::Arc;

use api::{Breakers, Measured, Measures, PortError, Watched};
use async_trait::async_trait;

use crate::addresses;
use crate::host::Host;
use crate::ports::failed;

/// This process's own measurements, the breakers of the table, and the queue in the journal.
pub(crate) struct LocalMeasures {
    pub(crate) host: Arc<Host>,
    pub(crate) breakers: Arc<dyn Breakers>,
    pub(crate) stage: String,
}

#[async_trait]
impl Measures for LocalMeasures {
    async fn measured(&self) -> Result<Measured, PortError> {
        let recent = &self.host.meters.recent;
        let mut values = recent.values();
        let states = self
            .breakers
            .list()
            .await?
            .into_iter()
            .map(|record| match record.breaker.state() {
                "OPEN" => 1.0,
                "HALF_OPEN" => 0.5,
                _ => 0.0,
            });
        if let Some(worst) = states.reduce(f64::max) {
            values.insert(Watched::CircuitBreaker, worst);
        }
        let queue = addresses::dead_letter_queue(&self.stage);
        let length = self.host.journal.queue_length(&queue).await;
        let length = length.map_err(|error| failed("GetQueueAttributes", &error.into()))?;
        #[expect(clippy::cast_precision_loss, reason = "a queue of fewer than 2^52 messages")]
        values.insert(Watched::DeadLetters, length as f64);
        Ok(Measured {
            since: recent.since(),
            values,
        })
    }
}
