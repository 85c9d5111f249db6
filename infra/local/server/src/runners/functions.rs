//! The Lambda functions that can be called from here.

use engine::{Integration, TaskRequest};
use serde::Deserialize;

use super::{DynamoDb, LambdaEndpoint, Linked};
use crate::binaries::Binaries;
use crate::host::Line;
use crate::{Policies, addresses};

/// Everything that tasks are run with.
#[derive(Debug)]
pub(crate) struct Runners {
    pub(crate) linked: Linked,
    pub(crate) binaries: Binaries,
    pub(crate) lambda: Option<LambdaEndpoint>,
    pub(crate) dynamodb: DynamoDb,
    pub(crate) policies: Policies,
}

impl Runners {
    pub(crate) fn new(linked: Linked, lambda: Option<LambdaEndpoint>, dynamodb: DynamoDb) -> Self {
        Self {
            linked,
            binaries: Binaries::default(),
            lambda,
            dynamodb,
            policies: Policies::default(),
        }
    }

    /// The same, where calls are held to the policies of the state machines that make them.
    pub(crate) fn held_to(self, policies: Policies) -> Self {
        Self { policies, ..self }
    }

    /// The same, where these functions run as processes.
    pub(crate) fn with(self, binaries: Binaries) -> Self {
        Self { binaries, ..self }
    }

    /// The line that a call waits in; `None` if it is a worker's turn to ask for it.
    pub(crate) fn line(&self, request: &TaskRequest) -> Option<Line> {
        /// As much of the parameters as tells whose function it is.
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Invoke {
            function_name: String,
        }
        let function = match request.integration {
            Integration::Activity => return None,
            Integration::Lambda => Some(request.resource.clone()),
            _ if request.resource.contains(":states:::lambda:invoke") => serde_json::from_str(&request.parameters)
                .ok()
                .map(|Invoke { function_name }| function_name),
            _ => return Some(Line::Local),
        };
        let function = function.as_deref().map_or("", addresses::function_name);
        let is_process = self.binaries.function(function).is_some();
        let ours = self.linked.line(function);
        Some(match (is_process, ours) {
            (true, Some(_)) => Line::Process,
            (true, None) => Line::OtherProcess,
            (false, Some(line)) => line,
            (false, None) => Line::Remote,
        })
    }
}
