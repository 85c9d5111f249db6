//! The metrics, by the names that alarms and dashboards know, and the port that takes them.

/// The namespace of every metric.
pub const NAMESPACE: &str = "RezAgent";

/// Takes measurements: EMF lines on Lambda, counters on one machine.
pub trait Metrics: Send + Sync {
    /// Takes one measurement. Never fails and never waits: a metric must not stop a message.
    fn record(&self, measurement: &Measurement);
}

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub metric: Metric,
    /// The value of the metric's [dimension](Metric::dimension), for example `completed`.
    pub label: String,
    /// The value, in the metric's [unit](Metric::unit).
    pub value: f64,
}

impl Measurement {
    /// A measured value.
    pub fn new(metric: Metric, label: impl Into<String>, value: f64) -> Self {
        Self {
            metric,
            label: label.into(),
            value,
        }
    }

    /// One more.
    pub fn count(metric: Metric, label: impl Into<String>) -> Self {
        Self::new(metric, label, 1.0)
    }
}

/// What is measured. Each metric has the dimension `Stage` and one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Messages that ended, by status.
    MessagesProcessed,
    /// Attempts at ntfy, by outcome (`sent`, `failed`).
    NotificationsSent,
    /// From the message's acceptance, or the time it was due, to its end, by message type.
    ProcessingDuration,
    /// 1 while the breaker is open, 0.5 while half open, 0 while closed, by service.
    CircuitBreakerState,
    /// Deliveries that went on without the breaker because its table could not be read or written, by service.
    CircuitBreakerBypassed,
    /// Invocations that ended with a declared error, by function: Lambda counts them as errors, and the alarm on errors
    /// subtracts them.
    DeclaredErrors,
    /// Executions that failed and could not say so themselves, by state machine: `States.Runtime` and its like, or an end that
    /// could not be recorded. What ntfy does is never among them, so that a release may be taken back for it.
    RuntimeErrors,
}

/// The unit of a metric, by CloudWatch's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Thousandths of a second.
    Milliseconds,
    /// A state.
    None,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 7] = [
        Self::MessagesProcessed,
        Self::NotificationsSent,
        Self::ProcessingDuration,
        Self::CircuitBreakerState,
        Self::CircuitBreakerBypassed,
        Self::DeclaredErrors,
        Self::RuntimeErrors,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it measures, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::MessagesProcessed => "Messages that ended, by status",
            Self::NotificationsSent => "Attempts at ntfy, by outcome",
            Self::ProcessingDuration => "Milliseconds from when a message was due to its end",
            Self::CircuitBreakerState => "1 while the breaker is open, 0.5 while half open, 0 while closed",
            Self::CircuitBreakerBypassed => "Deliveries that went on without the breaker",
            Self::DeclaredErrors => "Invocations that ended with a declared error",
            Self::RuntimeErrors => "Executions that failed and could not say so themselves",
        }
    }

    /// Its unit.
    pub const fn unit(self) -> Unit {
        self.row().1
    }

    /// The dimension that it has beside `Stage`.
    pub const fn dimension(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (&'static str, Unit, &'static str) {
        match self {
            Self::MessagesProcessed => ("MessagesProcessed", Unit::Count, "Status"),
            Self::NotificationsSent => ("NotificationsSent", Unit::Count, "Status"),
            Self::ProcessingDuration => ("ProcessingDuration", Unit::Milliseconds, "MessageType"),
            Self::CircuitBreakerState => ("CircuitBreakerState", Unit::None, "Service"),
            Self::CircuitBreakerBypassed => ("CircuitBreakerBypassed", Unit::Count, "Service"),
            Self::DeclaredErrors => ("DeclaredErrors", Unit::Count, "FunctionName"),
            Self::RuntimeErrors => ("RuntimeErrors", Unit::Count, "StateMachine"),
        }
    }
}

impl Unit {
    /// CloudWatch's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::None => "None",
        }
    }
}
