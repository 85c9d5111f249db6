//! What is counted, and `GET /metrics`: the seed's metrics under their names, the engine's own, and the requests.
//!
//! The text is `OpenMetrics` 1.0, which Prometheus reads. Source:
//! <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>.

mod distribution;
mod http;
mod kept;
mod recent;
mod sampled;
mod watched;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use activity_runtime::{Measurement, Metric, Metrics, NAMESPACE, Unit};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::Clock;

pub(crate) use http::router;
pub(crate) use kept::{keep, take_up};

use recent::Recent;
use sampled::Sampled;
use watched::WatchedGauges;

/// Names of labels with their values.
type Labels = Vec<(&'static str, String)>;
type Histograms = Family<Labels, Histogram, fn() -> Histogram>;

/// Bounds of how long messages take, in milliseconds: the second of the seed's SLO and the four minutes of its alarm are among
/// them.
static PROCESSING: [f64; 13] = [
    50.0,
    100.0,
    250.0,
    500.0,
    1_000.0,
    2_500.0,
    5_000.0,
    10_000.0,
    30_000.0,
    60_000.0,
    240_000.0,
    900_000.0,
    3_600_000.0,
];
/// Bounds of how long requests take, in seconds: half a second and a second of the seed's SLO are among them.
static REQUESTS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Everything that one server counts.
pub(crate) struct Meters {
    stage: String,
    registry: Mutex<Registry>,
    activities: BTreeMap<Metric, Kind>,
    started: Family<Labels, Counter>,
    ended: Family<Labels, Counter>,
    requests: Family<Labels, Counter>,
    durations: Histograms,
    sampled: Sampled,
    watched: WatchedGauges,
    pub(crate) recent: Recent,
}

/// How a metric of the activities is kept, by its unit.
enum Kind {
    Counted(Family<Labels, Counter>),
    Timed(Histograms),
    State(Family<Labels, Gauge<f64, std::sync::atomic::AtomicU64>>),
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Meters {
    pub(crate) fn new(stage: &str, clock: Arc<dyn Clock>) -> Arc<Self> {
        let mut registry = Registry::default();
        let activities = Metric::ALL
            .into_iter()
            .map(|metric| (metric, Kind::of(metric, &mut registry)));
        let activities = activities.collect();
        let (started, ended, requests) = (Family::default(), Family::default(), Family::default());
        let durations = Histograms::new_with_constructor(|| Histogram::new(REQUESTS));
        registry.register(
            "rez_executions_started",
            "Executions that were started",
            started.clone(),
        );
        registry.register(
            "rez_executions_ended",
            "Executions that have ended, by how",
            ended.clone(),
        );
        registry.register("rez_http_requests", "Answers of the API", requests.clone());
        registry.register(
            "rez_http_request_duration_seconds",
            "How long an answer of the API took to begin",
            durations.clone(),
        );
        let sampled = Sampled::register(&mut registry);
        let watched = WatchedGauges::register(&mut registry);
        Arc::new(Self {
            stage: stage.to_owned(),
            registry: Mutex::new(registry),
            activities,
            started,
            ended,
            requests,
            durations,
            sampled,
            watched,
            recent: Recent::new(clock),
        })
    }

    /// An execution has been started.
    pub(crate) fn started(&self, state_machine: &str) {
        let labels = vec![("state_machine", state_machine.to_owned())];
        self.started.get_or_create(&labels).inc();
    }

    /// An execution has ended.
    pub(crate) fn ended(&self, state_machine: &str, status: &'static str) {
        let labels = vec![
            ("state_machine", state_machine.to_owned()),
            ("status", status.to_owned()),
        ];
        self.ended.get_or_create(&labels).inc();
    }

    /// Everything as text.
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        prometheus_client::encoding::text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

impl Kind {
    /// Registers a metric under the name that alarms and dashboards know, behind its namespace.
    fn of(metric: Metric, registry: &mut Registry) -> Self {
        let name = format!("{NAMESPACE}_{}", metric.name());
        let about = metric.about();
        match metric.unit() {
            Unit::Count => {
                let family = Family::default();
                registry.register(name, about, family.clone());
                Self::Counted(family)
            }
            Unit::Milliseconds => {
                let family = Histograms::new_with_constructor(|| Histogram::new(PROCESSING));
                registry.register(name, about, family.clone());
                Self::Timed(family)
            }
            Unit::None => {
                let family = Family::default();
                registry.register(name, about, family.clone());
                Self::State(family)
            }
        }
    }
}

/// What the activities of this process measure.
impl Metrics for Meters {
    fn record(&self, measurement: &Measurement) {
        self.recent.record(measurement);
        let Measurement { metric, label, value } = measurement;
        let labels = vec![("Stage", self.stage.clone()), (metric.dimension(), label.clone())];
        match self.activities.get(metric) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is counted are things"
            )]
            Some(Kind::Counted(family)) => {
                family.get_or_create(&labels).inc_by(*value as u64);
            }
            Some(Kind::Timed(family)) => family.get_or_create(&labels).observe(*value),
            Some(Kind::State(family)) => {
                family.get_or_create(&labels).set(*value);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_the_activities_has_its_name_and_dimension() {
        let meters = Meters::new("dev", Arc::new(crate::SystemClock));
        for metric in Metric::ALL {
            meters.record(&Measurement::new(metric, "label", 2.0));
        }
        let text = meters.text().unwrap();
        for metric in Metric::ALL {
            let suffix = match metric.unit() {
                Unit::Count => "_total",
                Unit::Milliseconds => "_sum",
                Unit::None => "",
            };
            let (name, dimension) = (metric.name(), metric.dimension());
            let line = format!("RezAgent_{name}{suffix}{{Stage=\"dev\",{dimension}=\"label\"}} 2");
            assert!(
                text.lines().any(|found| found.trim_end_matches(".0") == line),
                "{line}\n{text}"
            );
        }
    }

    #[test]
    fn a_name_of_a_state_machine_breaks_no_line() {
        let meters = Meters::new("dev", Arc::new(crate::SystemClock));
        meters.started("a\"b\\c");
        let text = meters.text().unwrap();
        assert!(
            text.contains(r#"rez_executions_started_total{state_machine="a\"b\\c"} 1"#),
            "{text}"
        );
    }
}
