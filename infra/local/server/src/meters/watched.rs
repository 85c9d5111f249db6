//! Alarms and objectives as metrics.

use std::sync::atomic::AtomicU64;

use api::{Alarm, AlarmState};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Labels;

type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;

/// State, value and threshold of each.
#[derive(Debug)]
pub(super) struct WatchedGauges {
    state: Gauges,
    value: Gauges,
    threshold: Gauges,
}

impl WatchedGauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let gauges = |registry: &mut Registry, name: &str, about: &str| {
            let gauges = Gauges::default();
            registry.register(name, about, gauges.clone());
            gauges
        };
        Self {
            state: gauges(
                registry,
                "rez_alarm_state",
                "1 for the state in which an alarm or objective is, 0 for the others",
            ),
            value: gauges(registry, "rez_alarm_value", "What is compared; not there without data"),
            threshold: gauges(registry, "rez_alarm_threshold", "With what it is compared"),
        }
    }

    /// Shows how they stand now.
    pub(super) fn show(&self, alarms: &[Alarm]) {
        for alarm in alarms {
            let labels = vec![("alarm", alarm.name.to_owned()), ("unit", alarm.unit.to_owned())];
            self.threshold.get_or_create(&labels).set(alarm.threshold);
            match alarm.value {
                Some(value) => {
                    self.value.get_or_create(&labels).set(value);
                }
                None => {
                    self.value.remove(&labels);
                }
            }
            for state in [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData] {
                let labels = vec![("alarm", alarm.name.to_owned()), ("state", state.as_str().to_owned())];
                let is = if state == alarm.state { 1.0 } else { 0.0 };
                self.state.get_or_create(&labels).set(is);
            }
        }
    }
}
