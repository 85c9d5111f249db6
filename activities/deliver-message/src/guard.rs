//! The circuit breaker before ntfy, as a port, and what happens when it is away.

use std::sync::Arc;
use std::time::Duration;

use activity_runtime::{Clock, Measurement, Metric, Metrics};
use async_trait::async_trait;
use contracts::DeliverError;
use jiff::Timestamp;
use tables::TableError;
use tables::breaker::{Breaker, BreakerRecord, Breakers, Observation, Permit};

/// Where circuit breakers are kept.
#[async_trait]
pub trait BreakerStore: Send + Sync {
    /// Whether a service may be called: see [`Breakers::ask`].
    async fn ask(&self, service: &str, now: Timestamp) -> Result<(Permit, BreakerRecord), TableError>;

    /// How a call ended: see [`Breakers::report`].
    async fn report(&self, service: &str, outcome: Observation, now: Timestamp) -> Result<BreakerRecord, TableError>;
}

#[async_trait]
impl BreakerStore for Breakers {
    async fn ask(&self, service: &str, now: Timestamp) -> Result<(Permit, BreakerRecord), TableError> {
        Self::ask(self, service, now).await
    }

    async fn report(&self, service: &str, outcome: Observation, now: Timestamp) -> Result<BreakerRecord, TableError> {
        Self::report(self, service, outcome, now).await
    }
}

/// How long the breaker is waited for: its table must not use up the time for the delivery.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often another delivery's probe is looked at again, and how long between: three seconds in all, a quarter of the
/// time a publication may take, so that the function's own time is not used up.
const PROBE_LOOKS: u32 = 15;
const PROBE_PAUSE: Duration = Duration::from_millis(200);

/// What the breaker says.
enum Answer {
    /// The service may be called, under this ticket if it is a probe.
    Go(Option<u64>),
    /// It may not.
    Stop(DeliverError),
    /// It may not while another delivery is the probe.
    ProbeUnderWay(DeliverError),
}

/// Lets deliveries through while a service works. A breaker that cannot be read or written stops nothing: the delivery
/// goes on without it and is counted as `CircuitBreakerBypassed`.
pub struct Guard {
    /// Where the breakers are.
    pub store: Arc<dyn BreakerStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where the breaker's state is measured.
    pub metrics: Arc<dyn Metrics>,
}

impl Guard {
    /// Leave to call `service`: the ticket of a probe if it is one. [`DeliverError::CircuitOpen`] while there is none,
    /// which tells the next round whether an earlier attempt may have been sent.
    ///
    /// While the breaker is half open and another delivery is its probe, the probe's end is waited for, since it mostly
    /// comes within a second: whoever redrives a hundred messages after an outage should not send all but two of them
    /// into a pause of half a minute, which a message of little patience would not survive.
    pub(crate) async fn ask(&self, service: &str, may_be_sent: bool) -> Result<Option<u64>, DeliverError> {
        for _ in 0..PROBE_LOOKS {
            match self.look(service, may_be_sent).await {
                Answer::Go(ticket) => return Ok(ticket),
                Answer::Stop(error) => return Err(error),
                Answer::ProbeUnderWay(_) => tokio::time::sleep(PROBE_PAUSE).await,
            }
        }
        match self.look(service, may_be_sent).await {
            Answer::Go(ticket) => Ok(ticket),
            Answer::Stop(error) | Answer::ProbeUnderWay(error) => Err(error),
        }
    }

    async fn look(&self, service: &str, may_be_sent: bool) -> Answer {
        let now = self.clock.now();
        let Some((permit, record)) = self.in_time(service, self.store.ask(service, now)).await else {
            return Answer::Go(None);
        };
        self.measure(&record);
        match permit {
            Permit::Granted { ticket } => Answer::Go(ticket),
            Permit::Refused { until } => {
                let error = DeliverError::CircuitOpen {
                    retry_after: seconds(now, until),
                    failing_for: record.breaker.since().map_or(0, |since| seconds(since, now)),
                    may_be_sent,
                };
                if matches!(record.breaker, Breaker::HalfOpen { .. }) {
                    Answer::ProbeUnderWay(error)
                } else {
                    Answer::Stop(error)
                }
            }
        }
    }

    /// Tells the breaker how the call under `ticket` ended.
    pub(crate) async fn report<T>(&self, service: &str, ticket: Option<u64>, ended: &Result<T, DeliverError>) {
        let outcome = observation(ticket, ended);
        // Only a failure counts without a ticket: a breaker that is closed is not even read for a success.
        if ticket.is_none() && !matches!(outcome, Observation::Failed { .. }) {
            return;
        }
        if let Some(record) = self
            .in_time(service, self.store.report(service, outcome, self.clock.now()))
            .await
        {
            self.measure(&record);
        }
    }

    async fn in_time<T>(&self, service: &str, call: impl Future<Output = Result<T, TableError>>) -> Option<T> {
        let failure = match tokio::time::timeout(PATIENCE, call).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the table did not answer in time".to_owned(),
        };
        tracing::warn!(service, failure, "delivery goes on without the circuit breaker");
        self.metrics
            .record(&Measurement::count(Metric::CircuitBreakerBypassed, service));
        None
    }

    fn measure(&self, record: &BreakerRecord) {
        let value = match record.breaker.state() {
            "OPEN" => 1.0,
            "HALF_OPEN" => 0.5,
            _ => 0.0,
        };
        self.metrics.record(&Measurement::new(
            Metric::CircuitBreakerState,
            record.service_name.as_str(),
            value,
        ));
    }
}

/// What an end says of the service's health: a server that refuses a message, or asks to wait, is not ill.
fn observation<T>(ticket: Option<u64>, ended: &Result<T, DeliverError>) -> Observation {
    use DeliverError::{Ambiguous, CircuitOpen, Misconfigured, RateLimited, Rejected, Unavailable};
    match ended {
        Ok(_) => Observation::Succeeded { ticket },
        Err(Unavailable { .. } | Ambiguous { .. }) => Observation::Failed { ticket },
        Err(Rejected { .. } | Misconfigured { .. } | RateLimited { .. } | CircuitOpen { .. }) => {
            Observation::Undecided { ticket }
        }
    }
}

/// Whole seconds until then, at least 1.
fn seconds(now: Timestamp, until: Timestamp) -> u32 {
    let millis = until.as_millisecond().saturating_sub(now.as_millisecond());
    u32::try_from(millis.max(1).unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX)
}
