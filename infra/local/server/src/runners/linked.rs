//! The activities that are linked into this binary.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Call, TaskFailure};

/// A function that runs in this process.
#[async_trait]
pub(crate) trait Function: Send + Sync + std::fmt::Debug {
    /// Calls it with a JSON payload; the answer is JSON.
    async fn call(&self, payload: &str, call: &Call<'_>) -> Result<String, TaskFailure>;
}

/// Functions by the name that stands in their ARN.
#[derive(Clone, Debug, Default)]
pub(crate) struct Linked {
    functions: BTreeMap<String, Arc<dyn Function>>,
}

impl Linked {
    pub(crate) fn function(&self, name: &str) -> Option<&Arc<dyn Function>> {
        self.functions.get(name)
    }
}
