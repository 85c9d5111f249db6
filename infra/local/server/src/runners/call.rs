//! One call of a resource.

use std::sync::Arc;

use engine::TaskRequest;
use journal::ExecutionId;
use serde_json::{Map, Value};

use super::TaskFailure;
use crate::host::Host;
use crate::traces::Place;

/// A call, and who makes it.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) host: &'a Arc<Host>,
    pub(crate) execution: ExecutionId,
    pub(crate) request: &'a TaskRequest,
    /// Whether the call may have been made before, by a process that ended.
    pub(crate) repeated: bool,
}

impl Call<'_> {
    /// The parameters as an object.
    pub(crate) fn parameters(&self) -> Result<Map<String, Value>, TaskFailure> {
        serde_json::from_str(&self.request.parameters)
            .map_err(|_| TaskFailure::runtime("The Parameters of a service integration must be a JSON object."))
    }

    /// Where its execution stands in a trace; `None` without traces.
    pub(crate) async fn place(&self) -> Option<Place> {
        self.host.traced.get()?;
        let found = self.host.journal.execution_by_id(self.execution).await;
        // A call is not kept from its work by that.
        found.ok().flatten().map(|execution| Place::of(&execution))
    }

    /// What names this task among all tasks of this data directory.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.execution.0, self.request.task.0)
    }
}

/// A parameter that the service's API takes as text: JSON of any other kind is written as text, as Step Functions does.
pub(crate) fn text_parameter(parameters: &Map<String, Value>, name: &str) -> Option<String> {
    match parameters.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
