//! The `Task` state.

use serde_json::Value;

use crate::{Catcher, Number, PathOrNull, Retrier};

/// Does one unit of work by calling its resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The ARN of what is called: a Lambda function, an activity, or a service integration.
    pub resource: String,
    /// `Arguments` (JSONata only).
    pub arguments: Option<Value>,
    /// `Parameters` (JSONPath only).
    pub parameters: Option<Value>,
    /// `ResultSelector` (JSONPath only).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath only).
    pub result_path: Option<PathOrNull>,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`; 99,999,999 when absent.
    pub timeout_seconds: Option<Number>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub heartbeat_seconds: Option<Number>,
    /// `Credentials`: the role to assume.
    pub credentials: Option<Value>,
    /// What is retried.
    pub retry: Vec<Retrier>,
    /// What is caught.
    pub catch: Vec<Catcher>,
}

impl Task {
    /// A task that calls `resource` and nothing else.
    pub fn new(resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            arguments: None,
            parameters: None,
            result_selector: None,
            result_path: None,
            timeout_seconds: None,
            heartbeat_seconds: None,
            credentials: None,
            retry: Vec::new(),
            catch: Vec::new(),
        }
    }
}
