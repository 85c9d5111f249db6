//! The `Parallel` state.

use serde_json::Value;

use crate::{Catcher, PathOrNull, Retrier, States};

/// Runs its branches at the same time; its result is the list of their outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parallel {
    /// The branches.
    pub branches: Vec<States>,
    /// `Arguments` (JSONata only).
    pub arguments: Option<Value>,
    /// `Parameters` (JSONPath only).
    pub parameters: Option<Value>,
    /// `ResultSelector` (JSONPath only).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath only).
    pub result_path: Option<PathOrNull>,
    /// What is retried.
    pub retry: Vec<Retrier>,
    /// What is caught.
    pub catch: Vec<Catcher>,
}
