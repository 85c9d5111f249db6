//! Alarms and objectives: what is watched, and how it stands.
//!
//! The table is the one of CloudWatch's alarms; what the values are is for whoever measures them. Each looks at one period
//! that ends now. Source: Amazon CloudWatch User Guide, "Alarm states" and "Configuring how CloudWatch alarms treat missing
//! data".

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::PortError;

/// What has been measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Since when everything was measured: periods that begin earlier are looked at from here.
    pub since: Timestamp,
    /// The values that there are.
    pub values: BTreeMap<Watched, f64>,
}

/// Whoever measures.
#[async_trait]
pub trait Measures: Send + Sync {
    /// The values of the periods that end now.
    async fn measured(&self) -> Result<Measured, PortError>;
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// Attempts at ntfy that failed.
    NotificationFailures,
    /// Milliseconds that 99 of a hundred messages took at most.
    ProcessingP99,
    /// The worst breaker: 1 open, 0.5 half open, 0 closed.
    CircuitBreaker,
    /// Invocations that ended otherwise than by the answer or a declared error.
    FunctionErrors,
    /// Messages in the dead-letter queue.
    DeadLetters,
    /// The percentage of answers that were no fault of the server.
    Availability,
    /// Milliseconds that 95 of a hundred answers took at most.
    ResponseP95,
    /// The same for 99.
    ResponseP99,
    /// Milliseconds that 95 of a hundred messages took at most.
    ProcessingP95,
    /// The percentage of messages that were delivered, of those that were delivered or failed.
    SuccessRate,
}

/// Whether somebody is called, or a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// Somebody has to look at it.
    Alarm,
    /// A service level objective.
    Objective,
}

/// When it is in `ALARM`, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Comparison {
    /// The value is above the threshold.
    GreaterThanThreshold,
    /// The value is the threshold or above.
    GreaterThanOrEqualToThreshold,
    /// The value is below the threshold.
    LessThanThreshold,
}

/// The state of an alarm, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// As it should be.
    Ok,
    /// The threshold is crossed.
    Alarm,
    /// Nothing was measured that could be compared.
    InsufficientData,
}

/// One alarm or objective, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Alarm {
    /// Names it.
    pub name: &'static str,
    /// Whether somebody is called, or a promise is kept.
    pub kind: AlarmKind,
    /// What it looks at.
    pub about: &'static str,
    /// How it stands.
    pub state: AlarmState,
    /// The value of the period that ends now; `null` if there is none.
    pub value: Option<f64>,
    /// With what the value is compared.
    pub threshold: f64,
    /// When it is in `ALARM`.
    pub comparison_operator: Comparison,
    /// The unit of value and threshold.
    #[schemars(extend("enum" = ["Count", "Milliseconds", "Percent", "None"]))]
    pub unit: &'static str,
    /// How many seconds are looked at; 0 for a state, which has none.
    pub period: u64,
}

const MINUTES: u64 = 60;
const DAYS: u64 = 86_400;

/// Kind, what is looked at, comparison, threshold, unit, seconds.
type Row = (
    &'static str,
    AlarmKind,
    &'static str,
    Comparison,
    f64,
    &'static str,
    u64,
);

impl Watched {
    /// Everything, alarms first.
    pub const ALL: [Self; 10] = [
        Self::NotificationFailures,
        Self::ProcessingP99,
        Self::CircuitBreaker,
        Self::FunctionErrors,
        Self::DeadLetters,
        Self::Availability,
        Self::ResponseP95,
        Self::ResponseP99,
        Self::ProcessingP95,
        Self::SuccessRate,
    ];

    /// How long a time is looked at.
    pub fn period(self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.row().6).unwrap_or(i64::MAX))
    }

    const fn row(self) -> Row {
        use AlarmKind::{Alarm, Objective};
        use Comparison::{
            GreaterThanOrEqualToThreshold as AtLeast, GreaterThanThreshold as Above, LessThanThreshold as Below,
        };
        match self {
            Self::NotificationFailures => (
                "notification-failures",
                Alarm,
                "Attempts at ntfy that failed",
                Above,
                10.0,
                "Count",
                5 * MINUTES,
            ),
            Self::ProcessingP99 => (
                "processing-duration",
                Alarm,
                "How long 99 of a hundred messages took at most",
                Above,
                240_000.0,
                "Milliseconds",
                5 * MINUTES,
            ),
            Self::CircuitBreaker => (
                "circuit-breaker",
                Alarm,
                "The worst circuit breaker: 1 is open, 0.5 half open, 0 closed",
                AtLeast,
                1.0,
                "None",
                0,
            ),
            Self::FunctionErrors => (
                "function-errors",
                Alarm,
                "Functions that failed in a way that they do not declare",
                Above,
                5.0,
                "Count",
                5 * MINUTES,
            ),
            Self::DeadLetters => (
                "dead-letters",
                Alarm,
                "Messages in the dead-letter queue",
                Above,
                0.0,
                "Count",
                0,
            ),
            Self::Availability => (
                "availability",
                Objective,
                "Answers of the API that were no fault of the server",
                Below,
                99.9,
                "Percent",
                30 * DAYS,
            ),
            Self::ResponseP95 => (
                "response-p95",
                Objective,
                "How long 95 of a hundred answers of the API took at most",
                Above,
                500.0,
                "Milliseconds",
                30 * DAYS,
            ),
            Self::ResponseP99 => (
                "response-p99",
                Objective,
                "How long 99 of a hundred answers of the API took at most",
                Above,
                1_000.0,
                "Milliseconds",
                30 * DAYS,
            ),
            Self::ProcessingP95 => (
                "processing-p95",
                Objective,
                "How long 95 of a hundred messages took at most",
                Above,
                10_000.0,
                "Milliseconds",
                7 * DAYS,
            ),
            Self::SuccessRate => (
                "success-rate",
                Objective,
                "Messages that were delivered, of those that were delivered or failed",
                Below,
                99.0,
                "Percent",
                7 * DAYS,
            ),
        }
    }

    /// How it stands with this value.
    pub fn with(self, value: Option<f64>) -> Alarm {
        let (name, kind, about, comparison, threshold, unit, period) = self.row();
        let crossed = value.map(|value| comparison.holds(value, threshold));
        Alarm {
            name,
            kind,
            about,
            state: match crossed {
                None => AlarmState::InsufficientData,
                Some(true) => AlarmState::Alarm,
                Some(false) => AlarmState::Ok,
            },
            value,
            threshold,
            comparison_operator: comparison,
            unit,
            period,
        }
    }
}

impl Measured {
    /// How everything stands.
    pub fn alarms(&self) -> Vec<Alarm> {
        let stands = |watched: Watched| watched.with(self.values.get(&watched).copied());
        Watched::ALL.into_iter().map(stands).collect()
    }
}

impl Comparison {
    fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
        }
    }
}

impl AlarmState {
    /// CloudWatch's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The thresholds that operators were promised, one just inside and one just outside of each.
    #[test]
    fn each_alarm_changes_at_its_threshold() {
        use AlarmState::{Alarm, Ok};
        for (watched, value, state) in [
            (Watched::NotificationFailures, 10.0, Ok),
            (Watched::NotificationFailures, 11.0, Alarm),
            (Watched::ProcessingP99, 240_000.0, Ok),
            (Watched::ProcessingP99, 240_001.0, Alarm),
            (Watched::CircuitBreaker, 0.5, Ok),
            (Watched::CircuitBreaker, 1.0, Alarm),
            (Watched::FunctionErrors, 5.0, Ok),
            (Watched::FunctionErrors, 6.0, Alarm),
            (Watched::DeadLetters, 0.0, Ok),
            (Watched::DeadLetters, 1.0, Alarm),
            (Watched::Availability, 99.9, Ok),
            (Watched::Availability, 99.89, Alarm),
            (Watched::ResponseP95, 500.0, Ok),
            (Watched::ResponseP95, 500.1, Alarm),
            (Watched::ResponseP99, 1_000.0, Ok),
            (Watched::ResponseP99, 1_000.1, Alarm),
            (Watched::ProcessingP95, 10_000.0, Ok),
            (Watched::ProcessingP95, 10_000.1, Alarm),
            (Watched::SuccessRate, 99.0, Ok),
            (Watched::SuccessRate, 98.9, Alarm),
        ] {
            assert_eq!(watched.with(Some(value)).state, state, "{watched:?} at {value}");
        }
    }

    #[test]
    fn what_was_not_measured_says_so() {
        let measured = Measured {
            since: Timestamp::UNIX_EPOCH,
            values: BTreeMap::new(),
        };
        let alarms = measured.alarms();
        assert!(alarms.iter().all(|alarm| alarm.state == AlarmState::InsufficientData));
        let names: BTreeSet<_> = alarms.iter().map(|alarm| alarm.name).collect();
        assert_eq!(names.len(), Watched::ALL.len());
    }
}
