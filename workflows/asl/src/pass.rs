//! The `Pass` state.

use serde_json::Value;

use crate::PathOrNull;

/// Passes its input on, or what it is told to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pass {
    /// `Result` (JSONPath only): the output, taken literally.
    pub result: Option<Value>,
    /// `Parameters` (JSONPath only).
    pub parameters: Option<Value>,
    /// `ResultPath` (JSONPath only).
    pub result_path: Option<PathOrNull>,
}
