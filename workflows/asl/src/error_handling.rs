//! `Retry` and `Catch`.

use serde_json::Value;

use crate::PathOrNull;

/// One element of `Retry`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retrier {
    /// A comment for people.
    pub comment: Option<String>,
    /// The error names it answers to.
    pub error_equals: Vec<String>,
    /// Seconds before the first retry; 1 when absent. At least 1.
    pub interval_seconds: Option<u64>,
    /// Retries, not attempts; 3 when absent, 0 means never.
    pub max_attempts: Option<u64>,
    /// Factor from one interval to the next; 2.0 when absent. At least 1.0.
    pub backoff_rate: Option<f64>,
    /// The longest interval in seconds.
    pub max_delay_seconds: Option<u64>,
    /// Whether intervals are shortened at random.
    pub jitter_strategy: Option<JitterStrategy>,
}

/// `JitterStrategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JitterStrategy {
    /// Each interval is drawn between 0 and the computed one.
    Full,
    /// The computed interval is kept. The default.
    None,
}

/// One element of `Catch`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catcher {
    /// A comment for people.
    pub comment: Option<String>,
    /// The error names it answers to.
    pub error_equals: Vec<String>,
    /// The state that goes on.
    pub next: String,
    /// `ResultPath` (JSONPath only).
    pub result_path: Option<PathOrNull>,
    /// `Assign`: a JSON object.
    pub assign: Option<Value>,
    /// `Output` (JSONata only).
    pub output: Option<Value>,
}
